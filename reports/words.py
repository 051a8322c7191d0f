"""Days and times as people say them, in French and in English."""

from datetime import date, datetime, time

from babel.dates import format_date

LOCALES = ("fr", "en")
_NOON = 12
_JOINED = "\u00a0"  # what must not be parted at the end of a line


def known(locale: str) -> str:
    """The language of a paper: any that is not written yet gets French."""
    return locale if locale in LOCALES else LOCALES[0]


def day_in_words(day: date, locale: str) -> str:
    """mardi 4 mai 2027, Tuesday 4 May 2027."""
    pattern = "EEEE d MMMM y"
    if known(locale) == "fr" and day.day == 1:
        pattern = "EEEE d'er' MMMM y"
    return format_date(day, pattern, locale=known(locale))


def time_in_words(moment: time, locale: str) -> str:
    """9 h 40 and 9 h; 9:40 am and 9 am."""
    if known(locale) == "fr":
        minutes = f"{_JOINED}{moment.minute:02d}" if moment.minute else ""
        return f"{moment.hour}{_JOINED}h{minutes}"
    hour = moment.hour % _NOON or _NOON
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{_JOINED}{'am' if moment.hour < _NOON else 'pm'}"


def moment_in_words(moment: datetime, locale: str) -> str:
    """mardi 4 mai 2027 à 9 h 40."""
    joint = "à" if known(locale) == "fr" else "at"
    spoken = time_in_words(moment.time(), locale)
    return f"{day_in_words(moment.date(), locale)} {joint}{_JOINED}{spoken}"
