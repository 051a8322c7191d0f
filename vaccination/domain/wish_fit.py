"""Whether places that were found for somebody are still what they wish, when the plan is booked."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from vaccination.domain.offers import Wishes, km_between
from vaccination.domain.slots import band_of

_A_FEW_METRES = 0.01  # km; the planner measures with other numbers


class PlacedDose(Protocol):
    """A dose at a centre, on a day, at a minute after midnight."""

    @property
    def dose_number(self) -> int: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def wheelchair(self) -> bool: ...
    @property
    def day(self) -> date: ...
    @property
    def minute(self) -> int: ...


def suits(wishes: Wishes, doses: Sequence[PlacedDose]) -> bool:
    """Whether the person can come to all of them: near enough, on those days, at those hours."""
    return all(_is_in_reach(wishes, dose) and _has_time(wishes, dose) for dose in doses)


def _is_in_reach(wishes: Wishes, dose: PlacedDose) -> bool:
    lat, lon = wishes.lat, wishes.lon
    if dose.dose_number == 2 and wishes.second_lat is not None and wishes.second_lon is not None:
        lat, lon = wishes.second_lat, wishes.second_lon
    near = km_between(lat, lon, dose.lat, dose.lon) <= wishes.max_km + _A_FEW_METRES
    return near and (dose.wheelchair or not wishes.wheelchair)


def _has_time(wishes: Wishes, dose: PlacedDose) -> bool:
    half_day = wishes.availability[3 * dose.day.weekday() + band_of(dose.minute)]
    is_early = wishes.earliest is not None and dose.day < wishes.earliest
    return half_day == "1" and not is_early and dose.day not in wishes.unavailable
