"""Reading days that people write down freely: one or a run on a line, in French or in English."""

import re
from datetime import date, timedelta

from web.days import read_month

MOST_DAYS = 120
_DAY = re.compile(
    r"([0-9]{1,2})(?:er|st|nd|rd|th)?[\s./-]+([0-9]{1,2}|[^\W\d_]{3,10})\.?[\s./,-]+([0-9]{4})", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s,]*(?:-|–|—|au|to|until|jusqu['’]au)[\s]*(?:le\s+)?", re.IGNORECASE)
_BEFORE = re.compile(r"(?:du|from|le|the)?\s*", re.IGNORECASE)


class UnreadableDay(ValueError):
    """A line that is no day and no run of days; `line` is what was typed."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class TooManyDays(ValueError):
    """More days than somebody who wants an appointment can be away."""


def read_days(typed: str) -> tuple[date, ...]:
    """Every day that the lines name, in order: `14 7 2027`, `14 juillet 2027`, `1/8/2027 - 15/8/2027`."""
    days: set[date] = set()
    for line in filter(None, (part.strip() for part in re.split(r"[\n;]", typed))):
        first, last = _run(line)
        if (last - first).days >= MOST_DAYS:
            raise TooManyDays
        days |= {first + timedelta(n) for n in range((last - first).days + 1)}
    if len(days) > MOST_DAYS:
        raise TooManyDays
    return tuple(sorted(days))


def _run(line: str) -> tuple[date, date]:
    start = _DAY.match(line, _BEFORE.match(line).end())  # type: ignore[union-attr]
    if start is None:
        raise UnreadableDay(line)
    rest = line[start.end() :]
    if not rest.strip(" .,"):
        return _date(start, line), _date(start, line)
    between = _BETWEEN.match(rest)
    end = _DAY.fullmatch(rest, between.end()) if between else None
    if end is None:
        raise UnreadableDay(line)
    first, last = _date(start, line), _date(end, line)
    if last < first:
        raise UnreadableDay(line)
    return first, last


def _date(match: "re.Match[str]", line: str) -> date:
    day, month, year = match.groups()
    try:
        return date(int(year), read_month(month) or 0, int(day))
    except ValueError:
        raise UnreadableDay(line) from None
