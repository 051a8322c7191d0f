"""What each price of the policy means."""

from flask_babel import lazy_gettext

PRICE_WORDS = {
    "reward": (
        lazy_gettext("A person planned"),
        lazy_gettext("points for each, times the weight of their rank"),
    ),
    "delay_per_day": (
        lazy_gettext("A day of waiting"),
        lazy_gettext("points lost a day until the first dose, times the weight"),
    ),
    "km": (lazy_gettext("A kilometre"), lazy_gettext("points lost for each kilometre to a dose")),
    "interval_per_day": (
        lazy_gettext("A day off the ideal interval"),
        lazy_gettext("points lost for each day"),
    ),
    "moved": (lazy_gettext("An appointment moved"), lazy_gettext("points lost for each")),
    "dropped": (lazy_gettext("A promised person dropped"), lazy_gettext("points lost for each")),
    "wasted_dose": (
        lazy_gettext("A dose wasted"),
        lazy_gettext("points lost for each dose of an opened vial"),
    ),
}
