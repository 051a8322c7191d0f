"""The pages about how places are given."""

from tests.web.access.rule import PUBLIC, Rule, a_file

ROUTES: dict[str, Rule] = {
    "fair.rules": PUBLIC,
    "fair.draws": PUBLIC,
    "fair.draws_file": a_file(PUBLIC),
    "fair.odds": PUBLIC,
    "fair.odds_file": a_file(PUBLIC),
}
