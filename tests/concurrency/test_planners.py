"""Planners and appliers that meet, on PostgreSQL: one claims, one books, people book and cancel meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.builders import NOW, make_request
from tests.concurrency.crowd import at_once
from tests.services.plans import plan_in_order
from tests.services.regions import Region, make_region
from tests.services.test_planning_runs import queue_run
from vaccination.db import transaction
from vaccination.models.appointments import Appointment
from vaccination.models.messages import Message
from vaccination.services.appointments.booking import BookRequest, book_request, cancel_request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import (
    Claim,
    Solved,
    apply_share,
    claim_run,
    finish_apply,
    keep_proposals,
    load_problem,
    requeue_silent,
)

pytestmark = pytest.mark.usefixtures("postgres_url")


def region_with_run(requests: int, **size: int) -> tuple[Region, int]:
    with transaction() as session:
        region = make_region(session, requests, **size)
        return region, queue_run(session, region.programme.id, at_once=True)


def solved_run(requests: int, **size: int) -> tuple[Region, int]:
    """A run whose proposals are kept, to be applied at once."""
    region, run_id = region_with_run(requests, **size)
    with transaction() as session:
        claim = claim_run(session, run_id, now=NOW)
        assert claim is not None
        problem, keys = load_problem(session, run_id, now=NOW)
        solved = Solved(problem, keys, plan_in_order(problem))
        keep_proposals(session, run_id, claim.attempt, solved, now=NOW)
    return region, run_id


def test_one_planner_of_many_gets_the_run() -> None:
    _, run_id = region_with_run(1)

    def claim(_turn: int) -> Claim | None:
        with transaction() as session:
            return claim_run(session, run_id, now=NOW)

    claims = [c for c in at_once(claim, range(8)) if c is not None]
    assert [(type(c), c.attempt) for c in claims] == [(Claim, 1)]  # type: ignore[union-attr]


def test_of_two_attempts_only_the_later_one_is_kept() -> None:
    """An orphaned planner and its successor hand in their plans at the same moment."""
    _, run_id = region_with_run(6)
    attempts = []
    for minutes in (0, 5):
        moment = NOW + timedelta(minutes=minutes)
        with transaction() as session:
            requeue_silent(session, timedelta(minutes=1), now=moment)
            claim = claim_run(session, run_id, now=moment)
            assert claim is not None
            problem, keys = load_problem(session, run_id, now=NOW)
        attempts.append((claim.attempt, Solved(problem, keys, plan_in_order(problem))))

    def keep(attempt: tuple[int, Solved]) -> int:
        with transaction() as session:
            keep_proposals(session, run_id, *attempt, now=NOW)
        return attempt[0]

    results = at_once(keep, attempts)
    assert [type(result).__name__ for result in results] == ["StaleAttempt", "int"]


def test_applying_in_two_places_books_once() -> None:
    region, run_id = solved_run(20, slots=10, seats=3)

    def apply(_turn: int) -> int | None:
        with transaction() as session:
            booked = apply_share(session, run_id, region.centre.id, now=NOW)
        with transaction() as session:
            finish_apply(session, run_id, now=NOW)
        return booked

    assert sorted(at_once(apply, range(6)), key=str) == [20, None, None, None, None, None]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == 40
        assert session.scalar(select(func.count()).select_from(Message)) == 20
        assert broken_invariants(session) == []


def test_people_book_and_cancel_while_a_plan_is_applied() -> None:
    region, run_id = solved_run(20, slots=10, seats=2, doses=48)
    with transaction() as session:
        others = [make_request(session, region.programme).id for _ in range(8)]

    def do(turn: int) -> None:
        with transaction() as session:
            if turn == 0:
                apply_share(session, run_id, region.centre.id, now=NOW)
            elif turn % 2:
                cancel_request(session, region.requests[turn].id, now=NOW)
            else:
                slots = (region.first_slots[turn // 2].id, region.second_slots[turn // 2].id)
                book_request(session, BookRequest(others.pop(), region.schedule.id, slots), now=NOW)

    results = at_once(do, range(13))
    unexpected = {type(r).__name__ for r in results if r is not None} - {"SlotFull", "NoDoseLeft"}
    assert unexpected == set()
    with transaction() as session:
        assert broken_invariants(session) == []
