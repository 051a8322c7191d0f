"""The gallery of parts, under test only."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "parts.gallery": PUBLIC,
}
