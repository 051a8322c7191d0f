"""Doing without a kind of message."""

from tests.web.access.rule import PUBLIC, Rule, public

_OF_A_MAIL = public(request_id=1, kind="reminder_day", token="x")

ROUTES: dict[str, Rule] = {
    "optout.own": PUBLIC,
    "optout.send_own": PUBLIC,
    "optout.from_mail": _OF_A_MAIL,
    "optout.one_click": _OF_A_MAIL,
    "optout.send_from_mail": _OF_A_MAIL,
}
