"""When people may be called: the parts of a day that they can choose, on the clock of where they live."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CALL_BANDS: tuple[tuple[time, time], ...] = (
    (time(9), time(12)),
    (time(13), time(17)),
    (time(17), time(19)),
)
MOST_TRIES = 3
TAKEN_FOR = timedelta(minutes=30)
"""After this long without an end, a call that somebody took may be taken by anybody."""


def first_call_at(now: datetime, band: int, zone: ZoneInfo, not_before: date | None = None) -> datetime:
    """The first moment in the chosen part of a day: now if it runs, else when it next begins. No Sundays."""
    local = now.astimezone(zone)
    day = max(local.date(), not_before or local.date())
    opens, closes = CALL_BANDS[band]
    while True:
        begins = datetime.combine(day, opens, zone)
        if day.weekday() != 6 and local < datetime.combine(day, closes, zone):
            return max(begins, local).astimezone(UTC)
        day += timedelta(1)
