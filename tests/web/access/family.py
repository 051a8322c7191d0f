"""A household's pages."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "family.home": PUBLIC,
    "family.done": PUBLIC,
    "family.open_member": PUBLIC,
}
