"""Why a request was not planned, and why people cancel: codes in words."""

from flask_babel import lazy_gettext

_WHY_NOT = {
    "no_centre_in_reach": lazy_gettext(
        "No centre is within the distance that you gave. You could travel further."
    ),
    "no_schedule_allowed": lazy_gettext("No vaccine that you accept may be given at your age at the moment."),
    "no_session_when_available": lazy_gettext(
        "The centres near you were closed at the times at which you can come. You could offer more times."
    ),
    "no_second_dose_in_interval": lazy_gettext(
        "There was a first dose for you, but no second dose at the right time. We never plan half."
    ),
    "out_of_doses": lazy_gettext("There were not enough doses near you."),
    "out_of_seats": lazy_gettext("The centres near you were full."),
    "lower_priority": lazy_gettext(
        "The places near you went to people whose group comes first, or whom the draw favoured."
    ),
    "phase_not_open": lazy_gettext("The turn of your group had not begun."),
    "household_together": lazy_gettext("We found no time at which all of you could come together."),
}
_OTHER = lazy_gettext("The last plan found no place for you.")

CANCEL_REASONS = {
    "elsewhere": lazy_gettext("I was vaccinated elsewhere"),
    "dates": lazy_gettext("I cannot come at that time"),
    "place": lazy_gettext("The centre is too far away"),
    "health": lazy_gettext("For reasons of health"),
    "changed_mind": lazy_gettext("I changed my mind"),
    "other": lazy_gettext("Another reason"),
}


def why_not_planned(code: str) -> str:
    """What the last plan said of a request; nothing before any plan."""
    return str(_WHY_NOT.get(code, _OTHER)) if code else ""


def cancel_reasons() -> dict[str, str]:
    """What people may tick when they cancel."""
    return {code: str(text) for code, text in CANCEL_REASONS.items()}
