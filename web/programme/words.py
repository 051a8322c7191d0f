"""What each price of the policy, and each way of serving, means."""

from flask_babel import lazy_gettext

from vaccination.domain.serving import Serving

SERVING_WORDS = {
    Serving.PLANNED.value: (
        lazy_gettext("One plan each night"),
        lazy_gettext("All who wait are weighed against each other. The fairest use of scarce doses."),
    ),
    Serving.ROLLING.value: (
        lazy_gettext("A plan whenever something changes"),
        lazy_gettext("As each night, but people have their answer within a minute."),
    ),
    Serving.DIRECT.value: (
        lazy_gettext("People choose among offers"),
        lazy_gettext("Whoever comes first chooses first. For times when there is enough for everybody."),
    ),
}
REMINDER_WORDS = {
    7: lazy_gettext("One week before"),
    2: lazy_gettext("Two days before"),
    1: lazy_gettext("The afternoon before"),
}

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
