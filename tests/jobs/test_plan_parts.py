"""A run planned in parts: shared with whoever listens, never stuck, never kept twice."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, update

from tests.builders import make_centre, make_lot, make_request, make_slots, make_stock
from tests.chaos.processes import running_workers
from tests.jobs.rung import rung
from tests.jobs.test_planning_jobs import future_region, queued, run_of
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import PartStatus, RunStatus
from vaccination.models.planning import PlanPart, PlanRun
from vaccination.models.requests import Request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.parts import (
    MOST_TURNS,
    NewPart,
    add_parts,
    claim_part,
    keep_part,
    note_part,
    parts_of,
    release_part,
    requeue_silent_parts,
)
from vaccination.services.planning.runs import Claim, claim_run, discard_plan
from vaccination.settings import Settings
from web import queue
from web.jobs import plan_parts
from web.jobs.plan_parts import run_part
from web.jobs.planning import run_plan
from web.queue import QueueName, enqueue, listeners

FAR = {"lat": 43.3, "lon": 5.4}


def two_towns(people: int = 4) -> int:
    """A queued run of a region of two towns which nobody links; so many people in each."""
    region = future_region(people)
    with transaction() as session:
        centre = make_centre(session, **FAR)
        for day in (region.first_day, region.second_day):
            make_slots(session, centre, day)
        lot = make_lot(session, region.product, expires_on=now().date() + timedelta(200))
        make_stock(session, centre, lot, available_from=now().date())
        for _ in range(people):
            make_request(session, region.programme, priority_group_id=region.group.id, **FAR)
    return queued(region)


@pytest.fixture
def listening(worker: Settings) -> Iterator[Settings]:
    """Three planners that are known to Redis, though none of them ever takes a job."""
    with Redis.from_url(worker.redis_url) as client:
        idle = [Queue("planning", connection=client, serializer=JSONSerializer)]
        workers = [SimpleWorker(idle, connection=client, serializer=JSONSerializer) for _ in range(3)]
        for each in workers:
            each.register_birth()
        yield worker
        for each in workers:
            each.register_death()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a test can bear."""
    monkeypatch.setattr(plan_parts, "GRACE_S", 0.3)
    monkeypatch.setattr(plan_parts, "LOOKS_EVERY_S", 0.05)


def parts() -> list[PlanPart]:
    with transaction() as session:
        return list(session.scalars(select(PlanPart).order_by(PlanPart.attempt, PlanPart.number)))


def assert_applied(run_id: int, planned: int = 8) -> None:
    run = run_of(run_id)
    assert (run.status, run.failure) == (RunStatus.APPLIED, "")
    assert (run.summary["planned"], run.summary["booked"]) == (planned, planned)
    assert run.summary["bound"] >= run.summary["score"] > 0
    with transaction() as session:
        assert broken_invariants(session) == []


def files_of_parts(worker: Settings) -> list[Path]:
    return [path for path in (worker.files_dir / "plans/parts").rglob("*") if path.is_file()]


def test_one_planner_alone_plans_at_once(worker: Settings) -> None:
    run_id = two_towns()
    run_plan(run_id)
    assert_applied(run_id)
    assert parts() == []


@pytest.mark.usefixtures("impatient")
def test_parts_that_nobody_takes_are_planned_by_the_run_itself(listening: Settings) -> None:
    assert listeners(QueueName.PLANNING) == 3
    run_id = two_towns()
    run_plan(run_id)
    assert_applied(run_id)
    assert [(part.status, part.turn, part.requests) for part in parts()] == [(PartStatus.DONE, 1, 4)] * 2
    late_bells = [("web.jobs.plan_parts.run_part", part.id) for part in parts()]
    assert rung(listening)[:2] == late_bells
    for _, part_id in late_bells:
        run_part(part_id)
    assert [part.turn for part in parts()] == [1, 1]
    assert files_of_parts(listening) == []


def test_a_second_planner_takes_its_share(listening: Settings) -> None:
    run_id, over = two_towns(), Event()

    def answer() -> None:
        """Another planner, which answers only the first bell of a part."""
        while not over.wait(0.05):
            for job, row_id in rung(listening):
                if job.endswith("run_part"):
                    run_part(row_id)
                    over.set()

    other = Thread(target=answer)
    other.start()
    began = time.monotonic()
    run_plan(run_id)
    over.set()
    other.join()
    assert_applied(run_id)
    first, second = parts()
    assert first.status is second.status is PartStatus.DONE
    assert time.monotonic() - began < 3 + plan_parts.GRACE_S


@pytest.mark.timeout(120)
def test_planners_in_processes_of_their_own_plan_a_run_together(worker: Settings, tmp_path: Path) -> None:
    run_id = two_towns(20)
    log = tmp_path / "workers.log"
    with running_workers(replace(worker), log) as one, running_workers(replace(worker), log) as other:
        one.keep_up("planning")
        other.keep_up("planning")
        until = time.monotonic() + 60
        while listeners(QueueName.PLANNING) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        enqueue(queue.JobName.RUN_PLAN, run_id)
        while run_of(run_id).status is not RunStatus.APPLIED and time.monotonic() < until:
            time.sleep(0.2)
    assert run_of(run_id).status is RunStatus.APPLIED, log.read_text()
    assert [part.status for part in parts()] == [PartStatus.DONE] * 2
    with transaction() as session:
        assert broken_invariants(session) == []


@pytest.mark.usefixtures("impatient")
def test_a_part_whose_planner_died_is_planned_by_the_run(
    listening: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_parts, "SILENT_FOR_S", 0.5)
    run_id, taken = two_towns(), Event()

    def die() -> None:
        """A planner that claims a part and is never heard again."""
        while not taken.wait(0.02):
            with transaction() as session:
                if parts_of_any := session.scalars(select(PlanPart.id)).all():
                    assert claim_part(session, parts_of_any[-1], now=now()) is not None
                    taken.set()

    other = Thread(target=die)
    other.start()
    run_plan(run_id)
    other.join()
    assert_applied(run_id)
    assert [part.turn for part in parts()] == [1, 2]


@pytest.mark.usefixtures("impatient")
def test_a_broken_part_fails_the_run_with_its_reason(listening: Settings) -> None:
    run_id = two_towns()

    def spoil() -> None:
        while not (found := parts()):
            time.sleep(0.01)
        with transaction() as session:
            mine = claim_part(session, found[1].id, now=now())
        if mine is not None:
            plan_parts._solve_part(replace(mine, problem_file=_foreign(listening)), 1.0)

    other = Thread(target=spoil)
    other.start()
    run_plan(run_id)
    other.join()
    run = run_of(run_id)
    assert (run.status, run.failure) == (RunStatus.FAILED, "planner_error: NotPortable (part 2 of 2)")


def _foreign(worker: Settings) -> str:
    (worker.files_dir / "foreign.problem").write_text("nothing")
    return "foreign.problem"


@pytest.mark.usefixtures("impatient")
def test_a_run_that_is_called_off_ends(listening: Settings) -> None:
    run_id = two_towns()

    def call_off() -> None:
        while not parts():
            time.sleep(0.01)
        with transaction() as session:
            discard_plan(session, run_id, now=now())

    other = Thread(target=call_off)
    other.start()
    run_plan(run_id)
    other.join()
    assert run_of(run_id).status is RunStatus.DISCARDED
    assert files_of_parts(listening) == []


def claimed(worker: Settings) -> tuple[Claim, list[int]]:
    """A running attempt with two parts whose files lie there."""
    run_id = two_towns()
    worker.files_dir.mkdir(parents=True, exist_ok=True)
    for number in (0, 1):
        (worker.files_dir / f"{number}.problem").write_bytes(b"")
    with transaction() as session:
        claim = claim_run(session, run_id, now=now())
        assert claim is not None
        fresh = [NewPart(4, "0.problem"), NewPart(4, "1.problem")]
        return claim, add_parts(session, claim, fresh, now() + timedelta(seconds=30))


def test_a_part_is_claimed_once_and_only_while_its_attempt_goes_on(worker: Settings) -> None:
    claim, (first, second) = claimed(worker)
    with transaction() as session:
        assert claim_part(session, first, now=now()) is not None
        assert claim_part(session, first, now=now()) is None
        session.execute(update(PlanRun).values(attempt=PlanRun.attempt + 1))
        assert claim_part(session, second, now=now()) is None
        assert claim_part(session, second + 1, now=now()) is None


def test_an_older_turn_is_not_heard(worker: Settings) -> None:
    claim, (first, _) = claimed(worker)
    with transaction() as session:
        old = claim_part(session, first, now=now())
        assert old is not None and note_part(session, old, now=now())
        requeue_silent_parts(session, claim, heard_before=now() + timedelta(1))
        new = claim_part(session, first, now=now())
        assert new is not None and new.plan_file != old.plan_file
        assert not note_part(session, old, now=now())
        assert not keep_part(session, old, now=now())
        assert keep_part(session, new, now=now())
        assert [part.status for part in parts_of(session, claim)] == [PartStatus.DONE, PartStatus.QUEUED]


def test_a_part_that_kills_its_planners_has_failed(worker: Settings) -> None:
    claim, (first, _) = claimed(worker)
    with transaction() as session:
        for _ in range(MOST_TURNS):
            assert claim_part(session, first, now=now()) is not None
            requeue_silent_parts(session, claim, heard_before=now() + timedelta(1))
        state = parts_of(session, claim)[0]
        assert (state.status, state.failure) == (PartStatus.FAILED, "planner_died")


def test_a_planner_that_cannot_see_the_file_gives_the_part_back(worker: Settings) -> None:
    claim, (first, _) = claimed(worker)
    (worker.files_dir / "0.problem").unlink()
    run_part(first)
    with transaction() as session:
        assert parts_of(session, claim)[0].status is PartStatus.QUEUED
        lost = claim_part(session, first, now=now())
        assert lost is not None and release_part(session, lost) and not release_part(session, lost)


@pytest.mark.usefixtures("impatient")
def test_a_plan_that_cannot_be_read_is_made_again(listening: Settings) -> None:
    """A planner on a machine that shares no folder says done, and nothing is there."""
    run_id = two_towns()

    def boast() -> None:
        while not (found := parts()):
            time.sleep(0.01)
        with transaction() as session:
            mine = claim_part(session, found[1].id, now=now())
            if mine is not None:
                assert keep_part(session, mine, now=now())

    other = Thread(target=boast)
    other.start()
    run_plan(run_id)
    other.join()
    assert_applied(run_id)
    assert [part.turn for part in parts()] == [1, 2]


def test_a_dead_redis_means_nobody_listens(worker: Settings) -> None:
    queue.bind("unix:///not-in-tests/redis.sock")
    assert listeners(QueueName.PLANNING) == 0
    run_id = two_towns()
    run_plan(run_id)
    assert_applied(run_id)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Request)) == 8
