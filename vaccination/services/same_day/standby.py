"""The standby list: people who wait and would come at short notice for a dose that is left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import LEAST_MINUTES, MOST_MINUTES, ReachedBy
from vaccination.errors import Conflict
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.models.same_day import Standby
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request

MOST_KM = 200.0


class NotOnStandby(Conflict):
    """Only who waits for a place can be on the standby list."""

    code = "not_on_standby"


@dataclass(frozen=True, slots=True)
class JoinStandby:
    """From how far, how soon, and how the person is told."""

    request_id: int
    max_km: float
    minutes_needed: int
    by: ReachedBy


def join(session: Session, command: JoinStandby, *, now: datetime) -> None:
    """Put a waiting request on the list, or change what it says there."""
    request = locked_request(session, command.request_id)
    if request.status is not RequestStatus.WAITING:
        raise NotOnStandby(status=request.status)
    _check(session, command)
    row = session.get(Standby, command.request_id)
    if row is None:
        row = Standby(request_id=command.request_id, created_at=now)
        session.add(row)
    row.max_km, row.minutes_needed, row.by = command.max_km, command.minutes_needed, command.by
    session.flush()
    audit.record(session, "standby_joined", f"request:{command.request_id}", now=now)


def leave(session: Session, request_id: int, *, now: datetime) -> None:
    """Take a request off the list; it goes on waiting for a place as before."""
    locked_request(session, request_id)
    gone = session.scalar(
        delete(Standby).where(Standby.request_id == request_id).returning(Standby.request_id)
    )
    if gone is not None:
        audit.record(session, "standby_left", f"request:{request_id}", now=now)


def ways(session: Session, request_id: int) -> tuple[ReachedBy, ...]:
    """How this person could be told within minutes, with what they left us."""
    row = session.execute(
        select(Person.phone.is_not(None).label("phone"), Person.email.is_not(None).label("email"))
        .join(Request, Request.person_id == Person.id)
        .where(Request.id == request_id)
    ).one_or_none()
    if row is None:
        return ()
    by_phone = (ReachedBy.SMS, ReachedBy.PHONE) if row.phone else ()
    return (*by_phone, *((ReachedBy.EMAIL,) if row.email else ()))


def _check(session: Session, command: JoinStandby) -> None:
    faults = Faults()
    faults.between("max_km", command.max_km, 1, MOST_KM)
    faults.between("minutes_needed", command.minutes_needed, LEAST_MINUTES, MOST_MINUTES)
    faults.add_if(command.by not in ways(session, command.request_id), "by", "no_way")
    faults.check()
