"""Which requests: selects that services and jobs share."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.appointments import Appointment


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
