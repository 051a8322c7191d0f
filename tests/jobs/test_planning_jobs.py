"""Planning jobs with the real solver, in this process, on both databases."""

import json
import zipfile
from datetime import timedelta
from zoneinfo import ZoneInfo

from redis import Redis
from sqlalchemy import func, select

from tests.builders import make_request
from tests.jobs.rung import rung
from tests.services.regions import Region, make_region
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.planning import PlanRun
from vaccination.models.requests import Request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import RequestPlan, claim_run, request_plan
from vaccination.settings import Settings
from web import queue
from web.jobs.housekeeping import sweep
from web.jobs.papers import confirmations_folder, make_confirmations
from web.jobs.plan_archive import archive_path
from web.jobs.planning import apply_plan, nightly, run_plan


def future_region(requests: int = 6, **size: int) -> Region:
    """A region whose today is the real one: jobs read the clock."""
    with transaction() as session:
        return make_region(session, requests, today=now().date(), **size)


def queued(region: Region, *, at_once: bool = True) -> int:
    with transaction() as session:
        command = RequestPlan(region.programme.id, region.first_day, 60, 3, at_once)
        return request_plan(session, command, now=now())


def run_of(run_id: int) -> PlanRun:
    with transaction() as session:
        return session.get_one(PlanRun, run_id)


def test_a_run_is_planned_booked_and_told(worker: Settings) -> None:
    run_id = queued(future_region())
    run_plan(run_id)
    run = run_of(run_id)
    assert run.status is RunStatus.APPLIED
    assert (run.summary["planned"], run.summary["booked"], run.summary["skipped"]) == (6, 6, 0)
    assert run.summary["bound"] >= run.summary["score"] > 0
    assert rung(worker) == [
        ("web.jobs.messages.deliver_batch", 0),
        ("web.jobs.papers.make_confirmations", run_id),
    ]
    with transaction() as session:
        assert broken_invariants(session) == []
    run_plan(run_id)
    apply_plan(run_id)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == 12


def test_a_run_for_review_books_nobody(worker: Settings) -> None:
    run_id = queued(future_region(), at_once=False)
    run_plan(run_id)
    assert run_of(run_id).status is RunStatus.PROPOSED
    assert rung(worker) == []
    with transaction() as session:
        assert set(session.scalars(select(Request.status))) == {RequestStatus.WAITING}


def test_what_the_solver_saw_is_kept_in_a_zip(worker: Settings) -> None:
    run_id = queued(future_region())
    run_plan(run_id)
    with zipfile.ZipFile(archive_path(worker.files_dir, run_id)) as archive:
        names = set(archive.namelist())
        summary = json.loads(archive.read("summary.json"))
        people = archive.read("requests.csv").decode()
    assert {"requests.csv", "sessions.csv", "stock.csv", "policy.json", "plan.csv"} <= names
    assert summary["planned"] == 6
    assert people.splitlines()[1].startswith("R")


def test_a_programme_whose_policy_is_broken_fails_with_its_fault(worker: Settings) -> None:
    region = future_region()
    with transaction() as session:
        session.merge(region.programme).weights = {"1": 1.0}
    run_id = queued(region)
    run_plan(run_id)
    run = run_of(run_id)
    assert run.status is RunStatus.FAILED
    assert run.failure.startswith("problem_refused")


def test_the_sweeper_rings_for_queued_and_silent_runs(worker: Settings) -> None:
    run_id = queued(future_region())
    sweep()
    assert rung(worker) == [("web.jobs.planning.run_plan", run_id)]
    with transaction() as session:
        assert claim_run(session, run_id, now=now() - timedelta(minutes=5)) is not None
    sweep()
    assert run_of(run_id).status is RunStatus.QUEUED
    run_plan(run_id)
    assert (run_of(run_id).status, run_of(run_id).attempt) == (RunStatus.APPLIED, 2)


def test_the_sweeper_goes_on_with_a_half_applied_plan(worker: Settings) -> None:
    run_id = queued(future_region(), at_once=False)
    run_plan(run_id)
    with transaction() as session:
        run = session.get_one(PlanRun, run_id)
        run.status, run.heard_at = RunStatus.APPLYING, now() - timedelta(minutes=5)
    sweep()
    assert rung(worker) == [("web.jobs.planning.apply_plan", run_id)]


def test_the_sweeper_rings_for_papers_until_they_are_made(worker: Settings) -> None:
    """Once at a time: making them takes long, and twice the bell would be twice the work."""
    run_id = queued(future_region())
    run_plan(run_id)
    papers = ("web.jobs.papers.make_confirmations", run_id)
    empty(worker)
    sweep()
    sweep()
    assert rung(worker).count(papers) == 1
    make_confirmations(run_id)
    empty(worker)
    sweep()
    assert papers not in rung(worker)
    assert len(list(confirmations_folder(worker, run_id).glob("*.pdf"))) == 6


def empty(worker: Settings) -> None:
    """Redis forgets everything."""
    with Redis.from_url(worker.redis_url) as client:
        client.flushall()


def test_the_sweeper_leaves_a_running_planner_alone(worker: Settings) -> None:
    run_id = queued(future_region())
    with transaction() as session:
        assert claim_run(session, run_id, now=now()) is not None
    sweep()
    assert rung(worker) == []


def test_the_night_asks_for_one_plan_from_tomorrow(worker: Settings) -> None:
    region = future_region()
    nightly()
    nightly()
    with transaction() as session:
        run = session.scalars(select(PlanRun)).one()
        today = now().astimezone(ZoneInfo(worker.timezone)).date()
        assert run.starts_on == max(region.programme.starts_on, today + timedelta(1))
        assert run.apply_at_once == worker.apply_nightly_plan
    assert rung(worker) == [("web.jobs.planning.run_plan", run.id)]


def test_a_dead_redis_stops_no_plan(worker: Settings) -> None:
    queue.bind("unix:///not-in-tests/redis.sock")
    run_id = queued(future_region())
    run_plan(run_id)
    assert run_of(run_id).status is RunStatus.APPLIED


def test_requests_that_come_later_wait_for_the_next_plan(worker: Settings) -> None:
    region = future_region(requests=2)
    run_plan(queued(region))
    with transaction() as session:
        late = make_request(session, region.programme, priority_group_id=region.group.id)
    run_plan(queued(region))
    with transaction() as session:
        assert session.get_one(Request, late.id).status is RequestStatus.PLANNED
        assert broken_invariants(session) == []
