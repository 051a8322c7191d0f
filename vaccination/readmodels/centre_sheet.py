"""A centre as those who run it see it: facts, hours, sessions of some weeks, one day slot by slot."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.slots import OpeningHours
from vaccination.errors import NotFound
from vaccination.models.centres import Centre, ClinicSession, Slot, WeeklyHours
from vaccination.readmodels import centre_load
from vaccination.readmodels.centre_load import Week, monday_of


class NoSuchCentreSheet(NotFound):
    """There is no such centre."""

    code = "no_such_centre_sheet"


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """A centre's row."""

    centre_id: int
    code: str
    name: str
    street: str
    postcode: str
    town: str
    phone: str
    lat: float
    lon: float
    wheelchair: bool
    timezone: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class CentreSheet:
    """The centre's own page."""

    facts: CentreFacts
    hours: tuple[OpeningHours, ...]
    weeks: tuple[Week, ...]
    last_session_on: date | None

    @property
    def seats_a_week(self) -> int:
        return sum(run.seats_a_day for run in self.hours)


@dataclass(frozen=True, slots=True)
class DaySession:
    """A session on a day, with its seats summed up."""

    clinic_id: int
    opens: time
    closes: time
    slot_minutes: int
    seats: int
    is_open: bool
    seats_in_all: int
    taken: int
    slots: tuple[tuple[int, int, int], ...] = ()  # minute, seats, taken


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar."""

    day: date
    sessions: tuple[DaySession, ...]

    @property
    def is_closed(self) -> bool:
        return bool(self.sessions) and not any(clinic.is_open for clinic in self.sessions)

    @property
    def has_open(self) -> bool:
        return any(clinic.is_open for clinic in self.sessions)

    @property
    def taken(self) -> int:
        return sum(clinic.taken for clinic in self.sessions)

    @property
    def seats(self) -> int:
        return sum(clinic.seats_in_all for clinic in self.sessions)


def facts_of(session: Session, centre_id: int) -> CentreFacts:
    """The centre's facts."""
    c = session.get(Centre, centre_id)
    if c is None:
        raise NoSuchCentreSheet
    return CentreFacts(
        c.id, c.code, c.name, c.street, c.postcode, c.town, c.phone, c.lat, c.lon, c.wheelchair, c.timezone,
        c.is_open,
    )  # fmt: skip


def hours_of(session: Session, centre_id: int) -> tuple[OpeningHours, ...]:
    """The centre's weekly hours, Monday first."""
    rows = session.scalars(
        select(WeeklyHours)
        .where(WeeklyHours.centre_id == centre_id)
        .order_by(WeeklyHours.weekday, WeeklyHours.opens)
    )
    return tuple(
        OpeningHours(r.weekday, r.opens, r.closes, r.stations, r.minutes_per_dose, r.slot_minutes)
        for r in rows
    )


def load(session: Session, centre_id: int, now: datetime) -> CentreSheet:
    """The page of a centre, with twelve weeks of its load."""
    facts = facts_of(session, centre_id)
    weeks = centre_load.load(session, now.date(), 12, (centre_id,)).centres[0].weeks
    last = session.scalar(select(func.max(ClinicSession.day)).where(ClinicSession.centre_id == centre_id))
    return CentreSheet(facts, hours_of(session, centre_id), weeks, last)


def calendar(
    session: Session, centre_id: int, first: date, weeks: int
) -> tuple[tuple[CalendarDay, ...], ...]:
    """Weeks of seven days from the Monday of `first` on."""
    start = monday_of(first)
    found = _sessions(session, centre_id, start, start + timedelta(7 * weeks - 1))
    return tuple(
        tuple(
            CalendarDay(day, tuple(found.get(day, ())))
            for day in (start + timedelta(7 * week + weekday) for weekday in range(7))
        )
        for week in range(weeks)
    )


def day_of(session: Session, centre_id: int, day: date) -> CalendarDay:
    """One day, slot by slot."""
    slots = defaultdict(list)
    rows = session.execute(
        select(Slot.clinic_session_id, Slot.minute, Slot.seats, Slot.taken)
        .where(Slot.centre_id == centre_id, Slot.day == day)
        .order_by(Slot.minute)
    )
    for clinic_id, minute, seats, taken in rows:
        slots[clinic_id].append((minute, seats, taken))
    return CalendarDay(day, tuple(_sessions(session, centre_id, day, day, slots).get(day, ())))


def _sessions(
    session: Session, centre_id: int, first: date, last: date,
    slots: dict[int, list[tuple[int, int, int]]] | None = None,
) -> dict[date, list[DaySession]]:  # fmt: skip
    rows = session.execute(
        select(ClinicSession, func.sum(Slot.seats), func.sum(Slot.taken))
        .outerjoin(Slot, Slot.clinic_session_id == ClinicSession.id)
        .where(ClinicSession.centre_id == centre_id, ClinicSession.day.between(first, last))
        .group_by(ClinicSession.id)
        .order_by(ClinicSession.day, ClinicSession.opens)
    )
    found = defaultdict(list)
    for clinic, seats, taken in rows:
        shown = DaySession(
            clinic.id, clinic.opens, clinic.closes, clinic.slot_minutes, clinic.seats, clinic.is_open,
            int(seats or 0), int(taken or 0), tuple((slots or {}).get(clinic.id, ())),
        )  # fmt: skip
        found[clinic.day].append(shown)
    return dict(found)
