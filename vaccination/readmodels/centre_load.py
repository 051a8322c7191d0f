"""Seats and people by centre and week: how full the region is."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.models.centres import Centre, ClinicSession, Slot


@dataclass(frozen=True, slots=True)
class Week:
    """Seats of a week, from its Monday, and how many are taken."""

    monday: date
    seats: int = 0
    taken: int = 0

    @property
    def free(self) -> int:
        return self.seats - self.taken

    @property
    def share(self) -> float:
        return self.taken / self.seats if self.seats else 0.0


@dataclass(frozen=True, slots=True)
class CentreLoad:
    """A centre's weeks."""

    centre_id: int
    name: str
    weeks: tuple[Week, ...]

    @property
    def seats(self) -> int:
        return sum(week.seats for week in self.weeks)

    @property
    def taken(self) -> int:
        return sum(week.taken for week in self.weeks)


@dataclass(frozen=True, slots=True)
class RegionLoad:
    """All centres' weeks, and their sum."""

    mondays: tuple[date, ...]
    centres: tuple[CentreLoad, ...]

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The region's weeks."""
        return tuple(
            Week(
                monday,
                sum(centre.weeks[i].seats for centre in self.centres),
                sum(centre.weeks[i].taken for centre in self.centres),
            )
            for i, monday in enumerate(self.mondays)
        )


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(day.weekday())


def load(session: Session, first: date, weeks: int, centre_ids: Collection[int] | None = None) -> RegionLoad:
    """Seats and people from the week of `first` on, of some centres or all."""
    start = monday_of(first)
    mondays = tuple(start + timedelta(7 * n) for n in range(weeks))
    names = select(Centre.id, Centre.name).order_by(Centre.name)
    days = (
        select(Slot.centre_id, Slot.day, func.sum(Slot.seats), func.sum(Slot.taken))
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .where(Slot.day >= start, Slot.day < start + timedelta(7 * weeks))
        .group_by(Slot.centre_id, Slot.day)
    )
    if centre_ids is not None:
        names = names.where(Centre.id.in_(centre_ids))
        days = days.where(Slot.centre_id.in_(centre_ids))
    sums: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
    for centre_id, day, seats, taken in session.execute(days):
        week = sums[centre_id, monday_of(day)]
        week[0] += int(seats)
        week[1] += int(taken)
    return RegionLoad(
        mondays,
        tuple(
            CentreLoad(centre_id, name, tuple(Week(monday, *sums[centre_id, monday]) for monday in mondays))
            for centre_id, name in session.execute(names)
        ),
    )
