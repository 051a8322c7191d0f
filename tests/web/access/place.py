"""One's own place explained."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {"place.explained": PUBLIC}
