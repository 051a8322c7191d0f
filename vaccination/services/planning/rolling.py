"""Rolling plans: one every few seconds in a programme that says so, none where nothing has changed.

What a plan depends on is drawn together in a fingerprint (`inputs.py`), which the run keeps. A run that
booked somebody has changed it, so one more follows it and finds nothing to book; then it is quiet until
something changes.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import ChangeStatus, Serving
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish
from vaccination.services.planning.inputs import fingerprint
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
