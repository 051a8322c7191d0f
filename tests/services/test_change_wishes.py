"""A wish to change takes part in plans while the appointments stand; a plan swaps, or nothing happens."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.contract import Params
from solver.solve import greedy
from tests.builders import NOW, book_pair, make_schedule, make_slots
from tests.builders_journey import make_hold
from tests.services.regions import TOMORROW, Region, make_region
from tests.services.test_planning_runs import queue_run
from vaccination.domain.messages import MessageKind
from vaccination.domain.serving import ChangedDoses, ChangeStatus
from vaccination.models.appointments import Appointment
from vaccination.models.messages import Message
from vaccination.models.serving import ChangeWish
from vaccination.services.appointments.change_wishes import (
    NothingToChange,
    NoTimeLeft,
    WishToChange,
    lapse_wishes,
    wish_to_change,
    withdraw_wish,
)
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.problem import Scope, load_scope
from vaccination.services.planning.runs import (
    Solved,
    apply_share,
    claim_run,
    finish_apply,
    keep_proposals,
    load_problem,
)


@pytest.fixture
def region(session: Session) -> Region:
    """One who has a pair, one who waits; an afternoon and a later second day are free."""
    region = make_region(session, requests=2)
    make_slots(session, region.centre, TOMORROW, opens=time(14))
    make_slots(session, region.centre, region.second_day + timedelta(4), opens=time(14))
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    return region


def wish(session: Session, region: Region, doses: ChangedDoses = ChangedDoses.SECOND, **named: object) -> int:
    return wish_to_change(session, region.requests[0].id, WishToChange(doses, **named), now=NOW)  # type: ignore[arg-type]


def run_a_plan(session: Session, region: Region) -> None:
    run = queue_run(session, region.programme.id, at_once=True)
    claim = claim_run(session, run, now=NOW)
    assert claim is not None
    problem, keys = load_problem(session, claim.run_id, now=NOW)
    solved = Solved(problem, keys, greedy(problem, Params(time_limit_s=5, seed=1)))
    keep_proposals(session, claim.run_id, claim.attempt, solved, now=NOW)
    apply_share(session, claim.run_id, region.centre.id, now=NOW)
    finish_apply(session, claim.run_id, now=NOW)
    session.flush()
    session.expire_all()


def doses(session: Session, region: Region) -> list[Appointment]:
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.request_id == region.requests[0].id, Appointment.stands == 1)
            .order_by(Appointment.dose_number)
        )
    )


def status(session: Session) -> list[ChangeStatus]:
    return list(session.scalars(select(ChangeWish.status).order_by(ChangeWish.id)))


def breaches(session: Session) -> list[str]:
    """Without what the builder of the first pair leaves out."""
    mine = {row.id for row in session.scalars(select(Appointment))}
    assert mine
    return [b for b in broken_invariants(session) if not b.startswith(("planned_were", "bookings_"))]


def test_a_plan_gives_another_second_dose_and_takes_back_the_old(session: Session, region: Region) -> None:
    wish(session, region)
    run_a_plan(session, region)
    first, second = doses(session, region)
    assert (first.day, second.day) == (region.first_day, region.second_day + timedelta(4))
    assert (first.issue, second.issue) == (0, 1)
    assert status(session) == [ChangeStatus.DONE]
    assert MessageKind.CHANGED in session.scalars(select(Message.kind)).all()
    assert breaches(session) == []


def test_where_nothing_else_is_free_the_appointments_stand(session: Session, region: Region) -> None:
    wish(session, region, availability="100" * 7)
    run_a_plan(session, region)
    assert [d.day for d in doses(session, region)] == [region.first_day, region.second_day]
    assert status(session) == [ChangeStatus.OPEN]
    assert breaches(session) == []


def test_a_pair_is_swapped_whole(session: Session, region: Region) -> None:
    make_slots(session, region.centre, TOMORROW + timedelta(3))
    wish(session, region, ChangedDoses.BOTH)
    run_a_plan(session, region)
    assert [d.day for d in doses(session, region)] == [
        TOMORROW + timedelta(3),
        region.second_day + timedelta(4),
    ]
    assert [d.issue for d in doses(session, region)] == [1, 1]
    assert breaches(session) == []


def test_who_waits_is_planned_beside(session: Session, region: Region) -> None:
    wish(session, region)
    run_a_plan(session, region)
    assert region.requests[1].status.value == "planned"


def test_a_later_wish_takes_the_place_of_the_first(session: Session, region: Region) -> None:
    wish(session, region)
    wish(session, region, ChangedDoses.BOTH)
    assert status(session) == [ChangeStatus.WITHDRAWN, ChangeStatus.OPEN]


def test_a_wish_is_taken_back_once(session: Session, region: Region) -> None:
    wish(session, region)
    assert withdraw_wish(session, region.requests[0].id, now=NOW) is True
    assert withdraw_wish(session, region.requests[0].id, now=NOW) is False
    run_a_plan(session, region)
    assert [d.issue for d in doses(session, region)] == [0, 0]


def test_nobody_wishes_for_what_is_past_or_not_there(session: Session, region: Region) -> None:
    with pytest.raises(NothingToChange):
        wish_to_change(session, region.requests[1].id, WishToChange(ChangedDoses.BOTH), now=NOW)
    with pytest.raises(NothingToChange):
        wish_to_change(
            session, region.requests[0].id, WishToChange(ChangedDoses.FIRST), now=NOW + timedelta(2)
        )
    with pytest.raises(NoTimeLeft):
        wish(session, region, availability="0" * 21)


def test_a_wish_lapses_with_the_last_appointment(session: Session, region: Region) -> None:
    wish(session, region)
    assert lapse_wishes(session, now=NOW + timedelta(3)) == 0
    assert lapse_wishes(session, now=NOW + timedelta(40)) == 1
    assert status(session) == [ChangeStatus.LAPSED]


def test_a_plan_leaves_alone_who_holds_places_or_needs_one_dose(session: Session, region: Region) -> None:
    scope = Scope(region.programme.id, TOMORROW, 60, lottery_seed=7)
    assert len(load_scope(session, scope, now=NOW)[1].request_ids) == 1
    hold = make_hold(
        session, region.requests[1], region.schedule, (region.first_slots[1], region.second_slots[1])
    )
    assert len(load_scope(session, scope, now=NOW)[1].request_ids) == 0
    session.delete(hold)
    region.requests[1].one_dose_enough = True
    single = make_schedule(session, region.programme, region.product, doses=1, only_if_enough=True)
    _problem, keys = load_scope(session, scope, now=NOW)
    assert len(keys.request_ids) == 0 and single.id not in keys.schedule_ids
