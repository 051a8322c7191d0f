"""Days and times as people say them: on paper in French and in English, in mails in five languages."""

from datetime import date, datetime, time

from babel.dates import format_date, format_datetime

LOCALES = ("fr", "en")
_IN_MAILS = {
    "de": "EEEE, d. MMMM y 'um' H:mm\u00a0'Uhr'",
    "es": "EEEE, d 'de' MMMM 'de' y, 'a las' H:mm",
    "ar": "EEEE، d MMMM y، H:mm",
}
MAIL_LOCALES = (*LOCALES, *_IN_MAILS)
_NOON = 12
_JOINED = "\u00a0"  # what must not be parted at the end of a line


def known(locale: str) -> str:
    """The language of a paper: any that is not written yet gets French."""
    return locale if locale in LOCALES else LOCALES[0]


def written(locale: str) -> str:
    """The language of a mail or a text message; paper keeps to `known`."""
    return locale if locale in MAIL_LOCALES else LOCALES[0]


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


def moment_in_mail(moment: datetime, locale: str) -> str:
    """Dienstag, 4. Mai 2027 um 9:40 Uhr; in French and English as on paper."""
    if locale in _IN_MAILS:
        return format_datetime(moment, _IN_MAILS[locale], locale=locale)
    return moment_in_words(moment, locale)
