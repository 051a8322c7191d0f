"""A call for doses of the day, at the centre that other pages show."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders_journey import make_invitation, make_same_day_call
from vaccination.clock import now
from vaccination.domain.messages import MessageChannel
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product
from vaccination.models.requests import Request


def rows(session: Session) -> dict[str, str | int]:
    """An open call with somebody to phone."""
    moment = now()
    first = session.scalars(select(Appointment).order_by(Appointment.id)).first()
    assert first is not None, "the region's plan booked nobody"
    centre, product = session.get_one(Centre, first.centre_id), session.get_one(Product, first.product_id)
    call = make_same_day_call(
        session, centre, product, day=moment.date(), until=moment + timedelta(hours=1), announced_at=moment
    )
    request = session.get_one(Request, first.request_id)
    make_invitation(session, call, request, channel=MessageChannel.PHONE, asked_at=moment,
                    answer_by=moment + timedelta(minutes=20))  # fmt: skip
    return {"centre_id": centre.id, "call_id": call.id}
