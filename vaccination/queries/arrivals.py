"""What the desk must know of an appointment before it lets somebody in: one statement each."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.check_in import Arrival
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import Centre
from vaccination.models.requests import Request


def by_id(session: Session, appointment_id: int) -> Arrival | None:
    """The arrival of an appointment picked from a list."""
    return _one(session, Appointment.id == appointment_id)


def by_token_ref(session: Session, token_ref: bytes, shown_issue: int) -> Arrival | None:
    """The arrival of the paper with this reference and issue counter."""
    return _one(session, Appointment.token_ref == token_ref, shown_issue)


def request_exists(session: Session, reference: str) -> bool:
    """Whether some request has this reference, planned or not."""
    return session.scalar(select(Request.id).where(Request.reference == reference)) is not None


def by_reference(session: Session, reference: str, centre_id: int, day: date) -> Arrival | None:
    """The appointment of a request that its holder most likely comes for.

    Here and today first, then one that is today elsewhere, the next to come, the last one past; a cancelled
    one only when nothing else is there.
    """
    is_cancelled = case((Appointment.status == AppointmentStatus.CANCELLED, 1), else_=0)
    is_elsewhere = case((Appointment.centre_id == centre_id, 0), else_=1)
    when = case((Appointment.day == day, 0), (Appointment.day > day, 1), else_=2)
    past = case((Appointment.day < day, Appointment.starts_at))
    rows = session.execute(
        _arrivals()
        .join(Request, Request.id == Appointment.request_id)
        .where(Request.reference == reference)
        .order_by(is_cancelled, when, is_elsewhere, past.desc(), Appointment.starts_at, Appointment.id.desc())
        .limit(1)
    ).all()
    return _arrival(rows[0], None) if rows else None


def _one(session: Session, which: ColumnElement[bool], shown_issue: int | None = None) -> Arrival | None:
    row = session.execute(_arrivals().where(which)).one_or_none()
    return None if row is None else _arrival(row, shown_issue)


def _arrivals() -> Select[Any]:
    """Columns, never objects: a second reading in the same transaction sees what another desk just wrote."""
    since = (
        select(func.max(AppointmentEvent.at))
        .where(AppointmentEvent.appointment_id == Appointment.id)
        .where(AppointmentEvent.status == Appointment.status)
        .scalar_subquery()
    )
    first = aliased(Appointment)
    first_status = (
        select(first.status)
        .where(first.request_id == Appointment.request_id, first.dose_number == 1, first.stands == 1)
        .where(Appointment.dose_number == 2)
        .scalar_subquery()
    )
    return select(
        Appointment.id,
        Appointment.status,
        Appointment.centre_id,
        Centre.name,
        Centre.timezone,
        Appointment.day,
        Appointment.starts_at,
        Appointment.issue,
        since.label("since"),
        first_status.label("first_status"),
    ).join(Centre, Centre.id == Appointment.centre_id)


def _arrival(row: Row[Any], shown_issue: int | None) -> Arrival:
    first = row.first_status
    return Arrival(
        appointment_id=row.id,
        status=row.status,
        centre_id=row.centre_id,
        centre_name=row.name,
        timezone=row.timezone,
        day=row.day,
        starts_at=row.starts_at,
        issue=row.issue,
        shown_issue=shown_issue,
        since=row.since,
        first_dose_given=None if first is None else first == AppointmentStatus.VACCINATED,
    )
