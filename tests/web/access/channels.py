"""Odds by channel."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {"channels.home": roles(Role.AGENCY)}
