"""When the invented centres are open, and what is delivered to them."""

from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np
from numpy.random import Generator

from seeds.places import Floats, Ints, Site
from seeds.programme import VACCINES, Vaccine
from vaccination.domain.slots import OpeningHours

# requests for which the stations below are enough
_REQUESTS_A_STATION = 5000
# doses delivered, for each dose that is asked for: some people are left out, and somebody must decide who
_SUPPLY = 0.78
_RUNS: dict[str, tuple[tuple[tuple[int, ...], str, str, int, int], ...]] = {
    # weekdays, opens, closes, stations, minutes a slot: a station takes one person a slot
    "large": (
        ((0, 1, 2, 3, 4, 5), "09:00", "12:30", 2, 10),
        ((0, 1, 2, 3, 4, 5), "13:30", "20:00", 2, 10),
        ((6,), "09:00", "13:00", 1, 10),
    ),
    "medium": (
        ((0, 1, 2, 3, 4), "09:00", "12:00", 1, 10),
        ((0, 1, 2, 3, 4), "14:00", "19:30", 1, 10),
        ((5,), "09:00", "13:00", 2, 10),
    ),
    "small": (
        ((1, 3), "14:00", "20:00", 1, 15),
        ((4,), "09:00", "12:00", 1, 15),
        ((5,), "09:00", "13:00", 2, 15),
    ),
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """Vials of a lot that a centre receives on a day; site and vaccine are row numbers."""

    site: int
    vaccine: int
    lot: str
    doses: int
    available_from: date
    expires_on: date

    @property
    def usable_to(self) -> date:
        """Out of the freezer the vials keep for the product's shelf days."""
        return self.available_from + timedelta(VACCINES[self.vaccine].product.shelf_days)


def week_of(site: Site, requests: int) -> list[OpeningHours]:
    """The centre's weekly hours: a larger region has more stations, not longer days."""
    factor = max(1, -(-requests // _REQUESTS_A_STATION))
    return [
        OpeningHours(
            weekday, time.fromisoformat(opens), time.fromisoformat(closes), stations * factor, slot, slot
        )
        for weekdays, opens, closes, stations, slot in _RUNS[site.kind]
        for weekday in weekdays
    ]


def deliveries(demand: Floats, doses_asked: int, start: date, rng: Generator) -> list[Delivered]:
    """Weeks of whole vials, to each centre in proportion to the people around it, somewhat unevenly."""
    wanted = doses_asked * _SUPPLY * demand / demand.sum()
    made: list[Delivered] = []
    for number, vaccine in enumerate(VACCINES):
        for site, doses in enumerate(wanted * vaccine.share):
            uneven = rng.uniform(0.7, 1.3, vaccine.weeks)
            by_week = whole_vials(doses * uneven / uneven.sum(), vaccine.product.doses_per_vial)
            made += [
                _delivered(site, number, vaccine, week, int(count), start)
                for week, count in enumerate(by_week)
                if count
            ]
    return made


def whole_vials(doses: Floats, per_vial: int) -> Ints:
    """Round the running total over time: a small centre receives a vial now and then rather than never."""
    vials = np.floor(np.cumsum(doses, axis=-1) / per_vial + 0.5).astype(np.int64)
    return np.diff(vials, prepend=0, axis=-1) * per_vial


def _delivered(site: int, number: int, vaccine: Vaccine, week: int, doses: int, start: date) -> Delivered:
    # a few centres share a lot, as they do when a wholesaler parts a pallet
    lot = f"{vaccine.product.code}{week + 1:02d}{'ABC'[site % 3]}"
    day = start + timedelta(7 * week)
    return Delivered(site, number, lot, doses, day, day + timedelta(vaccine.product.shelf_days + 60))
