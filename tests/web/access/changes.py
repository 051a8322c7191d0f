"""Changing one's own appointments: everybody, who then must have shown a reference."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "changes.missed": PUBLIC,
    "changes.send_missed": PUBLIC,
    "changes.second": PUBLIC,
    "changes.send_second": PUBLIC,
    "changes.home": PUBLIC,
    "changes.others": PUBLIC,
    "changes.choose": PUBLIC,
    "changes.wish": PUBLIC,
    "changes.send_wish": PUBLIC,
    "changes.send_withdraw": PUBLIC,
    "changes.elsewhere": PUBLIC,
    "changes.send_elsewhere": PUBLIC,
    "changes.enough": PUBLIC,
    "changes.send_enough": PUBLIC,
}
