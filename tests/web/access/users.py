"""Accounts."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "users.home": roles(Role.AGENCY),
    "users.send_new": roles(Role.AGENCY),
    "users.send_password": roles(Role.AGENCY),
    "users.send_role": roles(Role.AGENCY),
    "users.send_revoke": roles(Role.AGENCY),
    "users.send_close": roles(Role.AGENCY),
}
