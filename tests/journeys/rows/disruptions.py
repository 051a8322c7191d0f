"""An incident that touches the people of a day."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.clock import now
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.disruptions import DisruptionKind
from vaccination.models.appointments import Appointment
from vaccination.models.centres import ClinicSession
from vaccination.services.replacing.disruptions import Prepare, prepare


def rows(session: Session) -> dict[str, str | int]:
    """A draft: the day of the last appointment to come is closed."""
    moment = now()
    appointment = session.scalars(
        select(Appointment)
        .where(Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at > moment + timedelta(1))
        .order_by(Appointment.starts_at.desc())
    ).first()
    assert appointment is not None, "the region's plan booked nobody"
    session.execute(
        update(ClinicSession)
        .where(ClinicSession.centre_id == appointment.centre_id, ClinicSession.day == appointment.day)
        .values(is_open=False)
    )
    command = Prepare(DisruptionKind.SESSION_CLOSED, appointment.centre_id, appointment.day)
    return {"disruption_id": prepare(session, command, now=moment)}
