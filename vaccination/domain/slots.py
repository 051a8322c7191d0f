"""The slot grid of a centre's day: opening hours, stations and minutes per dose, made into start times.

Opening hours are what the clock on the centre's wall shows; instants are UTC. On the night when clocks go
forward an hour does not exist: it has no slots. On the night when they go back an hour comes twice: its
slots are those of the first time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DEFAULT_SLOT_MINUTES = 10
NOON, EVENING = 12 * 60, 17 * 60


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A run of opening hours on a weekday (0 Monday), as a centre writes it down."""

    weekday: int
    opens: time
    closes: time
    stations: int
    minutes_per_dose: int
    slot_minutes: int = DEFAULT_SLOT_MINUTES

    @property
    def seats(self) -> int:
        """Persons whom the stations together can vaccinate in one slot; a part of a person counts nothing."""
        return self.stations * self.slot_minutes // self.minutes_per_dose

    @property
    def seats_a_day(self) -> int:
        """Persons whom the run can take in all."""
        return self.seats * len(start_minutes(self.opens, self.closes, self.slot_minutes))


@dataclass(frozen=True, slots=True)
class SlotStart:
    """One start time: minute after midnight on the centre's clock, and the same moment in UTC."""

    minute: int
    starts_at: datetime


def band_of(minute: int) -> int:
    """0 before noon, 1 until the evening, 2 from then on."""
    return (minute >= NOON) + (minute >= EVENING)


def minute_of(clock: time) -> int:
    """Minutes after midnight."""
    return clock.hour * 60 + clock.minute


def start_minutes(opens: time, closes: time, slot_minutes: int) -> range:
    """The minutes at which slots begin; a slot that would end after closing time is not opened."""
    last = minute_of(closes) - slot_minutes
    return range(minute_of(opens), last + 1, slot_minutes)


def local_instant(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, at which the centre's clock shows that minute; None where the clock skips it."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    instant = wall.astimezone(UTC)
    seen = instant.astimezone(zone)
    return instant if (seen.date(), seen.hour, seen.minute) == (day, wall.hour, wall.minute) else None


def slot_starts(day: date, hours: OpeningHours, timezone: str) -> list[SlotStart]:
    """The starts of a run of hours on a day."""
    zone = ZoneInfo(timezone)
    starts = []
    for minute in start_minutes(hours.opens, hours.closes, hours.slot_minutes):
        instant = local_instant(day, minute, zone)
        if instant is not None:
            starts.append(SlotStart(minute, instant))
    return starts


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(offset)


def overlapping(week: Iterable[OpeningHours]) -> list[tuple[OpeningHours, OpeningHours]]:
    """Runs of the same weekday that overlap; touching is fine."""
    ordered = sorted(week, key=lambda run: (run.weekday, run.opens))
    return [(a, b) for a, b in pairwise(ordered) if a.weekday == b.weekday and b.opens < a.closes]
