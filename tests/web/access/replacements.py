"""New proposals after a disruption: everybody, who then must have shown a reference."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "replacements.show": PUBLIC,
    "replacements.send_accept": PUBLIC,
    "replacements.others": PUBLIC,
    "replacements.send_others": PUBLIC,
    "replacements.send_others_together": PUBLIC,
    "replacements.call": PUBLIC,
    "replacements.send_call": PUBLIC,
}
