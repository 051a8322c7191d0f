"""Requests by phone."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "phone.home": roles(Role.PHONE),
}
