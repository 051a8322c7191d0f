"""What an installation already holds: what the one-machine launcher has left to do, and what it tells."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.planning import RunStatus
from vaccination.models.accounts import User
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request


@dataclass(frozen=True, slots=True)
class Run:
    """The latest plan run, with its figures once there are any."""

    id: int
    status: RunStatus
    failure: str = ""
    progress: list[Any] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Installation:
    """The active programme (none: nothing was seeded), its latest run, and how much there is of the rest."""

    programme_id: int | None
    starts_on: date | None
    horizon_days: int
    requests: int
    appointments: int
    users: int
    centres: tuple[tuple[int, str], ...]
    run: Run | None


def load(session: Session) -> Installation:
    """The state of this database."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    centres = session.execute(select(Centre.id, Centre.name).order_by(Centre.id))
    return Installation(
        programme_id=programme.id if programme else None,
        starts_on=programme.starts_on if programme else None,
        horizon_days=programme.horizon_days if programme else 0,
        requests=_count(session, Request.id),
        appointments=_count(session, Appointment.id),
        users=_count(session, User.id),
        centres=tuple((row.id, row.name) for row in centres),
        run=load_run(session, programme.id) if programme else None,
    )


def load_run(session: Session, programme_id: int) -> Run | None:
    """The latest run of a programme."""
    latest = select(PlanRun).where(PlanRun.programme_id == programme_id).order_by(PlanRun.id.desc()).limit(1)
    run = session.scalar(latest)
    return Run(run.id, run.status, run.failure, run.progress, run.summary) if run else None


def _count(session: Session, column: Any) -> int:
    return session.scalar(select(func.count(column))) or 0
