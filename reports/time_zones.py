"""A time zone as a calendar file carries it: only the changes of clock around its appointments."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_AROUND = timedelta(days=366)
_SINCE_EVER = datetime(1970, 1, 1)


def time_zone_component(name: str, moments: Sequence[datetime]) -> Timezone:
    """The VTIMEZONE of a zone, right for the moments given and a year around them.

    Explicit changes serve every zone of the world; a yearly rule would serve Europe's only.
    """
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    changes = list(_changes(zone, min(moments) - _AROUND, max(moments) + _AROUND))
    if not changes:
        offset = min(moments).astimezone(zone).utcoffset() or timedelta()
        component.add_component(_observance(_SINCE_EVER, offset, offset, False))
    for at in changes:
        before = (at - timedelta(seconds=1)).astimezone(zone).utcoffset() or timedelta()
        after = at.astimezone(zone).utcoffset() or timedelta()
        local_before = (at + before).replace(tzinfo=None)
        component.add_component(_observance(local_before, before, after, bool(at.astimezone(zone).dst())))
    return component


def _observance(
    begins: datetime, before: timedelta, after: timedelta, is_daylight: bool
) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if is_daylight else TimezoneStandard()
    observance.add("dtstart", begins)
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", after)
    return observance


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants, to the minute, at which the zone's offset changes."""
    day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < last:
        following = day + timedelta(days=1)
        if _offset(zone, day) != _offset(zone, following):
            yield _change_within(zone, day, following)
        day = following


def _change_within(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    before = _offset(zone, early)
    while late - early > timedelta(minutes=1):
        middle = early + timedelta(minutes=((late - early) // timedelta(minutes=1)) // 2)
        early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
    return late


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
