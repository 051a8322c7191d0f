"""What is left to be offered: free seats by centre, day and half-day, and what the fridges can still promise.

Read in a few statements whatever the size of the region, kept by whoever serves many people (web/offers), and
never trusted: taking a place tests it again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from vaccination.domain.fridge import Fridge, Spare
from vaccination.domain.offers import HalfDays, Seats
from vaccination.domain.slots import EVENING, NOON
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.programmes import Product
from vaccination.queries.supply import Shelf, local_today, promised_doses, supplies

FreeBands: TypeAlias = tuple[int, int, int, int]
"""A day as a bit, and its free seats in the morning, the afternoon and the evening."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left on the days from `today` on, by centre and by shelf."""

    today: date
    days: int
    centres: Mapping[int, Seats]
    fridges: Mapping[Shelf, Fridge]
    free: Mapping[int, Sequence[FreeBands]]
    _spare: dict[tuple[Shelf, int], Spare] = field(default_factory=dict)

    def spare(self, shelf: Shelf, doses: int = 1) -> Spare:
        """The days on which so many more doses can be promised."""
        found = self._spare.get((shelf, doses))
        if found is None:
            fridge = self.fridges.get(shelf)
            found = Spare(0, 0, 0) if fridge is None else fridge.spare(self.days, doses)
            self._spare[shelf, doses] = found
        return found

    def with_seats_for(self, people: int) -> list[Seats]:
        """The centres with the half-days that have so many free seats, in whichever slots."""
        return [
            replace(seats, open=_open(self.free[centre_id], people))
            for centre_id, seats in self.centres.items()
        ]

    def carry_over(self, older: "Left") -> None:
        """Keep what was worked out for shelves that have not changed since."""
        if (older.today, older.days) != (self.today, self.days):
            return
        for (shelf, doses), spare in older._spare.items():
            before, fridge = older.fridges.get(shelf), self.fridges.get(shelf)
            if before and fridge and (before.lots, before.promised) == (fridge.lots, fridge.promised):
                self._spare[shelf, doses] = spare


def read_left(
    session: Session, days: int, *, now: datetime, centre_ids: Collection[int] | None = None
) -> Left:
    """What is left now at these centres, or at all: on the day after today at the earliest."""
    today = local_today(session, now)
    free = _free(session, today, days, centre_ids)
    return Left(
        today=today,
        days=days,
        centres=_seats(session, free),
        fridges=_fridges(session, today, centre_ids),
        free=free,
    )


def _free(
    session: Session, today: date, days: int, centre_ids: Collection[int] | None
) -> dict[int, list[FreeBands]]:
    free: dict[int, list[FreeBands]] = defaultdict(list)
    for centre_id, day, *bands in session.execute(_free_bands(today, days, centre_ids)):
        free[centre_id].append((1 << (day - today).days, *bands))
    return dict(free)


def _seats(session: Session, free: Mapping[int, Sequence[FreeBands]]) -> dict[int, Seats]:
    query = select(Centre.id, Centre.lat, Centre.lon, Centre.wheelchair).where(Centre.id.in_(free))
    return {
        row.id: Seats(row.id, row.lat, row.lon, row.wheelchair, _open(free[row.id], 1))
        for row in session.execute(query)
    }


def _open(free: Sequence[FreeBands], people: int) -> HalfDays:
    """The half-days with at least so many free seats."""
    morning = afternoon = evening = 0
    for bit, *bands in free:
        morning |= bit if bands[0] >= people else 0
        afternoon |= bit if bands[1] >= people else 0
        evening |= bit if bands[2] >= people else 0
    return morning, afternoon, evening


def _free_bands(today: date, days: int, centre_ids: Collection[int] | None):  # type: ignore[no-untyped-def]
    band = case((Slot.minute < NOON, 0), (Slot.minute < EVENING, 1), else_=2)
    query = (
        select(
            Slot.centre_id, Slot.day,
            *(func.sum(case((band == which, Slot.seats - Slot.taken), else_=0)) for which in range(3)),
        )
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(
            Slot.taken < Slot.seats, Slot.day > today, Slot.day < today + timedelta(days),
            ClinicSession.is_open, Centre.is_open,
        )
        .group_by(Slot.centre_id, Slot.day)
    )  # fmt: skip
    return query if centre_ids is None else query.where(Slot.centre_id.in_(centre_ids))


def _fridges(session: Session, today: date, centre_ids: Collection[int] | None) -> dict[Shelf, Fridge]:
    lots, promised = supplies(session, today, centre_ids), promised_doses(session, today, centre_ids)
    vials = {
        row.id: row.doses_per_vial for row in session.execute(select(Product.id, Product.doses_per_vial))
    }
    return {
        shelf: Fridge(lots.get(shelf, []), vials[shelf[1]], today, Counter(promised.get(shelf, {})))
        for shelf in lots.keys() | promised.keys()
    }
