"""Doses of the day for citizens: everybody, who then must have shown a reference or an invitation's code."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "standby.rule": PUBLIC,
    "standby.show": PUBLIC,
    "standby.send_join": PUBLIC,
    "standby.send_leave": PUBLIC,
    "standby.enter": PUBLIC,
    "standby.open_invitation": PUBLIC,
    "standby.answer": PUBLIC,
    "standby.send_yes": PUBLIC,
    "standby.send_no": PUBLIC,
}
