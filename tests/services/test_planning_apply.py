"""From the store to a problem, from a plan to appointments, on both databases."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from solver.contract import NONE, NearestChange
from tests.builders import NOW, book_pair, make_request
from tests.services.plans import plan_in_order
from tests.services.regions import Region, make_region
from tests.services.test_planning_runs import queue_run
from vaccination.domain.messages import MessageKind
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.stock import MovementKind
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import ClinicSession, DoseBudget
from vaccination.models.messages import Message
from vaccination.models.people import Household
from vaccination.models.planning import CentreShare, PlanRun, Proposal, Unplanned
from vaccination.models.requests import Request
from vaccination.models.stock import Lot, StockMovement
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.keep import Solved, StaleAttempt
from vaccination.services.planning.runs import (
    apply_share,
    approve_plan,
    claim_run,
    discard_plan,
    finish_apply,
    keep_proposals,
    load_problem,
    requeue_silent,
)


def propose(session: Session, region: Region, *, at_once: bool = False, most: int = 10**9) -> int:
    """A run up to its proposals."""
    run_id = queue_run(session, region.programme.id, at_once=at_once)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None
    problem, keys = load_problem(session, run_id, now=NOW)
    solved = Solved(problem, keys, plan_in_order(problem, most=most))
    keep_proposals(session, run_id, claim.attempt, solved, now=NOW)
    return run_id


def apply(session: Session, region: Region, run_id: int) -> int | None:
    booked = apply_share(session, run_id, region.centre.id, now=NOW)
    finish_apply(session, run_id, now=NOW)
    session.expire_all()
    return booked


def test_a_plan_is_kept_for_review(session: Session) -> None:
    region = make_region(session, requests=14)
    run_id = propose(session, region)
    run = session.get_one(PlanRun, run_id)
    assert run.status is RunStatus.PROPOSED
    assert run.summary["planned"] == 12 and run.summary["why"] == {"out_of_seats": 2}
    assert session.scalar(select(func.count()).select_from(Proposal)) == 24
    assert session.scalar(select(func.count()).select_from(Unplanned)) == 2
    assert session.scalar(select(func.count()).select_from(Appointment)) == 0


def test_the_nearest_change_is_kept_with_its_amount(session: Session) -> None:
    region = make_region(session, requests=14)
    run_id = queue_run(session, region.programme.id)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None
    problem, keys = load_problem(session, run_id, now=NOW)
    plan = plan_in_order(problem)
    change = np.where(plan.schedule == NONE, NearestChange.FARTHER, NearestChange.NONE)
    told = replace(plan, nearest_change=change, nearest_amount=np.where(change > 0, 12.5, 0.0))
    keep_proposals(session, run_id, claim.attempt, Solved(problem, keys, told), now=NOW)
    kept = session.execute(select(Unplanned.reason, Unplanned.change, Unplanned.amount)).all()
    assert kept == [("out_of_seats", "farther", 12.5)] * 2


def test_a_plan_for_which_nobody_looked_names_no_change(session: Session) -> None:
    region = make_region(session, requests=14)
    propose(session, region)
    assert session.execute(select(Unplanned.change, Unplanned.amount)).all() == [("", 0.0)] * 2


def test_a_plan_becomes_appointments_once(session: Session) -> None:
    region = make_region(session, requests=5)
    run_id = propose(session, region)
    approve_plan(session, run_id, now=NOW)
    assert apply(session, region, run_id) == 5
    assert apply(session, region, run_id) is None
    assert session.get_one(PlanRun, run_id).status is RunStatus.APPLIED
    assert session.scalar(select(func.count()).select_from(Appointment)) == 10
    assert session.scalar(select(func.count()).select_from(AppointmentEvent)) == 10
    messages = session.execute(select(Message.request_id, Message.kind)).all()
    assert sorted(messages) == sorted((r.id, MessageKind.CONFIRMED) for r in region.requests)
    budgets = session.scalars(select(DoseBudget)).all()
    assert sorted((b.day, b.taken, b.doses) for b in budgets) == [
        (region.first_day, 5, 6),
        (region.second_day, 5, 6),
    ]
    assert broken_invariants(session) == []


def test_an_applied_plan_is_not_planned_again(session: Session) -> None:
    region = make_region(session, requests=3)
    apply(session, region, propose(session, region, at_once=True))
    run_id = queue_run(session, region.programme.id)
    problem, keys = load_problem(session, run_id, now=NOW)
    assert len(problem.requests) == 0
    assert len(problem.promised) == 6 and problem.promised.pinned.all()
    assert problem.slots.seats.sum() == 24


def test_a_result_of_an_older_attempt_is_refused(session: Session) -> None:
    region = make_region(session)
    run_id = queue_run(session, region.programme.id)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None
    problem, keys = load_problem(session, run_id, now=NOW)
    requeue_silent(session, timedelta(0), now=NOW + timedelta(1))
    with pytest.raises(StaleAttempt):
        keep_proposals(session, run_id, claim.attempt, Solved(problem, keys, plan_in_order(problem)), now=NOW)
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_who_cancelled_meanwhile_is_skipped(session: Session) -> None:
    region = make_region(session, requests=5)
    run_id = propose(session, region, at_once=True)
    cancel_request(session, region.requests[2].id, now=NOW)
    assert apply(session, region, run_id) == 4
    share = session.scalars(select(CentreShare)).one()
    assert (share.booked, share.skipped) == (4, 1)
    assert region.requests[2].status is RequestStatus.CANCELLED
    assert broken_invariants(session) == []


def test_a_household_is_booked_whole_or_not_at_all(session: Session) -> None:
    region = make_region(session, requests=4)
    household = make_household(session)
    for request in region.requests[:2]:
        request.household_id = household
    session.flush()
    run_id = propose(session, region, at_once=True)
    cancel_request(session, region.requests[0].id, now=NOW)
    assert apply(session, region, run_id) == 2
    assert region.requests[1].status is RequestStatus.WAITING


def test_seats_sold_meanwhile_are_not_sold_twice(session: Session) -> None:
    region = make_region(session, requests=12)
    run_id = propose(session, region, at_once=True)
    other = make_request(session, region.programme)
    book_pair(session, other, region.schedule, (region.first_slots[0], region.second_slots[0]))
    assert apply(session, region, run_id) == 11
    assert (
        session.scalars(select(Request.status).where(Request.id == other.id)).one() is RequestStatus.PLANNED
    )
    assert all(slot.taken <= slot.seats for slot in region.first_slots)


def test_doses_lost_meanwhile_are_not_promised(session: Session) -> None:
    region = make_region(session, requests=12, doses=24)
    run_id = propose(session, region, at_once=True)
    lose(session, region, 12)
    assert apply(session, region, run_id) == 6
    budgets = session.scalars(select(DoseBudget)).all()
    assert sorted((b.taken, b.doses) for b in budgets) == [(6, 6), (6, 6)]
    assert broken_invariants(session) == []


def test_a_recalled_lot_promises_nothing_more(session: Session) -> None:
    """Not even the doses left in a vial that earlier promises would have opened."""
    region = make_region(session, requests=3)
    run_id = propose(session, region, at_once=True)
    other = make_request(session, region.programme)
    book_pair(session, other, region.schedule, (region.first_slots[5], region.second_slots[5]))
    session.get_one(Lot, region.delivery.lot_id).is_quarantined = True
    session.flush()
    assert apply(session, region, run_id) == 0


def test_a_closed_session_gets_nobody(session: Session) -> None:
    region = make_region(session, requests=3)
    run_id = propose(session, region, at_once=True)
    close(session, region)
    assert apply(session, region, run_id) == 0
    assert all(request.status is RequestStatus.WAITING for request in region.requests)


def test_a_discarded_plan_books_nobody(session: Session) -> None:
    region = make_region(session)
    run_id = propose(session, region)
    discard_plan(session, run_id, now=NOW)
    assert apply(session, region, run_id) is None


def test_cancelling_gives_both_places_back(session: Session) -> None:
    region = make_region(session, requests=2)
    apply(session, region, propose(session, region, at_once=True))
    cancel_request(session, region.requests[0].id, now=NOW)
    session.expire_all()
    assert sum(slot.taken for slot in region.first_slots + region.second_slots) == 2
    assert sorted(session.scalars(select(DoseBudget.taken))) == [1, 1]
    kinds = session.scalars(select(Message.kind).where(Message.request_id == region.requests[0].id))
    assert sorted(kinds) == [MessageKind.CANCELLED, MessageKind.CONFIRMED]
    assert broken_invariants(session) == []


def make_household(session: Session) -> int:
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    return household.id


def lose(session: Session, region: Region, doses: int) -> None:
    """Doses of the region's lot are wasted."""
    session.add(
        StockMovement(
            centre_id=region.centre.id, lot_id=region.delivery.lot_id, kind=MovementKind.WASTED,
            doses=-doses, day=region.delivery.available_from, at=NOW,
        )
    )  # fmt: skip
    session.flush()


def close(session: Session, region: Region) -> None:
    session.get_one(ClinicSession, region.second_slots[0].clinic_session_id).is_open = False
    session.flush()
