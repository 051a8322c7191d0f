"""Which whole courses to offer somebody out of what is left: up to five, the best first, different in kind.

Only courses that are whole now are offered: a first dose without its second never is, and a seat that
somebody gives back is offered as a first only where a second is left as well.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import TypeAlias

from vaccination.domain.requests import ANY_TIME

MOST = 5
EARTH_KM = 6371.0088
_A_WEEK = 7


HalfDays: TypeAlias = tuple[int, int, int]
"""Days as bits, for morning, afternoon and evening."""


@dataclass(frozen=True, slots=True)
class Seats:
    """A centre, where it lies, and the days with a free seat in the morning, afternoon and evening."""

    centre_id: int
    lat: float
    lon: float
    wheelchair: bool
    open: HalfDays


@dataclass(frozen=True, slots=True)
class Wishes:
    """From where, how far and when somebody can come."""

    lat: float
    lon: float
    max_km: float
    second_lat: float | None = None
    second_lon: float | None = None
    wheelchair: bool = False
    availability: str = ANY_TIME
    unavailable: frozenset[date] = frozenset()
    earliest: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One dose that is sought: of which product, on which days (bits), at which centre if at one only.

    `ideal`: the day that would be best, where the other dose is fixed already.
    """

    product_id: int
    days: int
    centre_id: int | None = None
    ideal: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a schedule makes somebody seek; `gap`: the least, ideal and most days between two doses sought."""

    schedule_id: int
    first: Part | None
    second: Part | None
    gap: tuple[int, int, int] = (0, 0, 0)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The doses that it is about."""
        return tuple(n for n, part in ((1, self.first), (2, self.second)) if part is not None)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a day, a kilometre and a day off the ideal interval count, as in plans."""

    day: float
    km: float
    interval: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A dose at a centre in a half-day (0 to 2) of a day."""

    dose_number: int
    product_id: int
    centre_id: int
    day: int
    band: int
    km: float


@dataclass(frozen=True, slots=True)
class Course:
    """All that is owed, at spots that are left; the smaller the cost, the better."""

    cost: float
    schedule_id: int
    spots: tuple[Spot, ...]

    @property
    def head(self) -> Spot:
        return self.spots[0]


def km_between(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Great-circle distance, as plans measure it."""
    a, b, c, d = radians(lat), radians(lon), radians(to_lat), radians(to_lon)
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(half, 1.0)))


def pick(courses: Sequence[Course], is_left: Callable[[Course], bool], most: int = MOST) -> list[Course]:
    """Up to five: the best, one at another centre, in another half-day, in another week, then the next best.

    `is_left` is asked of those that are picked only.
    """
    answers: dict[int, bool] = {}
    chosen: list[Course] = []

    def first_that(differs: Callable[[Course], bool]) -> None:
        for at, course in enumerate(courses):
            if len(chosen) < most and not _is_like(course, chosen) and differs(course):
                if at not in answers:
                    answers[at] = is_left(course)
                if answers[at]:
                    chosen.append(course)
                    return

    first_that(lambda course: True)
    if chosen:
        best = chosen[0].head
        first_that(lambda course: course.head.centre_id != best.centre_id)
        first_that(lambda course: course.head.band != best.band)
        first_that(lambda course: abs(course.head.day - best.day) >= _A_WEEK)
    before = -1
    while len(chosen) < most and len(chosen) != before:
        before = len(chosen)
        first_that(lambda course: True)
    return sorted(chosen, key=lambda course: course.cost)


def _is_like(course: Course, chosen: Iterable[Course]) -> bool:
    """The same first appointment is offered once."""
    head = course.head
    return any(
        (c.head.centre_id, c.head.day, c.head.band) == (head.centre_id, head.day, head.band) for c in chosen
    )
