"""Which requests: selects that services and jobs share."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.requests import Request


def planned_by_run(session: Session, run_id: int) -> list[int]:
    """The requests that hold standing appointments of a plan run, in the order of their ids."""
    return list(
        session.scalars(
            select(Appointment.request_id)
            .where(Appointment.plan_run_id == run_id, Appointment.stands == 1)
            .distinct()
            .order_by(Appointment.request_id)
        )
    )


def waiting_members(session: Session, request_id: int) -> tuple[int, ...]:
    """Those of the request's household who wait in its programme, in the order of their requests.

    Empty unless the request is one of them and there are others.
    """
    own = select(Request.household_id, Request.programme_id).where(Request.id == request_id).subquery()
    found = session.scalars(
        select(Request.id)
        .join(
            own, (own.c.household_id == Request.household_id) & (own.c.programme_id == Request.programme_id)
        )
        .where(Request.status == RequestStatus.WAITING)
        .order_by(Request.id)
    ).all()
    return tuple(found) if request_id in found and len(found) > 1 else ()
