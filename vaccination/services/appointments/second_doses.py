"""A second dose given back after the first was given: the request waits for another second dose."""

from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.errors import Conflict
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request, locked_standing
from vaccination.services.appointments.day_doses import give_day_dose_back
from vaccination.services.appointments.elsewhere import FREE, let_go
from vaccination.services.telling.messages import write_message


class NoSecondToGiveBack(Conflict):
    """The first dose was not given here, or the second is not booked."""

    code = "no_second_to_give_back"


def give_back_second(
    session: Session, request_id: int, *, now: datetime, user_id: int | None = None, reason: str = ""
) -> None:
    """Cancel the second appointment alone; its seat and dose go back, the dose that was given stands.

    The request then seeks a second dose after that first one, in plans and among offers.
    """
    request = locked_request(session, request_id)
    give_day_dose_back(session, request_id, now=now, numbers=(2,))
    rows = {row.dose_number: row for row in locked_standing(session, request_id)}
    first, second = rows.get(1), rows.get(2)
    is_course = request.status is RequestStatus.PLANNED and request.kind is RequestKind.COURSE
    if not is_course or first is None or second is None or second.status not in FREE:
        raise NoSecondToGiveBack
    if first.status is not AppointmentStatus.VACCINATED:
        raise NoSecondToGiveBack
    let_go(session, request_id, [second], reason, now, user_id)
    request.status, request.kind = RequestStatus.WAITING, RequestKind.SECOND_DOSE
    request.first_product_id, request.first_given_on = first.product_id, first.day
    request.schedule_id = request.schedule_doses = request.second_dose = None
    session.flush()
    write_message(
        session, request_id, MessageKind.RECEIVED, about=f"{request_id}:second:{second.id}", now=now
    )
    audit.record(session, "second_given_back", f"request:{request_id}", now=now, user_id=user_id)
