"""The life of a plan run: one at a time, claimed once, fenced by its attempt."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW
from tests.services.regions import TOMORROW, make_region
from vaccination.domain.fair import digest_of
from vaccination.domain.planning import RunStatus
from vaccination.models.planning import PlanRun
from vaccination.services.planning.runs import (
    MOST_ATTEMPTS,
    BadPlanRequest,
    PlanIsLive,
    RequestPlan,
    RunNotThere,
    approve_plan,
    claim_run,
    discard_plan,
    fail_run,
    note_alive,
    note_progress,
    queued_runs,
    request_plan,
    requeue_silent,
)
from vaccination.services.region.seeds_published import promise_missing_seeds


def queue_run(session: Session, programme_id: int, *, at_once: bool = False) -> int:
    command = RequestPlan(programme_id, TOMORROW, days=60, seconds=5, apply_at_once=at_once)
    return request_plan(session, command, now=NOW)


def test_a_programme_has_one_live_run(session: Session) -> None:
    region = make_region(session)
    queue_run(session, region.programme.id)
    with pytest.raises(PlanIsLive):
        queue_run(session, region.programme.id)


def test_a_run_draws_with_the_seed_whose_digest_was_public(session: Session) -> None:
    """Nobody chooses the draw: not the agency in the programme's rules, not who starts the run."""
    region = make_region(session, lottery_seed=40)
    promise_missing_seeds(session)
    published = region.programme.seed_digest
    run = session.get_one(PlanRun, queue_run(session, region.programme.id))
    assert run.seed_digest == published == digest_of(run.lottery_seed, run.seed_salt)
    assert region.programme.seed_digest not in ("", published)


def test_every_run_draws_another_lottery(session: Session) -> None:
    region = make_region(session)
    seeds = []
    for _ in range(3):
        run_id = queue_run(session, region.programme.id)
        seeds.append(session.get_one(PlanRun, run_id).lottery_seed)
        discard_plan(session, run_id, now=NOW)
    assert len(set(seeds)) == 3


def test_a_seed_that_was_never_public_has_no_digest(session: Session) -> None:
    region = make_region(session)
    run = session.get_one(PlanRun, queue_run(session, region.programme.id))
    assert run.seed_digest == ""


def test_a_refused_run_uses_no_seed_up(session: Session) -> None:
    region = make_region(session)
    queue_run(session, region.programme.id)
    promised = (region.programme.next_seed, region.programme.seed_digest)
    with pytest.raises(PlanIsLive):
        queue_run(session, region.programme.id)
    session.refresh(region.programme)
    assert (region.programme.next_seed, region.programme.seed_digest) == promised


def test_a_run_is_claimed_once(session: Session) -> None:
    run_id = queue_run(session, make_region(session).programme.id)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None and claim.attempt == 1
    assert claim_run(session, run_id, now=NOW) is None


def test_an_older_attempt_is_not_heard(session: Session) -> None:
    run_id = queue_run(session, make_region(session).programme.id)
    first = claim_run(session, run_id, now=NOW)
    assert first is not None
    requeue_silent(session, timedelta(seconds=60), now=NOW + timedelta(seconds=61))
    assert queued_runs(session) == [run_id]
    second = claim_run(session, run_id, now=NOW + timedelta(seconds=62))
    assert second is not None and second.attempt == 2
    assert not note_progress(session, first, [(1.0, "lp", 2.0, 3.0)], now=NOW)
    assert not fail_run(session, first, "late", now=NOW)
    assert note_alive(session, second, now=NOW)


def test_a_run_that_speaks_is_left_alone(session: Session) -> None:
    run_id = queue_run(session, make_region(session).programme.id)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None
    later = NOW + timedelta(seconds=50)
    assert note_progress(session, claim, [(1.0, "lp", 2.0, float("inf"))], now=later)
    requeue_silent(session, timedelta(seconds=60), now=NOW + timedelta(seconds=100))
    session.expire_all()
    run = session.get_one(PlanRun, run_id)
    assert run.status is RunStatus.RUNNING
    assert run.progress == [[1.0, "lp", 2.0, None]]


def test_a_run_that_keeps_killing_its_planner_fails(session: Session) -> None:
    run_id = queue_run(session, make_region(session).programme.id)
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert claim_run(session, run_id, now=now)
        now += timedelta(minutes=5)
        requeue_silent(session, timedelta(minutes=1), now=now)
    session.expire_all()
    run = session.get_one(PlanRun, run_id)
    assert (run.status, run.failure) == (RunStatus.FAILED, "planner_died")


def test_a_discarded_run_is_neither_claimed_nor_approved(session: Session) -> None:
    run_id = queue_run(session, make_region(session).programme.id)
    discard_plan(session, run_id, now=NOW)
    assert claim_run(session, run_id, now=NOW) is None
    with pytest.raises(RunNotThere):
        approve_plan(session, run_id, now=NOW)


@pytest.mark.parametrize(("days", "seconds"), [(0, 5), (401, 5), (60, 0), (60, 3601)])
def test_unreasonable_plans_are_refused(days: int, seconds: int) -> None:
    with pytest.raises(BadPlanRequest):
        RequestPlan(1, TOMORROW, days, seconds)
