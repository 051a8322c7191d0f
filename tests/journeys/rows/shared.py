"""Parts of addresses which many features have: a centre with a planned day, and rows of that centre."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.appointments import Appointment
from vaccination.models.centres import Slot
from vaccination.models.stock import Delivery


def rows(session: Session) -> dict[str, str | int]:
    """By the name which the part has in the address."""
    appointment = session.scalars(select(Appointment).order_by(Appointment.id)).first()
    assert appointment is not None, "the region's plan booked nobody"
    delivery = session.scalars(
        select(Delivery).where(Delivery.centre_id == appointment.centre_id).order_by(Delivery.id)
    ).first()
    day = session.scalars(select(Slot.day).where(Slot.centre_id == appointment.centre_id)).first()
    return {
        "centre_id": appointment.centre_id,
        "appointment_id": appointment.id,
        "lot_id": delivery.lot_id if delivery else 0,
        "day": day.isoformat() if day else "",
        "run_id": 1,
        "row_id": 1,
    }
