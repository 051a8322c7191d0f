"""The vaccinator's verbs: record a dose, record that none was given, take either back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor
from vaccination.domain.appointment import Action, AppointmentStatus, WrongStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.vaccination import InjectionSite, NotVaccinatedReason
from vaccination.errors import Conflict
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.requests import Request
from vaccination.models.stock import Lot
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.services import audit
from vaccination.services.desk.steps import NoSuchAppointment, Step, take_step
from vaccination.services.region import stock

Columns: TypeAlias = Row[*tuple[Any, ...]]
"""An appointment read as columns, so that a second reading sees what others wrote meanwhile."""


class SecondGivenBack(Conflict):
    """The second appointment was given back after this dose: it is booked anew before this is withdrawn."""

    code = "second_given_back"


class WrongProduct(Conflict):
    """The lot is not of the product that this appointment is for."""

    code = "wrong_product"


@dataclass(frozen=True, slots=True)
class RecordVaccination:
    """A dose that was given, from which lot and where in the body."""

    appointment_id: int
    centre_id: int
    lot_id: int
    site: InjectionSite = InjectionSite.LEFT_ARM


@dataclass(frozen=True, slots=True)
class RecordNotVaccinated:
    """Somebody came and got no dose."""

    appointment_id: int
    centre_id: int
    reason: NotVaccinatedReason


@dataclass(frozen=True, slots=True)
class WithdrawVaccination:
    """A record was wrong. `dose_returned`: the dose was not drawn after all and is on hand again."""

    appointment_id: int
    centre_id: int
    dose_returned: bool


def record_vaccination(
    session: Session, command: RecordVaccination, *, now: datetime, actor: Actor
) -> VaccinationRecord:
    """Record the dose, draw it from stock, and complete the request when no dose is owed any more.

    The same record sent twice is one record.
    """
    appointment = _at_centre(session, command.appointment_id, command.centre_id)
    if session.scalar(select(Lot.product_id).where(Lot.id == command.lot_id)) != appointment.product_id:
        raise WrongProduct
    _lock_request(session, appointment.request_id)
    facts = {"lot_id": command.lot_id, "site": command.site.value}
    step = Step(appointment.id, Action.VACCINATE, appointment.status, facts=facts)
    try:
        take_step(session, step, now=now, user_id=actor.user_id)
    except WrongStatus:
        if (same := _same_record(session, command)) is None:
            raise
        return same
    stock.use_dose(
        session, command.centre_id, command.lot_id, day=appointment.day, now=now, user_id=actor.user_id
    )
    record = VaccinationRecord(
        appointment_id=appointment.id,
        centre_id=command.centre_id,
        product_id=appointment.product_id,
        lot_id=command.lot_id,
        site=command.site,
        given_at=_given_at(appointment, now),
        given_by=actor.user_id,
    )
    session.add(record)
    _complete_if_all_given(session, appointment.request_id)
    _audit(session, "vaccinate", appointment, now, actor, facts)
    session.flush()
    return record


def record_not_vaccinated(
    session: Session, command: RecordNotVaccinated, *, now: datetime, actor: Actor
) -> None:
    """Note why somebody who came got no dose."""
    appointment = _at_centre(session, command.appointment_id, command.centre_id)
    step = Step(appointment.id, Action.REFUSE, appointment.status, reason=command.reason.value)
    take_step(session, step, now=now, user_id=actor.user_id)
    _audit(session, "not_vaccinated", appointment, now, actor, {})


def withdraw_vaccination(
    session: Session, command: WithdrawVaccination, *, now: datetime, actor: Actor
) -> None:
    """Take back what was recorded, a dose or none: the person waits again, the old record stays withdrawn.

    SecondGivenBack: without that first dose the request would wait for half a course.
    """
    appointment = _at_centre(session, command.appointment_id, command.centre_id)
    if _lock_request(session, appointment.request_id) is RequestStatus.WAITING:
        raise SecondGivenBack
    step = Step(appointment.id, Action.UNDO_VACCINATION, appointment.status)
    take_step(session, step, now=now, user_id=actor.user_id)
    record = _standing_record(session, appointment.id)
    returned = record is not None and command.dose_returned
    if record is not None:
        record.stands, record.withdrawn_at, record.withdrawn_by = None, now, actor.user_id
        if returned:
            stock.return_dose(
                session, command.centre_id, record.lot_id, day=appointment.day, now=now, user_id=actor.user_id
            )
    session.execute(
        update(Request)
        .where(Request.id == appointment.request_id, Request.status == RequestStatus.COMPLETED)
        .values(status=RequestStatus.PLANNED)
    )
    _audit(session, "withdraw_vaccination", appointment, now, actor, {"dose_returned": returned})
    session.flush()


def _at_centre(session: Session, appointment_id: int, centre_id: int) -> Columns:
    """The appointment's columns as they are now, with the centre's time zone."""
    row = session.execute(
        select(
            Appointment.id,
            Appointment.request_id,
            Appointment.centre_id,
            Appointment.product_id,
            Appointment.status,
            Appointment.day,
            Appointment.starts_at,
            Centre.timezone,
        )
        .join(Centre, Centre.id == Appointment.centre_id)
        .where(Appointment.id == appointment_id, Appointment.centre_id == centre_id)
    ).one_or_none()
    if row is None:
        raise NoSuchAppointment
    return row


def _standing_record(session: Session, appointment_id: int) -> VaccinationRecord | None:
    return session.scalar(
        select(VaccinationRecord).where(
            VaccinationRecord.appointment_id == appointment_id, VaccinationRecord.stands == 1
        )
    )


def _same_record(session: Session, command: RecordVaccination) -> VaccinationRecord | None:
    record = _standing_record(session, command.appointment_id)
    if record is None or (record.lot_id, record.site) != (command.lot_id, command.site):
        return None
    return record


def _given_at(appointment: Columns, now: datetime) -> datetime:
    """Now; or, when yesterday's paper list is typed in late, the hour of the appointment."""
    today = now.astimezone(ZoneInfo(appointment.timezone)).date()
    starts_at: datetime = appointment.starts_at
    return now if appointment.day == today else starts_at


def _lock_request(session: Session, request_id: int) -> RequestStatus:
    """The request before its appointments, as everywhere (docs/locking.md).

    So two doses recorded at once do not each think that the other is still owed.
    """
    return session.scalars(
        select(Request.status).where(Request.id == request_id).with_for_update(key_share=True)
    ).one()


def _complete_if_all_given(session: Session, request_id: int) -> None:
    owed = session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(Appointment.request_id == request_id, Appointment.stands == 1)
        .where(Appointment.status != AppointmentStatus.VACCINATED)
    )
    if not owed:
        session.execute(
            update(Request)
            .where(Request.id == request_id, Request.status == RequestStatus.PLANNED)
            .values(status=RequestStatus.COMPLETED)
        )


def _audit(
    session: Session, action: str, appointment: Columns, now: datetime, actor: Actor, facts: dict[str, Any]
) -> None:
    audit.record(
        session,
        action,
        f"appointment:{appointment.id}",
        now=now,
        user_id=actor.user_id,
        centre_id=appointment.centre_id,
        facts=facts,
    )
