"""Words about disruptions that a citizen reads, and the parts of a day for calls."""

from flask_babel import gettext, lazy_gettext

from vaccination.domain.disruptions import DisruptionKind

WHY = {
    DisruptionKind.SESSION_CLOSED: lazy_gettext("The centre cannot receive you on that day."),
    DisruptionKind.CENTRE_CLOSED: lazy_gettext("The centre is closing."),
    DisruptionKind.DELIVERY_CUT: lazy_gettext("The centre receives less vaccine than was announced."),
    DisruptionKind.LOT_WITHDRAWN: lazy_gettext("Vaccine that was meant for that day may not be used."),
    DisruptionKind.RULE_CHANGED: lazy_gettext("The rules for this vaccine have changed."),
}


def call_bands() -> dict[str, str]:
    """The parts of a day in which people are called (domain/call_times.py)."""
    return {
        "0": gettext("In the morning, between 9 and 12"),
        "1": gettext("In the afternoon, between 1 and 5 pm"),
        "2": gettext("In the evening, between 5 and 7 pm"),
    }
