"""The desk."""

from tests.web.access.rule import AT_DESK, Rule, a_file, at_centre, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "desk.home": roles(*AT_DESK),
    "desk.board": at_centre(*AT_DESK),
    "desk.scan": at_centre(*AT_DESK),
    "desk.send_scan": at_centre(*AT_DESK),
    "desk.verdict": at_centre(*AT_DESK),
    "desk.person": at_centre(*AT_DESK),
    "desk.take_step": at_centre(*AT_DESK, step="absent"),
    "desk.vaccinated": at_centre(Role.VACCINATOR),
    "desk.not_vaccinated": at_centre(Role.VACCINATOR),
    "desk.withdraw": at_centre(Role.VACCINATOR),
    "desk.rest_absent": at_centre(*AT_DESK),
    "desk.find": at_centre(*AT_DESK),
    "desk.send_find": at_centre(*AT_DESK),
    "desk.day_list": a_file(at_centre(*AT_DESK)),
}
