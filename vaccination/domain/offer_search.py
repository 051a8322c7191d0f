"""Searching a region for what one person can use: a few promising courses for each centre and schedule.

Days are bits of a number (bit n: n days after today), so that a region of 150 centres is searched in a few
thousand steps.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from vaccination.domain.fridge import Spare
from vaccination.domain.offers import Course, HalfDays, Need, Part, Prices, Seats, Spot, Wishes, km_between

BANDS = range(3)
_DAYS_ON = (0, 1, 2, 7, 14, 28)
Shelf: TypeAlias = tuple[int, int]
"""A centre and a product."""


@dataclass(frozen=True, slots=True)
class _Second:
    """Where a second dose may be; `is_easy`: whatever vial the first dose takes, there is one for it too."""

    centre_id: int
    product_id: int
    km: float
    days: int
    opened: int
    is_easy: bool


def can_come(wishes: Wishes, today: date, days: int, first: date) -> tuple[int, int, int]:
    """For each half-day the days, as bits, on which the person can come; none before `first`."""
    start = max((max(first, wishes.earliest or first) - today).days, 0)
    away = {(day - today).days for day in wishes.unavailable}
    masks = [0, 0, 0]
    for n in range(start, days):
        if n in away:
            continue
        weekday = (today + timedelta(n)).weekday()
        for band in BANDS:
            if wishes.availability[3 * weekday + band] == "1":
                masks[band] |= 1 << n
    return masks[0], masks[1], masks[2]


class Finder:
    """What one person can use of what is left."""

    def __init__(
        self, wishes: Wishes, can: HalfDays, centres: Iterable[Seats], doses: Callable[[Shelf], Spare],
        prices: Prices, seen: Mapping[int, HalfDays],
    ) -> None:  # fmt: skip
        self._doses, self._prices = doses, prices
        usable = [c for c in centres if c.wheelchair or not wishes.wheelchair]
        self._open: dict[int, HalfDays] = {c.centre_id: _both(c.open, can) for c in usable}
        # A course that begins in a half-day that was seen is not offered again.
        self._heads = dict(self._open)
        for centre_id, (morning, afternoon, evening) in seen.items():
            if centre_id in self._open:
                self._heads[centre_id] = _both(self._open[centre_id], (~morning, ~afternoon, ~evening))
        self._first_km = _in_reach(usable, wishes.lat, wishes.lon, wishes.max_km)
        self._second_km: Mapping[int, float] | None = None
        if wishes.second_lat is not None and wishes.second_lon is not None:
            self._second_km = _in_reach(usable, wishes.second_lat, wishes.second_lon, wishes.max_km)

    def courses(self, needs: Iterable[Need]) -> list[Course]:
        """Promising courses, the best first; a few for each centre and schedule."""
        found = [course for need in needs for course in self._of(need)]
        return sorted(found, key=lambda course: course.cost)

    def _of(self, need: Need) -> Iterator[Course]:
        if need.first is not None and need.second is not None:
            yield from self._pairs(need, need.first, need.second)
        elif need.first is not None:
            yield from self._alone(need, need.first, 1, self._first_km)
        elif need.second is not None:
            reach = self._first_km if self._second_km is None else self._second_km
            yield from self._alone(need, need.second, 2, reach)

    def _alone(self, need: Need, part: Part, number: int, reach: Mapping[int, float]) -> Iterator[Course]:
        for centre_id, km in reach.items():
            days = self._days(self._heads, centre_id, part)
            for day, band in self._starts(centre_id, days, part.ideal):
                off = abs(day - part.ideal) if part.ideal is not None else 0
                cost = self._prices.day * day + self._prices.km * km + self._prices.interval * off
                yield Course(
                    cost, need.schedule_id, (Spot(number, part.product_id, centre_id, day, band, km),)
                )

    def _pairs(self, need: Need, first: Part, second: Part) -> Iterator[Course]:
        for centre_id, km in self._first_km.items():
            days = self._days(self._heads, centre_id, first)
            if not days:
                continue
            seconds = self._seconds(centre_id, first, second)
            spare = self._doses((centre_id, first.product_id))
            leading = 0
            for place in seconds:
                leading |= _leads_to(place.days, need.gap) & (days if place.is_easy else days & spare.opened)
                leading |= _leads_to(place.days & place.opened, need.gap) & days
            for day, band in self._starts(centre_id, leading, None):
                end = self._second(seconds, day, bool(spare.opened >> day & 1), need.gap)
                if end is not None:
                    yield self._pair(need, Spot(1, first.product_id, centre_id, day, band, km), end)

    def _pair(self, need: Need, first: Spot, second: Spot) -> Course:
        p = self._prices
        off = abs(second.day - first.day - need.gap[1])
        return Course(
            p.day * first.day + p.km * (first.km + second.km) + p.interval * off,
            need.schedule_id, (first, second),
        )  # fmt: skip

    def _seconds(self, first_centre: int, first: Part, part: Part) -> list[_Second]:
        """Where the second dose may be, the nearest first."""
        near = self._second_km
        if near is None:
            near = {first_centre: self._first_km[first_centre]}
        found = []
        for centre_id, km in near.items():
            days = self._days(self._open, centre_id, part)
            if days:
                spare = self._doses((centre_id, part.product_id))
                same_shelf = (first_centre, first.product_id) == (centre_id, part.product_id)
                is_easy = not same_shelf or spare.vials > 1
                found.append(_Second(centre_id, part.product_id, km, days, spare.opened, is_easy))
        return found

    def _second(
        self, seconds: Iterable[_Second], day: int, first_is_opened: bool, gap: tuple[int, int, int]
    ) -> Spot | None:
        best: tuple[float, Spot] | None = None
        for place in seconds:
            days = place.days if place.is_easy or first_is_opened else place.days & place.opened
            at = _nearest(days, day + gap[0], day + gap[1], day + gap[2])
            if at is not None:
                cost = self._prices.km * place.km + self._prices.interval * abs(at - day - gap[1])
                if best is None or cost < best[0]:
                    band = _band(self._open[place.centre_id], at)
                    best = cost, Spot(2, place.product_id, place.centre_id, at, band, place.km)
        return best[1] if best else None

    def _days(self, seats: Mapping[int, HalfDays], centre_id: int, part: Part) -> int:
        if part.centre_id is not None and part.centre_id != centre_id:
            return 0
        morning, afternoon, evening = seats[centre_id]
        days = (morning | afternoon | evening) & part.days
        return days & self._doses((centre_id, part.product_id)).days if days else 0

    def _starts(self, centre_id: int, days: int, ideal: int | None) -> Iterator[tuple[int, int]]:
        """The first days, in each half-day and after some weeks, and the one nearest to the ideal day."""
        if not days:
            return
        heads = self._heads[centre_id]
        earliest = _lowest(days)
        starts = [days >> (earliest + on) << (earliest + on) for on in _DAYS_ON]
        if ideal is not None:
            near = _nearest(days, 0, max(ideal, 0), days.bit_length())
            starts.append(1 << near if near is not None else 0)
        found = {(_lowest(some), _band(heads, _lowest(some))) for some in starts if some}
        found |= {(_lowest(days & heads[band]), band) for band in BANDS if days & heads[band]}
        yield from sorted(found)


def _both(seats: HalfDays, can: HalfDays) -> HalfDays:
    return seats[0] & can[0], seats[1] & can[1], seats[2] & can[2]


def _band(seats: HalfDays, day: int) -> int:
    return next(band for band in BANDS if seats[band] >> day & 1)


def _in_reach(centres: Iterable[Seats], lat: float, lon: float, max_km: float) -> dict[int, float]:
    near = ((c.centre_id, km_between(lat, lon, c.lat, c.lon)) for c in centres)
    return {centre_id: km for km, centre_id in sorted((km, i) for i, km in near) if km <= max_km}


def _leads_to(seconds: int, gap: tuple[int, int, int]) -> int:
    """The days after which some second day lies within the interval."""
    found = 0
    for days in range(gap[0], gap[2] + 1):
        found |= seconds >> days
    return found


def _nearest(days: int, least: int, ideal: int, most: int) -> int | None:
    """The day from `least` to `most` that is nearest to the ideal one."""
    window = days >> least & ((1 << (most - least + 1)) - 1)
    if not window:
        return None
    up, down = window >> (ideal - least), window & ((1 << (ideal - least + 1)) - 1)
    later = ideal + _lowest(up) if up else None
    sooner = least + down.bit_length() - 1 if down else None
    if later is None or (sooner is not None and ideal - sooner <= later - ideal):
        return sooner
    return later


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
