"""What all pages share."""

from tests.web.access.rule import PUBLIC, Rule, a_file

ROUTES: dict[str, Rule] = {
    "style": a_file(PUBLIC),
}
