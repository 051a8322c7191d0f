"""The replacement that a request's person may still answer."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import Action
from vaccination.domain.disruptions import STILL_TO_SETTLE
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.requests import Request


def current(session: Session, request_id: int) -> Replacement | None:
    """The replacement that a request's person may still answer: the last one, while nothing was moved."""
    row = session.scalar(
        select(Replacement)
        .where(Replacement.request_id == request_id)
        .order_by(Replacement.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None or row.status not in STILL_TO_SETTLE or has_moved(session, row):
        return None
    status = session.scalar(select(Request.status).where(Request.id == request_id))
    return row if status is RequestStatus.PLANNED else None


def has_moved(session: Session, row: Replacement) -> bool:
    """Whether the appointments were moved since people were told, here or by somebody else's hand."""
    sent_at = session.get_one(Disruption, row.disruption_id).sent_at
    moved = (
        select(AppointmentEvent.id)
        .join(Appointment, Appointment.id == AppointmentEvent.appointment_id)
        .where(Appointment.request_id == row.request_id, AppointmentEvent.action == Action.MOVE)
        .where(AppointmentEvent.at >= sent_at)
    )
    return session.scalar(select(exists(moved))) or False


def is_kept_by_one(session: Session, hold_id: int) -> bool:
    """Whether a hold keeps the places of a replacement: its person answers on that page."""
    return session.scalar(select(exists().where(Replacement.hold_id == hold_id))) or False
