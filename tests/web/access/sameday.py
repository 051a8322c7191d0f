"""Doses of the day at a centre."""

from tests.web.access.rule import AT_DESK, Rule, at_centre, roles

ROUTES: dict[str, Rule] = {
    "sameday.choose": roles(*AT_DESK),
    "sameday.home": at_centre(*AT_DESK),
    "sameday.send_announce": at_centre(*AT_DESK),
    "sameday.show": at_centre(*AT_DESK),
    "sameday.close": at_centre(*AT_DESK),
    "sameday.send_answer": at_centre(*AT_DESK),
}
