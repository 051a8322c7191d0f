"""Centres, hours, sessions."""

from tests.web.access.rule import AT_CENTRE, Rule, at_centre, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "centres.home": roles(*AT_CENTRE),
    "centres.new": roles(Role.AGENCY),
    "centres.send_new": roles(Role.AGENCY),
    "centres.show": at_centre(*AT_CENTRE),
    "centres.change": at_centre(Role.AGENCY),
    "centres.send_change": at_centre(Role.AGENCY),
    "centres.close": at_centre(Role.AGENCY),
    "centres.reopen": at_centre(Role.AGENCY),
    "centres.hours": at_centre(*AT_CENTRE),
    "centres.send_hours": at_centre(*AT_CENTRE),
    "centres.send_sessions": at_centre(*AT_CENTRE),
    "centres.calendar": at_centre(*AT_CENTRE),
    "centres.day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.send_seats": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.close_session": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.reopen_session": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.close_day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.reopen_day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.add_session": at_centre(*AT_CENTRE, day="2027-05-04"),
}
