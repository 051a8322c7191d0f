"""Why a request was not planned, and why people cancel: codes in words."""

from math import ceil

from flask_babel import gettext, lazy_gettext, ngettext

from web.presenters import number

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
    "household_differs": lazy_gettext(
        "You asked to come together, but your wishes differ: they must be the same for all of you."
    ),
    "wishes_changed": lazy_gettext(
        "You changed your wishes while the plan was made. The next plan goes by what you wish now."
    ),
    "place_not_used": lazy_gettext(
        "A place that would have done was left free: the plan weighed it against others and did not use it."
    ),
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


def could_change(code: str, amount: float) -> str:
    """What would have been enough in the last plan; empty where nothing is known."""
    many = max(1, round(amount))
    words = {
        "accept_absence_dates": ngettext(
            "You would have had a place if you could come on %(num)s of the days that you ruled out.",
            "You would have had a place if you could come on %(num)s of the days that you ruled out.",
            many,
        ),
        "earlier": ngettext(
            "You would have had a place if you could come %(num)s day earlier than you said.",
            "You would have had a place if you could come %(num)s days earlier than you said.",
            many,
        ),
        "more_times": gettext("You would have had a place if you could come at more times of the week."),
        "second_elsewhere": gettext(
            "You would have had a place if the second dose could be given elsewhere, %(km)s km away.",
            km=number(ceil(amount)),
        ),
        "farther": gettext(
            "You would have had a place if you could travel %(km)s km.", km=number(ceil(amount))
        ),
        "other_product": gettext("You would have had a place if you accepted every vaccine."),
        "without_household": gettext("You would have had a place if you came alone."),
    }
    ours = gettext("There is nothing that you could have changed: more vaccine or more seats are needed.")
    words |= dict.fromkeys(("more_doses", "more_seats", "more_seats_and_doses"), ours)
    words["no_change_helps"] = gettext("No single change of your wishes would have been enough.")
    return str(words.get(code, ""))


def cancel_reasons() -> dict[str, str]:
    """What people may tick when they cancel."""
    return {code: str(text) for code, text in CANCEL_REASONS.items()}
