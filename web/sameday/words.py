"""Words about doses of the day that staff read."""

from flask_babel import lazy_gettext

from vaccination.domain.same_day import InvitationStatus

REFUSALS = {
    "no_such_same_day_call": lazy_gettext("There is no such call at this centre."),
    "unknown_same_day_call": lazy_gettext("There is no such call at this centre."),
    "same_day_call_there": lazy_gettext("People are being asked for this vaccine already."),
}
FAULTS = {
    "unknown_product": lazy_gettext("Choose the vaccine"),
    "not_today": lazy_gettext("Write an hour of today that is still to come"),
    "no_slot": lazy_gettext("No session runs until then: add one, or write a later hour"),
    "out_of_range": lazy_gettext("Write a number from 1 to 500"),
}
ANSWERS = {
    InvitationStatus.ASKED: lazy_gettext("Thinking"),
    InvitationStatus.ACCEPTED: lazy_gettext("Coming"),
    InvitationStatus.DECLINED: lazy_gettext("Not coming"),
    InvitationStatus.LAPSED: lazy_gettext("No answer"),
    InvitationStatus.TOO_LATE: lazy_gettext("Too late"),
}
_SAID = {
    InvitationStatus.ACCEPTED: lazy_gettext("They are coming: both doses are booked."),
    InvitationStatus.DECLINED: lazy_gettext("They are not coming. Somebody else is asked."),
    InvitationStatus.LAPSED: lazy_gettext("The time to answer was over. Nothing is booked."),
    InvitationStatus.TOO_LATE: lazy_gettext("All doses are taken. Nothing is booked."),
    InvitationStatus.ASKED: lazy_gettext("Nothing has changed."),
}


def said(status: InvitationStatus) -> str:
    """What became of an answer by phone."""
    return str(_SAID[status])
