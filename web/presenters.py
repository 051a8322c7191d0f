"""Words for pages: days, hours, numbers and references as a reader of the page's language writes them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask
from flask_babel import lazy_gettext

from vaccination.domain.actor import Role
from vaccination.domain.languages import name_in
from web.language import language
from web.phone_numbers import spoken_number


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a language writes days and hours, in the patterns of CLDR."""

    babel: str
    day: str = "EEEE d MMMM"
    plain_day: str = "d MMMM y"
    short_day: str = "EEE d MMM"
    year: str = " y"
    hour: str = "H:mm"
    comma: str = ", "
    percent: str = "\u00a0%"


_MANNERS = {
    "fr": _Manner("fr", hour="H\u00a0'h'\u00a0mm"),
    "en": _Manner("en_GB", hour="h:mm\u00a0a", percent="%"),
    "de": _Manner(
        "de", day="EEEE, d. MMMM", plain_day="d. MMMM y", short_day="EEE d. MMM", hour="H:mm\u00a0'Uhr'"
    ),
    "es": _Manner("es", day="EEEE, d 'de' MMMM", plain_day="d 'de' MMMM 'de' y", year=" 'de' y"),
    "ar": _Manner("ar", day="EEEE، d MMMM", comma="، ", percent="%"),
}
WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
DAY_PARTS = (lazy_gettext("morning"), lazy_gettext("afternoon"), lazy_gettext("evening"))
ROLE_NAMES = {
    Role.AGENCY: lazy_gettext("Regional agency"),
    Role.CENTRE_MANAGER: lazy_gettext("Centre manager"),
    Role.DESK: lazy_gettext("Reception desk"),
    Role.VACCINATOR: lazy_gettext("Vaccinator"),
    Role.PHONE: lazy_gettext("Phone agent"),
    Role.PROXY: lazy_gettext("Organisation that asks for people"),
}


def install(app: Flask) -> None:
    """Give the templates the filters and the names."""
    app.jinja_env.filters.update(
        day=day,
        day_and_year=day_and_year,
        plain_day=plain_day,
        short_day=short_day,
        hour=hour,
        local_day=local_day,
        moment=moment,
        number=number,
        percent=percent,
        phone_number=spoken_number,
        signed=signed,
        reference=reference,
    )
    app.jinja_env.globals.update(weekdays=WEEKDAYS, day_parts=DAY_PARTS, name_in=name_in)


def day(value: date) -> str:
    """mardi 4 mai · Tuesday 4 May"""
    return _date(value, _manner().day)


def day_and_year(value: date) -> str:
    """mardi 4 mai 2027 · Tuesday 4 May 2027"""
    return _date(value, _manner().day + _manner().year)


def plain_day(value: date) -> str:
    """4 mai 2027 · 4 May 2027"""
    return _date(value, _manner().plain_day)


def short_day(value: date) -> str:
    """mar. 4 mai · Tue 4 May, for dense tables"""
    return _date(value, _manner().short_day)


def hour(value: datetime | time, timezone: str | None = None) -> str:
    """9 h 40 · 9:40 am; an instant needs the centre's time zone."""
    manner = _manner()
    return _lower_half(dates.format_time(_local(value, timezone), manner.hour, locale=manner.babel))


def local_day(value: datetime, timezone: str) -> date:
    """The day of an instant on the centre's own clock."""
    return value.astimezone(ZoneInfo(timezone)).date()


def moment(value: datetime, timezone: str) -> str:
    """mardi 4 mai, 9 h 40 · Tuesday 4 May, 9:40 am, on the centre's own clock."""
    return f"{day(local_day(value, timezone))}{_manner().comma}{hour(value, timezone)}"


def number(value: int | float | Decimal, digits: int = 0) -> str:
    """12 345 · 12,345"""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=_manner().babel)


def signed(value: int | float) -> str:
    """+12 · −12"""
    shown = number(abs(value))
    return shown if shown == "0" else ("−" if value < 0 else "+") + shown


def compact(value: float) -> str:
    """2,5 M · 2.5M"""
    return numbers.format_compact_decimal(value, fraction_digits=1, locale=_manner().babel)


def percent(value: float, digits: int = 0) -> str:
    """12 % · 12%"""
    # CLDR's own pattern, for the space before the sign is the language's choice
    own = "#,##0" + ("." + "0" * digits if digits else "") + _manner().percent
    return numbers.format_percent(value, format=own, locale=_manner().babel)


def reference(value: str) -> str:
    """A booking reference in groups of four, which one can read out."""
    plain = value.replace("-", "")
    return "\u00a0".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def _date(value: date, pattern: str) -> str:
    text = dates.format_date(value, pattern, locale=_manner().babel)
    # Only the first of a month is an ordinal in French; CLDR leaves it to us.
    if language() == "fr" and value.day == 1:
        return " ".join("1er" if word == "1" else word for word in text.split(" "))
    return text


def _local(value: datetime | time, timezone: str | None) -> time:
    if isinstance(value, time):
        return value
    if timezone is None:
        raise ValueError("an instant needs a time zone to be shown as an hour")
    return value.astimezone(ZoneInfo(timezone)).time()


def _lower_half(text: str) -> str:
    return text.replace("AM", "am").replace("PM", "pm")


def _manner() -> _Manner:
    return _MANNERS[language()]
