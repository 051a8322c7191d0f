"""A conversation at the planned centre."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.clock import now
from vaccination.domain.contacts import ThreadSubject
from vaccination.models.appointments import Appointment
from vaccination.services.telling.threads import WriteToCentre, write_to_centre


def rows(session: Session) -> dict[str, str | int]:
    """By the name which the part has in the address."""
    first = session.scalars(select(Appointment).order_by(Appointment.id)).first()
    assert first is not None, "the region's plan booked nobody"
    command = WriteToCentre(first.request_id, first.centre_id, ThreadSubject.PAPERS, "Which papers, please?")
    return {"thread_id": write_to_centre(session, command, now=now())}
