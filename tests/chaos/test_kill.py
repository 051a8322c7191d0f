"""Kill -9 of planner and worker at random moments: nothing is lost, nothing is booked twice.

Real PostgreSQL, real Redis, real RQ workers in processes of their own. A killed parent leaves its work-horse
at work, so that two of them meet over one run; Redis is emptied on the way.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import make_centre, make_lot, make_request, make_slots, make_stock
from tests.chaos.processes import Workers, running_workers
from tests.services.regions import Region, make_region
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import MessageKind
from vaccination.domain.planning import LIVE_RUN, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.messages import Message
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.requests import Request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import RequestPlan, has_live_run, request_plan
from vaccination.settings import Settings
from web import queue
from web.jobs.housekeeping import sweep
from web.queue import JobName

KILLS = 20
LONGEST_WAIT_S = 1.2
SECONDS_TO_FINISH = 60

PLANNER, WORKER = ("planning",), ("messages", "papers", "default")
TARGETS = [(kind, what) for kind in (PLANNER, PLANNER, WORKER) for what in ("horse", "parent", "both")]


@pytest.fixture
def region(postgres_url: str) -> Region:
    """Four centres and too few seats for everybody."""
    with transaction() as session:
        region = make_region(session, 200, slots=12, seats=3, today=now().date(), doses=60)
        for _ in range(3):
            open_centre(session, region)
        return region


def open_centre(session: Session, region: Region) -> None:
    centre = make_centre(session)
    for day in (region.first_day, region.second_day):
        make_slots(session, centre, day, slots=12, seats=3)
    lot = make_lot(session, region.product, expires_on=now().date() + timedelta(200))
    make_stock(session, centre, lot, 60, available_from=now().date())


@pytest.fixture
def workers(
    region: Region, postgres_url: str, redis_url: str, settings: Settings, tmp_path: Path
) -> Iterator[Workers]:
    bound = replace(settings, database_url=postgres_url, redis_url=redis_url)
    queue.bind(redis_url)
    with running_workers(bound, tmp_path / "workers.log") as workers:
        yield workers
    queue.unbind()


@pytest.mark.timeout(240)
def test_killing_loses_nothing_and_books_nothing_twice(
    workers: Workers, region: Region, redis_url: str, pytestconfig: pytest.Config
) -> None:
    draw = Random(str(pytestconfig.getoption("randomly_seed", 1)))
    turns = [TARGETS[n % len(TARGETS)] for n in range(KILLS)]
    draw.shuffle(turns)
    horses = 0
    for turn, (kind, what) in enumerate(turns):
        more_people(region)
        until_at_work(workers, region)
        time.sleep(draw.uniform(0, LONGEST_WAIT_S))
        horses += workers.kill(kind[0], what)
        if turn == KILLS // 2:
            Redis.from_url(redis_url).flushall()
    assert horses >= KILLS // 4  # enough of them were hit at work, not asleep
    finish(workers, region)
    with snapshot() as session:
        assert broken_invariants(session) == []
        assert told_once(session) == planned(session) > 0
        assert waiting_without_a_reason(session) == []
        assert max(session.scalars(select(PlanRun.attempt))) > 1  # a run was interrupted and taken up again


def keep_up(workers: Workers) -> None:
    workers.keep_up(*PLANNER)
    workers.keep_up(*WORKER)


def more_people(region: Region) -> None:
    with transaction() as session:
        for _ in range(3):
            make_request(session, region.programme, priority_group_id=region.group.id)


def ask_for_plan(region: Region) -> None:
    """See that a plan is under way: one that killed its planner five times has failed, as it should."""
    with transaction() as session:
        if has_live_run(session, region.programme.id):
            return
        run_id = request_plan(session, plan_from(region.first_day, region), now=now())
    queue.enqueue(JobName.RUN_PLAN, run_id)


def plan_from(day: date, region: Region) -> RequestPlan:
    return RequestPlan(region.programme.id, day, days=40, seconds=2, apply_at_once=True)


def until_at_work(workers: Workers, region: Region) -> None:
    """Until a planner works on a run; the killed are started again, what was lost is rung for again."""
    end, swept_at = time.monotonic() + 30, 0.0
    while time.monotonic() < end:
        keep_up(workers)
        if workers.horses(PLANNER[0]) and is_claimed():
            return
        if time.monotonic() - swept_at > 0.7:
            ask_for_plan(region)
            sweep(silent_for_s=1)
            swept_at = time.monotonic()
        time.sleep(0.03)
    raise AssertionError("no planner took the run")


def is_claimed() -> bool:
    with snapshot() as session:
        at_work = PlanRun.status.in_((RunStatus.RUNNING, RunStatus.APPLYING))
        return session.scalar(select(PlanRun.id).where(at_work)) is not None


def finish(workers: Workers, region: Region) -> None:
    """Nobody kills any more: the sweeper has everything taken up, and a last plan looks at everybody."""
    until_quiet(workers)
    ask_for_plan(region)
    until_quiet(workers)


def until_quiet(workers: Workers) -> None:
    end = time.monotonic() + SECONDS_TO_FINISH
    while time.monotonic() < end:
        keep_up(workers)
        sweep(silent_for_s=8)
        with snapshot() as session:
            if not session.scalar(select(func.count()).where(PlanRun.status.in_(LIVE_RUN))):
                return
        time.sleep(0.5)
    raise AssertionError("a run is still under way")


def planned(session: Session) -> int:
    return session.scalar(select(func.count()).where(Request.status == RequestStatus.PLANNED)) or 0


def told_once(session: Session) -> int:
    """Planned requests with exactly one confirmation."""
    told = (
        select(Message.request_id)
        .join(Request, Request.id == Message.request_id)
        .where(Message.kind == MessageKind.CONFIRMED, Request.status == RequestStatus.PLANNED)
        .group_by(Message.request_id)
        .having(func.count() == 1)
    )
    return len(session.scalars(told).all())


def waiting_without_a_reason(session: Session) -> list[int]:
    last = select(func.max(PlanRun.id)).where(PlanRun.status == RunStatus.APPLIED).scalar_subquery()
    reasons = select(Unplanned.request_id).where(Unplanned.plan_run_id == last)
    waiting = select(Request.id).where(Request.status == RequestStatus.WAITING, Request.id.not_in(reasons))
    return list(session.scalars(waiting))
