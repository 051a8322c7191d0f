"""Rolling plans: one every few seconds in a programme that says so, none where nothing has changed.

What a plan depends on is drawn together in a fingerprint, which the run keeps. A run that booked somebody has
changed it, so one more follows it and finds nothing to book; then it is quiet until something changes.
"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import ChangeStatus, HoldStatus, Serving
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import EligibilityPhase, Programme, Schedule, policy_of
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish, Hold
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.services.planning.keep import INPUTS
from vaccination.services.planning.runs import PlanIsLive, RequestPlan, request_plan

_AFTER_A_FAILURE = timedelta(minutes=10)


def roll(session: Session, today: date, seconds: int, *, now: datetime) -> int | None:
    """Queue the next plan of a rolling programme, booked at once; None where there is nothing to plan yet."""
    programme = session.scalar(
        select(Programme).where(Programme.is_active, Programme.serving == Serving.ROLLING)
    )
    if programme is None or not _is_asked(session, programme.id):
        return None
    last = session.scalars(
        select(PlanRun).where(PlanRun.programme_id == programme.id).order_by(PlanRun.id.desc()).limit(1)
    ).one_or_none()
    if last is not None and _rests(last, programme, now):
        return None
    inputs = fingerprint(session, programme, today)
    if last is not None and last.status is not RunStatus.FAILED and last.summary.get(INPUTS) == inputs:
        return None
    starts_on = max(programme.starts_on, today + timedelta(1))
    wanted = RequestPlan(programme.id, starts_on, programme.horizon_days, seconds, apply_at_once=True)
    try:
        run_id = request_plan(session, wanted, now=now)
    except PlanIsLive:
        return None
    session.get_one(PlanRun, run_id).summary = {INPUTS: inputs}
    session.flush()
    return run_id


def fingerprint(session: Session, programme: Programme, today: date) -> str:
    """A digest of all that a plan depends on; the same while nothing of it has changed."""
    seen: list[Any] = [today.isoformat(), sorted(policy_of(programme).items(), key=str)]
    seen += [tuple(session.execute(query).one()) for query in _counts(programme.id, today)]
    rules = session.execute(
        select(*Schedule.__table__.c).where(Schedule.programme_id == programme.id).order_by(Schedule.id)
    )
    seen += [tuple(row) for row in rules]
    seen += [tuple(row) for row in session.execute(select(*EligibilityPhase.__table__.c).order_by("id"))]
    return sha256(repr(seen).encode()).hexdigest()[:32]


def _counts(programme_id: int, today: date) -> list[Select[*tuple[Any, ...]]]:
    n = func.count()
    return [
        select(n, func.sum(Request.id)).where(
            Request.programme_id == programme_id, Request.status == RequestStatus.WAITING
        ),
        select(n, func.sum(ChangeWish.id)).where(ChangeWish.status == ChangeStatus.OPEN),
        select(n, func.sum(Appointment.issue)).where(Appointment.stands == 1),
        select(n, func.sum(Hold.id)).where(Hold.status == HoldStatus.HELD),
        select(n, func.sum(ClinicSession.seats), func.sum(ClinicSession.id)).where(
            ClinicSession.is_open, ClinicSession.day >= today
        ),
        select(n, func.sum(Centre.id)).where(Centre.is_open),
        select(n, func.sum(StockMovement.doses)),
        select(n, func.sum(Delivery.doses), func.max(Delivery.usable_to), func.max(Delivery.status)),
        select(n, func.sum(Lot.id)).where(Lot.is_quarantined),
    ]


def _is_asked(session: Session, programme_id: int) -> bool:
    """Whether anybody waits, or wishes to change."""
    waiting = select(Request.id).where(
        Request.programme_id == programme_id, Request.status == RequestStatus.WAITING
    )
    wishing = select(ChangeWish.id).where(ChangeWish.status == ChangeStatus.OPEN)
    return any(session.scalar(query.limit(1)) is not None for query in (waiting, wishing))


def _rests(last: PlanRun, programme: Programme, now: datetime) -> bool:
    """Whether it is too early for another run; the database is not asked for more before that."""
    pause = _AFTER_A_FAILURE if last.status is RunStatus.FAILED else timedelta(seconds=programme.rolling_s)
    return last.asked_at + pause > now
