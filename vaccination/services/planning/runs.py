"""The life of a plan run: asked for, claimed, kept for review, approved or discarded (docs/states.md).

The row is the truth. Every claim raises `attempt`; who speaks with an older number is not heard (ADR 0025).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.planning import LIVE_RUN, RunStatus
from vaccination.errors import Conflict, Invalid
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Programme
from vaccination.services import audit
from vaccination.services.planning.apply import apply_share as apply_share
from vaccination.services.planning.apply import finish_apply as finish_apply
from vaccination.services.planning.apply import pending_shares as pending_shares
from vaccination.services.planning.keep import Solved as Solved
from vaccination.services.planning.keep import StaleAttempt as StaleAttempt
from vaccination.services.planning.keep import keep_proposals as keep_proposals
from vaccination.services.planning.problem import Keys as Keys
from vaccination.services.planning.problem import NoSuchProgramme, NoSuchRun
from vaccination.services.planning.problem import load_problem as load_problem
from vaccination.services.region.seeds_published import promise_seed

LONGEST_DAYS = 400
LONGEST_SECONDS = 3600
MOST_ATTEMPTS = 5
_LONGEST_FAILURE = 500


class PlanIsLive(Conflict):
    """The programme has a plan under way; one at a time."""

    code = "plan_is_live"


class RunNotThere(Conflict):
    """The run is not in a state in which this can happen."""

    code = "run_not_there"


class BadPlanRequest(Invalid):
    """Too many days or seconds, or none."""

    code = "bad_plan_request"


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """Plan the waiting requests of a programme onto these days, thinking for so many seconds."""

    programme_id: int
    starts_on: date
    days: int
    seconds: int
    apply_at_once: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.days <= LONGEST_DAYS:
            raise BadPlanRequest(f"days: 1 to {LONGEST_DAYS}", field="days", most=LONGEST_DAYS)
        if not 1 <= self.seconds <= LONGEST_SECONDS:
            raise BadPlanRequest(f"seconds: 1 to {LONGEST_SECONDS}", field="seconds", most=LONGEST_SECONDS)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a run, until somebody else claims it."""

    run_id: int
    attempt: int
    time_limit_s: int
    lottery_seed: int


def request_plan(session: Session, command: RequestPlan, *, now: datetime, user_id: int | None = None) -> int:
    """Queue a run and return its id; PlanIsLive when the programme has one under way."""
    if session.scalar(select(Programme.id).where(Programme.id == command.programme_id)) is None:
        raise NoSuchProgramme
    run = PlanRun(
        programme_id=command.programme_id,
        asked_by=user_id,
        asked_at=now,
        starts_on=command.starts_on,
        days=command.days,
        apply_at_once=command.apply_at_once,
        time_limit_s=command.seconds,
    )
    try:
        with session.begin_nested():
            # Fresh each time, and its digest public since the run before: nobody chooses it, nobody is
            # unlucky night after night (domain/fair.py).
            draw = promise_seed(session, command.programme_id)
            run.lottery_seed, run.seed_salt, run.seed_digest = draw.seed, draw.salt, draw.digest
            session.add(run)
    except IntegrityError:
        raise PlanIsLive from None
    audit.record(session, "plan_requested", f"plan_run:{run.id}", now=now, user_id=user_id)
    return run.id


def nightly_plan(session: Session, today: date, seconds: int, apply_at_once: bool) -> RequestPlan | None:
    """Tonight's plan of the active programme: the horizon from tomorrow, so that people hear in time."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    starts_on = max(programme.starts_on, today + timedelta(1))
    return RequestPlan(programme.id, starts_on, programme.horizon_days, seconds, apply_at_once)


def claim_run(session: Session, run_id: int, *, now: datetime) -> Claim | None:
    """QUEUED to RUNNING for one caller; None when it is not queued (any more)."""
    row = session.execute(
        update(PlanRun)
        .where(PlanRun.id == run_id, PlanRun.status == RunStatus.QUEUED)
        .values(
            status=RunStatus.RUNNING, attempt=PlanRun.attempt + 1, claimed_at=now, heard_at=now, progress=[]
        )
        .returning(PlanRun.id, PlanRun.attempt, PlanRun.time_limit_s, PlanRun.lottery_seed)
    ).one_or_none()
    return None if row is None else Claim(*row)


def note_progress(
    session: Session, claim: Claim, points: Sequence[tuple[float, str, float, float]], *, now: datetime
) -> bool:
    """A sign of life with the curve so far (seconds, phase, score, bound). False: the claim is lost."""
    progress = [[round(s, 2), phase, _figure(score), _figure(bound)] for s, phase, score, bound in points]
    return _if_current(session, claim, heard_at=now, progress=progress)


def note_alive(session: Session, claim: Claim, *, now: datetime) -> bool:
    """A sign of life. False: the claim is lost."""
    return _if_current(session, claim, heard_at=now)


def fail_run(session: Session, claim: Claim, failure: str, *, now: datetime) -> bool:
    """The attempt found no plan that may be kept; the reason holds nothing personal."""
    return _if_current(
        session, claim, status=RunStatus.FAILED, finished_at=now, failure=failure[:_LONGEST_FAILURE]
    )


def approve_plan(session: Session, run_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """PROPOSED to APPLYING, once; a job then books it centre by centre."""
    try:
        with session.begin_nested():
            _step(session, run_id, (RunStatus.PROPOSED,), status=RunStatus.APPLYING, heard_at=now)
    except IntegrityError:
        raise PlanIsLive from None
    audit.record(session, "plan_approved", f"plan_run:{run_id}", now=now, user_id=user_id)


def discard_plan(session: Session, run_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """Forget a proposal, or call off a run: what its planner still brings is refused."""
    discardable = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PROPOSED)
    _step(session, run_id, discardable, status=RunStatus.DISCARDED, finished_at=now)
    audit.record(session, "plan_discarded", f"plan_run:{run_id}", now=now, user_id=user_id)


def requeue_silent(session: Session, silent_for: timedelta, *, now: datetime) -> None:
    """Runs whose planner has fallen silent go back to the queue; after a few attempts they have failed."""
    silent = (PlanRun.status == RunStatus.RUNNING) & (PlanRun.heard_at < now - silent_for)
    session.execute(
        update(PlanRun)
        .where(silent, PlanRun.attempt >= MOST_ATTEMPTS)
        .values(status=RunStatus.FAILED, finished_at=now, failure="planner_died")
    )
    session.execute(update(PlanRun).where(silent).values(status=RunStatus.QUEUED))


def queued_runs(session: Session) -> list[int]:
    """Runs that a planner should claim."""
    return list(session.scalars(select(PlanRun.id).where(PlanRun.status == RunStatus.QUEUED)))


def unfinished_applies(session: Session, silent_for: timedelta, *, now: datetime) -> list[int]:
    """Runs whose booking stopped half-way, between two centres."""
    silent = PlanRun.heard_at < now - silent_for
    return list(session.scalars(select(PlanRun.id).where(PlanRun.status == RunStatus.APPLYING, silent)))


def note_papers_made(session: Session, run_id: int) -> None:
    """Every confirmation of the run lies in its folder."""
    run = session.scalar(select(PlanRun).where(PlanRun.id == run_id).with_for_update())
    if run is not None:
        run.summary = run.summary | {"papers": True}
        session.flush()


def runs_without_papers(session: Session, since: datetime) -> list[int]:
    """Runs applied since then whose confirmations are not all made."""
    rows = session.execute(
        select(PlanRun.id, PlanRun.summary).where(
            PlanRun.status == RunStatus.APPLIED, PlanRun.finished_at >= since
        )
    )
    return [run_id for run_id, summary in rows if not summary.get("papers")]


def has_live_run(session: Session, programme_id: int) -> bool:
    """Whether the programme has a plan under way."""
    live = select(PlanRun.id).where(PlanRun.programme_id == programme_id, PlanRun.status.in_(LIVE_RUN))
    return session.scalar(live.limit(1)) is not None


def status_of(session: Session, run_id: int) -> RunStatus:
    """Where the run stands; NoSuchRun when there is none."""
    status = session.scalar(select(PlanRun.status).where(PlanRun.id == run_id))
    if status is None:
        raise NoSuchRun
    return status


def _figure(value: float) -> float | None:
    """JSON has no infinity: an unknown bound is empty."""
    return round(value, 3) if math.isfinite(value) else None


def _if_current(session: Session, claim: Claim, **values: Any) -> bool:
    """Write to the run only while this claim is the latest one."""
    current = (
        PlanRun.id == claim.run_id,
        PlanRun.attempt == claim.attempt,
        PlanRun.status == RunStatus.RUNNING,
    )
    written = session.scalar(update(PlanRun).where(*current).values(**values).returning(PlanRun.id))
    return written is not None


def _step(session: Session, run_id: int, seen: Sequence[RunStatus], **values: Any) -> None:
    done = session.scalar(
        update(PlanRun)
        .where(PlanRun.id == run_id, PlanRun.status.in_(seen))
        .values(**values)
        .returning(PlanRun.id)
    )
    if done is None:
        raise RunNotThere(status=status_of(session, run_id))
