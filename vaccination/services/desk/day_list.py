"""The day's list at the desk: who did not come, who is this person without paper, the list on paper."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.check_in import ABSENT_AFTER
from vaccination.errors import Conflict
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.people import surname_index
from vaccination.security.fields import normalise
from vaccination.services import audit
from vaccination.services.desk.check_in import desk_of
from vaccination.services.desk.steps import AtCentre, step_at_centre


class NotYetAbsent(Conflict):
    """The slot has not begun: nobody can have missed it."""

    code = "not_yet_absent"


@dataclass(frozen=True, slots=True)
class FindPeople:
    """Somebody stands there without paper: at least three letters of the family name, and the birth date."""

    centre_id: int
    family_name: str
    birth_date: date


def mark_absent(session: Session, command: AtCentre, *, now: datetime, actor: Actor) -> None:
    """They did not attend. Only once the slot has begun."""
    starts_at = session.scalar(
        select(Appointment.starts_at).where(
            Appointment.id == command.appointment_id, Appointment.centre_id == command.centre_id
        )
    )
    if starts_at is not None and now < starts_at:
        raise NotYetAbsent
    step_at_centre(session, command, Action.MARK_ABSENT, now=now, actor=actor)


def undo_absence(session: Session, command: AtCentre, *, now: datetime, actor: Actor) -> None:
    """They are expected again."""
    step_at_centre(session, command, Action.UNDO_ABSENCE, now=now, actor=actor)


def mark_rest_absent(session: Session, centre_id: int, *, now: datetime, actor: Actor) -> int:
    """All of today who are still expected an hour after their time did not attend; returns how many."""
    day = desk_of(session, centre_id).day_of(now)
    absent = session.scalars(
        update(Appointment)
        .where(Appointment.centre_id == centre_id, Appointment.day == day)
        .where(Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at <= now - ABSENT_AFTER)
        .values(status=AppointmentStatus.DID_NOT_ATTEND)
        .returning(Appointment.id)
    ).all()
    session.add_all(
        AppointmentEvent(
            appointment_id=appointment_id,
            action=Action.MARK_ABSENT,
            status=AppointmentStatus.DID_NOT_ATTEND,
            at=now,
            user_id=actor.user_id,
        )
        for appointment_id in absent
    )
    audit.record(
        session,
        "mark_rest_absent",
        f"centre:{centre_id}",
        now=now,
        user_id=actor.user_id,
        centre_id=centre_id,
        facts={"absent": len(absent)},
    )
    return len(absent)


def find_people(session: Session, command: FindPeople, *, now: datetime, actor: Actor) -> tuple[int, ...]:
    """Today's appointments at this centre of persons with this birth date whose family name begins so.

    Who looked, and how many were found, goes into the audit trail; whom they looked for does not.
    """
    desk = desk_of(session, command.centre_id)
    typed = normalise(command.family_name)
    rows = session.execute(
        select(Appointment.id, Person.family_name)
        .join(Request, Request.id == Appointment.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(Person.surname_index == surname_index(command.family_name, command.birth_date))
        .where(Appointment.centre_id == command.centre_id, Appointment.day == desk.day_of(now))
        .where(Appointment.stands == 1)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    found = tuple(row.id for row in rows if normalise(row.family_name).startswith(typed))
    audit.record(
        session,
        "find_person",
        f"centre:{command.centre_id}",
        now=now,
        user_id=actor.user_id,
        centre_id=command.centre_id,
        facts={"found": len(found)},
    )
    return found


def note_day_list(session: Session, centre_id: int, day: date, *, now: datetime, actor: Actor) -> None:
    """A list with everybody's name left the system on paper: somebody answers for it."""
    audit.record(
        session,
        "print_day_list",
        f"centre:{centre_id}",
        now=now,
        user_id=actor.user_id,
        centre_id=centre_id,
        facts={"day": day.isoformat()},
    )
