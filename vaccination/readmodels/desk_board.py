"""Today at a centre: who is to come, who waits, who is done, slot by slot; and the centres to choose from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.check_in import ABSENT_AFTER
from vaccination.domain.names import name_order
from vaccination.domain.needs import NO_NEEDS, Needs, needs_of
from vaccination.errors import NotFound
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import Centre
from vaccination.models.people import Person
from vaccination.models.programmes import Product
from vaccination.models.requests import Request

# A slot stays among the next ones for a while: people come a little late.
_STILL_NOW = timedelta(minutes=15)
S = AppointmentStatus


class Show(StrEnum):
    """Which lines of the day."""

    TO_COME = "to_come"
    WAITING = "waiting"
    DONE = "done"
    ALL = "all"


STATUSES: Mapping[Show, tuple[AppointmentStatus, ...]] = {
    Show.TO_COME: (S.BOOKED,),
    Show.WAITING: (S.CHECKED_IN,),
    Show.DONE: (S.VACCINATED, S.NOT_VACCINATED, S.DID_NOT_ATTEND),
    Show.ALL: (S.BOOKED, S.CHECKED_IN, S.VACCINATED, S.NOT_VACCINATED, S.DID_NOT_ATTEND),
}


class NoSuchDesk(NotFound):
    """There is no such centre."""

    code = "no_such_desk"


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One person expected, waiting or done; `since` when the present status began, unless still booked."""

    appointment_id: int
    starts_at: datetime
    family_name: str
    given_name: str
    birth_date: date
    dose_number: int
    of: int
    product: str
    status: AppointmentStatus
    since: datetime | None
    needs: Needs = NO_NEEDS


@dataclass(frozen=True, slots=True)
class BoardSlot:
    """A start time with its persons, by name."""

    starts_at: datetime
    lines: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True)
class DeskBoard:
    """A centre's day: the slots from now on, then those of earlier today, and how many stand where.

    `overdue` counts the lines shown that are still expected an hour after their time.
    """

    centre_id: int
    centre_name: str
    timezone: str
    day: date
    show: Show
    next_slots: tuple[BoardSlot, ...]
    earlier_slots: tuple[BoardSlot, ...]
    counts: Mapping[AppointmentStatus, int]
    overdue: int

    def count(self, show: Show) -> int:
        """How many lines a filter shows."""
        return sum(self.counts.get(status, 0) for status in STATUSES[show])

    @property
    def expects_anybody(self) -> bool:
        """Whether somebody on these lines is still to arrive."""
        slots = self.next_slots + self.earlier_slots
        return any(line.status is AppointmentStatus.BOOKED for slot in slots for line in slot.lines)


@dataclass(frozen=True, slots=True)
class DeskChoice:
    """A centre where somebody may work, and how many are booked there today."""

    centre_id: int
    name: str
    town: str
    today: int


def load(session: Session, centre_id: int, *, now: datetime, show: Show = Show.ALL) -> DeskBoard:
    """Today's board, in three statements."""
    centre = session.execute(select(Centre.name, Centre.timezone).where(Centre.id == centre_id)).one_or_none()
    if centre is None:
        raise NoSuchDesk
    day = now.astimezone(ZoneInfo(centre.timezone)).date()
    slots = _slots(_line(row) for row in _rows(session, centre_id, day, show))
    return DeskBoard(
        centre_id=centre_id,
        centre_name=centre.name,
        timezone=centre.timezone,
        day=day,
        show=show,
        next_slots=tuple(slot for slot in slots if slot.starts_at >= now - _STILL_NOW),
        earlier_slots=tuple(slot for slot in slots if slot.starts_at < now - _STILL_NOW),
        counts=_counts(session, centre_id, day),
        overdue=sum(
            line.status is S.BOOKED
            for slot in slots
            if slot.starts_at <= now - ABSENT_AFTER
            for line in slot.lines
        ),
    )


def name_of(session: Session, centre_id: int) -> str:
    """The centre's name, for the head of a page."""
    name = session.scalar(select(Centre.name).where(Centre.id == centre_id))
    if name is None:
        raise NoSuchDesk
    return name


def choices(session: Session, centre_ids: Iterable[int] | None, *, now: datetime) -> tuple[DeskChoice, ...]:
    """The centres with these ids (None: all open ones), by name, with today's appointments."""
    which = Centre.is_open.is_(True) if centre_ids is None else Centre.id.in_(tuple(centre_ids))
    centres = session.execute(
        select(Centre.id, Centre.name, Centre.town, Centre.timezone).where(which).order_by(Centre.name)
    ).all()
    # The day may differ between overseas centres: two days at most at any moment.
    days = {row.id: now.astimezone(ZoneInfo(row.timezone)).date() for row in centres}
    booked = {
        (centre_id, day): count
        for centre_id, day, count in session.execute(
            select(Appointment.centre_id, Appointment.day, func.count())
            .where(Appointment.day.in_(set(days.values())), Appointment.stands == 1)
            .group_by(Appointment.centre_id, Appointment.day)
        )
    }
    return tuple(
        DeskChoice(row.id, row.name, row.town, booked.get((row.id, days[row.id]), 0)) for row in centres
    )


def _counts(session: Session, centre_id: int, day: date) -> dict[AppointmentStatus, int]:
    return {
        status: count
        for status, count in session.execute(
            select(Appointment.status, func.count())
            .where(Appointment.centre_id == centre_id, Appointment.day == day, Appointment.stands == 1)
            .group_by(Appointment.status)
        )
    }


def lines(session: Session, centre_id: int, appointment_ids: Collection[int]) -> tuple[BoardLine, ...]:
    """Some appointments of the centre, in time order."""
    some = _select_lines(centre_id).where(Appointment.id.in_(appointment_ids))
    return tuple(_line(row) for row in session.execute(some))


def _rows(session: Session, centre_id: int, day: date, show: Show) -> Iterable[Row[Any]]:
    return session.execute(
        _select_lines(centre_id).where(Appointment.day == day, Appointment.status.in_(STATUSES[show]))
    )


def _select_lines(centre_id: int) -> Any:
    since = (
        select(func.max(AppointmentEvent.at))
        .where(AppointmentEvent.appointment_id == Appointment.id)
        .where(AppointmentEvent.status == Appointment.status, Appointment.status != S.BOOKED)
        .scalar_subquery()
    )
    return (
        select(
            Appointment.id,
            Appointment.starts_at,
            Person.family_name,
            Person.given_name,
            Person.birth_date,
            Appointment.dose_number,
            Request.schedule_doses,
            Product.name.label("product"),
            Request.wheelchair,
            Person.needs,
            Appointment.status,
            since.label("since"),
        )
        .join(Request, Request.id == Appointment.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(Product, Product.id == Appointment.product_id)
        .where(Appointment.centre_id == centre_id)
        .order_by(Appointment.starts_at, Appointment.id)
    )


def _line(row: Row[Any]) -> BoardLine:
    return BoardLine(
        appointment_id=row.id,
        starts_at=row.starts_at,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
        dose_number=row.dose_number,
        of=row.schedule_doses,
        product=row.product,
        status=row.status,
        since=row.since,
        needs=needs_of(row.wheelchair, row.needs),
    )


def _slots(sorted_lines: Iterable[BoardLine]) -> list[BoardSlot]:
    return [
        BoardSlot(start, tuple(sorted(group, key=_by_name)))
        for start, group in groupby(sorted_lines, key=lambda line: line.starts_at)
    ]


def _by_name(line: BoardLine) -> tuple[str, str]:
    return name_order(line.family_name, line.given_name)
