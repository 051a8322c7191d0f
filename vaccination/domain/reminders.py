"""When somebody is reminded of an appointment: in whole days before it, by the centre's own clock.

Days are counted on the calendar, never in hours: in the nights when the clocks change a day is 23 or 25 hours
long, and a reminder must come neither twice nor never.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vaccination.domain.messages import MessageKind

_KINDS = {
    7: MessageKind.REMINDER_WEEK,
    2: MessageKind.REMINDER_TWO_DAYS,
    1: MessageKind.REMINDER_DAY,
}
# The day before between 14 and 16 h; the others during the day. What was late still goes until the evening.
_FROM = {
    MessageKind.REMINDER_WEEK: time(10),
    MessageKind.REMINDER_TWO_DAYS: time(10),
    MessageKind.REMINDER_DAY: time(14),
}
_SPREAD_UNTIL = {
    MessageKind.REMINDER_WEEK: time(18),
    MessageKind.REMINDER_TWO_DAYS: time(18),
    MessageKind.REMINDER_DAY: time(15, 45),
}
_UNTIL = time(20)
_WAVES = 60


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of reminder that is to be written now, and for the appointments of which day."""

    kind: MessageKind
    day: date


def days_before(kind: MessageKind) -> int:
    """How many days before the appointment a reminder comes."""
    return next(days for days, known in _KINDS.items() if known is kind)


def due(moment: datetime, timezone: str, reminder_days: Sequence[int]) -> list[Due]:
    """Which reminders are to be written at a moment in a time zone, the nearest appointment first."""
    local = moment.astimezone(ZoneInfo(timezone))
    return [
        Due(kind, local.date() + timedelta(days))
        for days in sorted(set(reminder_days))
        if (kind := _KINDS.get(days)) and _FROM[kind] <= local.time() < _UNTIL
    ]


def comes_too_soon(kind: MessageKind, booked_at: datetime, day: date, timezone: str) -> bool:
    """Whether the appointment was made so late that its confirmation has just said the same.

    A reminder of a week needs more than a week between; the one of the day before needs the day before.
    """
    booked_on = booked_at.astimezone(ZoneInfo(timezone)).date()
    return booked_on + timedelta(days_before(kind)) >= day


def send_at(kind: MessageKind, moment: datetime, timezone: str, number: int) -> datetime:
    """Spread many over the hours that are meant for them, by a number that stays; late ones go now."""
    local = moment.astimezone(ZoneInfo(timezone))
    last = datetime.combine(local.date(), _SPREAD_UNTIL[kind], ZoneInfo(timezone))
    return moment + max(last - local, timedelta(0)) * ((number % _WAVES) / _WAVES)


def is_in_time(kind: MessageKind, moment: datetime, day: date, timezone: str) -> bool:
    """Whether what a reminder says ("tomorrow") is still so."""
    today = moment.astimezone(ZoneInfo(timezone)).date()
    return today + timedelta(days_before(kind)) == day
