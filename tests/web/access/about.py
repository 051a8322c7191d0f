"""Pages about the service."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "about.help_page": PUBLIC,
    "about.accessibility": PUBLIC,
    "about.privacy": PUBLIC,
}
