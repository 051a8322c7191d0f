"""Who of a household is reached at the same place: one message is then enough for all of them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.models.texts import OptOut

_AT_ONCE = 500


def same_contacts(session: Session, request_ids: Sequence[int]) -> list[list[int]]:
    """The requests, in groups that share a household and the number or address that they are told at."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for start in range(0, len(request_ids), _AT_ONCE):
        some = request_ids[start : start + _AT_ONCE]
        rows = session.execute(
            select(Request.id, Request.household_id, Request.contact_by, Person.phone, Person.email)
            .join(Person, Person.id == Request.person_id)
            .where(Request.id.in_(some))
            .order_by(Request.id)
        )
        for row in rows:
            where = _reached_at(row.contact_by, row.phone, row.email)
            alone = row.household_id is None or where is None
            groups.setdefault((row.id,) if alone else (row.household_id, where), []).append(row.id)
    return list(groups.values())


def expected_of_household(session: Session, request_id: int, kind: MessageKind, day: date) -> list[int]:
    """The requests of the same household with an appointment on a day, of people who want this message."""
    household = select(Request.household_id).where(Request.id == request_id).scalar_subquery()
    without = select(OptOut.request_id).where(OptOut.request_id == Request.id, OptOut.kind == kind)
    return list(
        session.scalars(
            select(Request.id)
            .join(Appointment, Appointment.request_id == Request.id)
            .where((Request.household_id == household) | (Request.id == request_id))
            .where(Appointment.day == day, Appointment.stands == 1)
            .where(Appointment.status == AppointmentStatus.BOOKED, ~without.exists())
            .order_by(Request.id)
            .distinct()
        )
    )


def _reached_at(by: ContactBy, phone: str | None, email: str | None) -> tuple[str, str] | None:
    if by is ContactBy.SMS and phone:
        return ("sms", phone)
    if by is not ContactBy.LETTER and email:
        return ("email", email.casefold())
    return None
