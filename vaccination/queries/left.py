"""What is left to be offered: free seats by centre, day and half-day, and what the fridges can still promise.

Read in a few statements whatever the size of the region, kept by whoever serves many people (web/offers), and
never trusted: taking a place tests it again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from vaccination.domain.fridge import Fridge, Spare
from vaccination.domain.offers import Seats
from vaccination.domain.slots import EVENING, NOON
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.programmes import Product
from vaccination.queries.supply import Shelf, local_today, promised_doses, supplies


@dataclass(frozen=True, slots=True)
class Left:
    """What is left on the days from `today` on, by centre and by shelf."""

    today: date
    days: int
    centres: Mapping[int, Seats]
    fridges: Mapping[Shelf, Fridge]
    _spare: dict[Shelf, Spare] = field(default_factory=dict)

    def spare(self, shelf: Shelf) -> Spare:
        """The days on which one more dose can be promised."""
        found = self._spare.get(shelf)
        if found is None:
            fridge = self.fridges.get(shelf)
            found = self._spare[shelf] = Spare(0, 0, 0) if fridge is None else fridge.spare(self.days)
        return found

    def carry_over(self, older: "Left") -> None:
        """Keep what was worked out for shelves that have not changed since."""
        if (older.today, older.days) != (self.today, self.days):
            return
        for shelf, spare in older._spare.items():
            before, fridge = older.fridges.get(shelf), self.fridges.get(shelf)
            if before and fridge and (before.lots, before.promised) == (fridge.lots, fridge.promised):
                self._spare[shelf] = spare


def read_left(
    session: Session, days: int, *, now: datetime, centre_ids: Collection[int] | None = None
) -> Left:
    """What is left now at these centres, or at all: on the day after today at the earliest."""
    today = local_today(session, now)
    return Left(
        today=today,
        days=days,
        centres=_seats(session, today, days, centre_ids),
        fridges=_fridges(session, today, centre_ids),
    )


def _seats(session: Session, today: date, days: int, centre_ids: Collection[int] | None) -> dict[int, Seats]:
    free: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for centre_id, day, *bands in session.execute(_free_bands(today, days, centre_ids)):
        masks, bit = free[centre_id], 1 << (day - today).days
        for band, has_seat in enumerate(bands):
            if has_seat:
                masks[band] |= bit
    query = select(Centre.id, Centre.lat, Centre.lon, Centre.wheelchair).where(Centre.id.in_(free))
    return {
        row.id: Seats(
            row.id, row.lat, row.lon, row.wheelchair, (free[row.id][0], free[row.id][1], free[row.id][2])
        )
        for row in session.execute(query)
    }


def _free_bands(today: date, days: int, centre_ids: Collection[int] | None):  # type: ignore[no-untyped-def]
    band = case((Slot.minute < NOON, 0), (Slot.minute < EVENING, 1), else_=2)
    query = (
        select(Slot.centre_id, Slot.day, *(func.max(case((band == which, 1), else_=0)) for which in range(3)))
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
