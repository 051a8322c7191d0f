"""Reading a day as people write it: three fields, a month as a number or a name, in any language of ours."""

import re
import unicodedata
from functools import cache

from babel.dates import get_month_names
from flask_babel import gettext

from web.language import LANGUAGES


def read_month(typed: str) -> int | None:
    """1 to 12 from `3`, `03`, `mars`, `Mar.`, `March`; None when it is no month, or could be two."""
    if re.fullmatch(r"[0-9]{1,2}", typed):
        return int(typed) if 1 <= int(typed) <= 12 else None
    plain = _plain(typed)
    if len(plain) < 3:
        return None
    months = {number for name, number in _names() if name.startswith(plain)}
    return months.pop() if len(months) == 1 else None


def impossible_part(day: str, month: str, year: str) -> str | None:
    """The sentence for the first part of a day which cannot be read, or None."""
    parts = ((day, gettext("day")), (month, gettext("month")), (year, gettext("year")))
    if absent := [name for value, name in parts if not value]:
        return str(gettext("Add the %(part)s to the date", part=absent[0]))
    if not re.fullmatch(r"[0-9]{1,2}", day):
        return str(gettext("Write the day in digits, for example 27"))
    if read_month(month) is None:
        return str(gettext("Write the month as a number or a name, for example 3 or March"))
    if not re.fullmatch(r"[0-9]{4}", year):
        return str(gettext("Write the year with four digits, for example 1948"))
    return None


@cache
def _names() -> tuple[tuple[str, int], ...]:
    """Every month's names, plain, in the languages we read."""
    found = set()
    for locale in LANGUAGES:
        for width in ("wide", "abbreviated"):
            names = get_month_names(width, locale=locale)
            found |= {(_plain(names[number]), number) for number in range(1, 13)}
    return tuple(sorted(found))


def _plain(text: str) -> str:
    """Lower case, without accents and dots."""
    split = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in split if c.isalpha())
