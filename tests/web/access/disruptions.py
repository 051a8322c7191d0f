"""Incidents of the region."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "disruptions.home": roles(Role.AGENCY),
    "disruptions.send_prepare": roles(Role.AGENCY),
    "disruptions.show": roles(Role.AGENCY),
    "disruptions.send": roles(Role.AGENCY),
    "disruptions.discard": roles(Role.AGENCY),
}
