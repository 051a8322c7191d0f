"""When letters are posted, and when they have arrived: on working days, so many a day."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from vaccination.errors import NotFound

_SATURDAY = 5


class NoSuchBatch(NotFound):
    """There is no such batch of letters."""

    code = "no_such_batch"


def is_posting_day(day: date) -> bool:
    """Monday to Friday: somebody is there to print and post."""
    return day.weekday() < _SATURDAY


def posting_days(first: date) -> Iterator[date]:
    """The days of posting from `first` on."""
    day = first
    while True:
        if is_posting_day(day):
            yield day
        day += timedelta(1)


def day_with_room(first: date, letters: Mapping[date, int], a_day: int) -> date:
    """The first posting day on which there is room for one more letter; `a_day` 0: there always is."""
    return next(day for day in posting_days(first) if not a_day or letters.get(day, 0) < a_day)


def read_from(posted: date, lead_days: int) -> date:
    """The first day on which somebody may be expected who learns of it by this letter."""
    return posted + timedelta(lead_days)
