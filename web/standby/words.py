"""What the form of the standby list offers."""

from collections.abc import Iterable

from flask_babel import gettext

from vaccination.domain.same_day import ReachedBy

_KM = (5, 10, 20, 30, 50)
_MINUTES = (30, 60, 90, 120)


def distances() -> dict[str, str]:
    """How far people come."""
    return {str(km): gettext("%(km)s km", km=km) for km in _KM}


def soon() -> dict[str, str]:
    """How soon people can be there."""
    return {str(minutes): gettext("within %(minutes)s minutes", minutes=minutes) for minutes in _MINUTES}


def ways_in_words(ways: Iterable[ReachedBy]) -> dict[str, str]:
    """How they can be told, with what they left us."""
    words = {
        ReachedBy.SMS: gettext("by text message (SMS)"),
        ReachedBy.EMAIL: gettext("by e-mail"),
        ReachedBy.PHONE: gettext("by a phone call"),
    }
    return {way.value: words[way] for way in ways}
