"""Writing reminders: a week, two days and the day before, one message for all appointments of a day.

Run every few minutes by the clock, it writes what is due and not yet written. Nobody is asked for a number or
an address here: whoever has none of them gets no reminder, and the next person theirs.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, literal, or_, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.reminders import Due, comes_too_soon, due, send_at
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.queries.contacts import same_contacts
from vaccination.services.telling.messages import write_messages
from vaccination.services.telling.opt_outs import wanted


def write_reminders(session: Session, *, now: datetime) -> int:
    """Write the reminders that are due at this moment; returns of how many people they tell."""
    told = 0
    zones = list(session.scalars(select(Centre.timezone).distinct().order_by(Centre.timezone)))
    for programme in session.scalars(select(Programme).order_by(Programme.id)).all():
        for zone in zones:
            for one in due(now, zone, programme.reminder_days):
                told += _write(session, programme.id, zone, one, now)
    return told


def about(request_id: int, one: Due) -> str:
    """What a reminder is about: with its kind, the key by which it is written once."""
    return f"{request_id}:{one.day.isoformat()}"


def _write(session: Session, programme_id: int, zone: str, one: Due, now: datetime) -> int:
    rows = session.execute(_expected(programme_id, zone, one)).all()
    request_ids = _in_time(rows, one, zone)
    groups = same_contacts(session, wanted(session, one.kind, request_ids))
    first = [group[0] for group in groups]
    write_messages(
        session,
        first,
        one.kind,
        [about(request_id, one) for request_id in first],
        now,
        send_at=[send_at(one.kind, now, zone, request_id) for request_id in first],
    )
    return sum(len(group) for group in groups)


def _in_time(rows: Sequence[Columns], one: Due, zone: str) -> list[int]:
    known = (row for row in rows if not comes_too_soon(one.kind, row.created_at, one.day, zone))
    return list(dict.fromkeys(row.request_id for row in known))


def _expected(programme_id: int, zone: str, one: Due) -> Select[*tuple[Any, ...]]:
    """Who is expected on the day and was not reminded yet, nor anybody of the household."""
    theirs = aliased(Request)
    told = select(Message.id).where(Message.dedupe_key == _key(one, Request.id))
    household_told = (
        select(Message.id)
        .join(theirs, Message.dedupe_key == _key(one, theirs.id))
        .where(theirs.household_id == Request.household_id)
    )
    return (
        select(Appointment.request_id, Appointment.created_at)
        .join(Request, Request.id == Appointment.request_id)
        .join(Centre, Centre.id == Appointment.centre_id)
        .where(Appointment.day == one.day, Appointment.stands == 1)
        .where(Appointment.status == AppointmentStatus.BOOKED)
        .where(Centre.timezone == zone, Request.programme_id == programme_id)
        .where(~told.exists(), or_(Request.household_id.is_(None), ~household_told.exists()))
        .order_by(Appointment.request_id)
    )


def _key(one: Due, request_id: Any) -> Any:
    """The key under which a reminder was written, as the database puts it together."""
    return literal(f"{one.kind.value}:") + cast(request_id, String) + literal(f":{one.day.isoformat()}")
