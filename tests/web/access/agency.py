"""The agency's first page."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "agency.home": roles(Role.AGENCY),
}
