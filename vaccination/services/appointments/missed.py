"""Whoever did not come to an appointment seeks another one; that they did not come stays in its events."""

from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus, missed_dose
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestStatus
from vaccination.errors import Conflict
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request, locked_standing
from vaccination.services.appointments.day_doses import give_day_dose_back
from vaccination.services.appointments.elsewhere import let_go, wait_again
from vaccination.services.appointments.second_doses import give_back_second
from vaccination.services.telling.messages import write_message

_REASON = "missed"


class NothingMissed(Conflict):
    """No dose of the request was missed, or it is sought again already, or somebody is at the centre."""

    code = "nothing_missed"


def seek_after_missed(
    session: Session, request_id: int, *, now: datetime, user_id: int | None = None
) -> None:
    """Give the missed appointment back, and with a first dose the second one: the request waits again.

    After a first dose that was given here only the second is sought. NothingMissed when sent twice.
    """
    request = locked_request(session, request_id)
    give_day_dose_back(session, request_id, now=now)
    rows = {row.dose_number: row for row in locked_standing(session, request_id)}
    missed = missed_dose({number: row.status for number, row in rows.items()})
    if request.status is not RequestStatus.PLANNED or missed is None:
        raise NothingMissed
    given = rows.get(1)
    if missed == 2 and given is not None and given.status is AppointmentStatus.VACCINATED:
        give_back_second(session, request_id, now=now, user_id=user_id, reason=_REASON)
        return
    let_go(session, request_id, list(rows.values()), _REASON, now, user_id)
    wait_again(request)
    session.flush()
    about = f"{request_id}:missed:{rows[missed].id}"
    write_message(session, request_id, MessageKind.RECEIVED, about=about, now=now)
    audit.record(session, "missed_sought_again", f"request:{request_id}", now=now, user_id=user_id)
