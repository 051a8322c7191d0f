"""Plan runs for the agency: the list, one run with its curve and result, whom it leaves out and why."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.paging import Part, part_of
from vaccination.domain.planning import LIVE_RUN, CentreShareStatus, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.errors import NotFound
from vaccination.models.accounts import User
from vaccination.models.centres import Centre, Slot
from vaccination.models.planning import CentreShare, PlanRun, Proposal, Unplanned
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.readmodels import centre_load
from vaccination.readmodels.centre_load import RegionLoad, monday_of

RUNS_LISTED = 50


class NoSuchPlan(NotFound):
    """There is no such plan run."""

    code = "no_such_plan"


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A line of the list of runs."""

    run_id: int
    status: RunStatus
    asked_at: datetime
    asked_by: str
    starts_on: date
    days: int
    planned: int | None
    requests: int | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How far one centre's part of the plan is booked."""

    centre: str
    status: CentreShareStatus
    booked: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Point:
    """A word from the running planner; score and bound are empty until there are any."""

    seconds: float
    phase: str
    score: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as its page shows it."""

    run_id: int
    status: RunStatus
    asked_at: datetime
    asked_by: str
    claimed_at: datetime | None
    finished_at: datetime | None
    starts_on: date
    days: int
    time_limit_s: int
    lottery_seed: int
    apply_at_once: bool
    failure: str
    curve: tuple[Point, ...]
    summary: dict[str, Any]
    shares: tuple[Share, ...] = field(default_factory=tuple)

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_RUN

    @property
    def last_day(self) -> date:
        return self.starts_on + timedelta(self.days - 1)

    @property
    def booked(self) -> int:
        return sum(share.booked for share in self.shares)

    @property
    def skipped(self) -> int:
        return sum(share.skipped for share in self.shares)

    @property
    def shares_done(self) -> int:
        return sum(share.status is CentreShareStatus.APPLIED for share in self.shares)


@dataclass(frozen=True, slots=True)
class LeftOutPerson:
    """A request that a run leaves out, by its reference: nothing personal."""

    reference: str
    priority: int
    town: str
    reason: str
    change: str
    amount: float
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """A page of the requests that a run leaves out."""

    people: tuple[LeftOutPerson, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class NextPlan:
    """What the form for a new plan begins with."""

    programme_id: int
    name_fr: str
    name_en: str
    starts_on: date
    days: int
    waiting: int
    live_run: int | None


def runs(session: Session) -> tuple[ListedRun, ...]:
    """The latest runs, the newest first."""
    query = (
        select(PlanRun, func.coalesce(User.display_name, ""))
        .outerjoin(User, User.id == PlanRun.asked_by)
        .order_by(PlanRun.id.desc())
        .limit(RUNS_LISTED)
    )
    return tuple(
        ListedRun(
            run.id, run.status, run.asked_at, by, run.starts_on, run.days, run.summary.get("planned"),
            run.summary.get("requests"), run.summary.get("gap"),
        )
        for run, by in session.execute(query)
    )  # fmt: skip


def load(session: Session, run_id: int) -> RunView:
    """One run."""
    found = session.execute(
        select(PlanRun, func.coalesce(User.display_name, ""))
        .outerjoin(User, User.id == PlanRun.asked_by)
        .where(PlanRun.id == run_id)
    ).one_or_none()
    if found is None:
        raise NoSuchPlan(run_id=run_id)
    run, by = found
    return RunView(
        run.id, run.status, run.asked_at, by, run.claimed_at, run.finished_at, run.starts_on, run.days,
        run.time_limit_s, run.lottery_seed, run.apply_at_once, run.failure,
        tuple(Point(*point) for point in run.progress), run.summary, _shares(session, run_id),
    )  # fmt: skip


def _shares(session: Session, run_id: int) -> tuple[Share, ...]:
    rows = session.execute(
        select(Centre.name, CentreShare.status, CentreShare.booked, CentreShare.skipped)
        .join(Centre, Centre.id == CentreShare.centre_id)
        .where(CentreShare.plan_run_id == run_id)
        .order_by(Centre.name)
    )
    return tuple(Share(*row) for row in rows)


def load_of(session: Session, run: RunView, weeks: int) -> tuple[RegionLoad, dict[tuple[int, date], int]]:
    """Seats by centre and week of the run's first weeks, and the doses that the run gives there."""
    rows = session.execute(
        select(Slot.centre_id, Slot.day, func.count())
        .select_from(Proposal)
        .join(Slot, Slot.id == Proposal.slot_id)
        .where(Proposal.plan_run_id == run.run_id)
        .group_by(Slot.centre_id, Slot.day)
    )
    given: dict[tuple[int, date], int] = defaultdict(int)
    for centre_id, day, doses in rows:
        given[centre_id, monday_of(day)] += doses
    return centre_load.load(session, run.starts_on, weeks), dict(given)


def left_out(session: Session, run_id: int, reason: str, page: int) -> LeftOutPage:
    """Requests that the run leaves out, for one reason or (empty) for any, the most urgent first."""
    where = [Unplanned.plan_run_id == run_id]
    if reason:
        where.append(Unplanned.reason == reason)
    part = part_of(session.scalar(select(func.count()).select_from(Unplanned).where(*where)) or 0, page)
    rows = session.execute(
        select(
            Request.reference,
            Request.priority,
            Request.town,
            Unplanned.reason,
            Unplanned.change,
            Unplanned.amount,
            Request.status,
        )
        .join(Request, Request.id == Unplanned.request_id)
        .where(*where)
        .order_by(Request.priority, Request.reference)
        .limit(part.a_page)
        .offset(part.offset)
    )
    return LeftOutPage(tuple(LeftOutPerson(*row) for row in rows), part)


def next_plan(session: Session, today: date) -> NextPlan | None:
    """What a new plan would be about; None while there is no programme."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    waiting = session.scalar(
        select(func.count()).where(
            Request.programme_id == programme.id, Request.status == RequestStatus.WAITING
        )
    )
    live = session.scalar(
        select(PlanRun.id).where(PlanRun.programme_id == programme.id, PlanRun.status.in_(LIVE_RUN))
    )
    starts_on = max(programme.starts_on, today + timedelta(1))
    return NextPlan(
        programme.id, programme.name_fr, programme.name_en, starts_on, programme.horizon_days, waiting or 0,
        live,
    )  # fmt: skip
