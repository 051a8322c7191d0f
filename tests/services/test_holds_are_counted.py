"""What a live hold keeps is taken for everybody else: counters, promises from the lots, the next plan."""

from datetime import timedelta

from sqlalchemy.orm import Session

from solver.checks import check_problem
from tests.builders import NOW, TODAY, book_pair, make_request
from tests.builders_journey import make_hold
from tests.services.regions import Region, make_region
from vaccination.domain.serving import HoldStatus
from vaccination.models.serving import Hold
from vaccination.queries.supply import held_doses, promised_doses
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.problem import Scope, load_scope


def hold_pairs(session: Session, region: Region, people: int) -> list[Hold]:
    """So many people hold a pair each, all on the first slots of both days."""
    slots = region.first_slots[0], region.second_slots[0]
    return [
        make_hold(session, make_request(session, region.programme), region.schedule, slots)
        for _ in range(people)
    ]


def doses_for_a_plan(session: Session, region: Region) -> int:
    scope = Scope(region.programme.id, TODAY + timedelta(1), 60, lottery_seed=7)
    problem, _keys = load_scope(session, scope, now=NOW)
    return int(problem.lots.doses.sum())


def test_a_held_pair_breaks_nothing(session: Session) -> None:
    hold_pairs(session, make_region(session), 2)
    assert broken_invariants(session) == []


def test_a_hold_that_ended_without_giving_back_is_found(session: Session) -> None:
    (hold,) = hold_pairs(session, make_region(session), 1)
    hold.status, hold.ended_at = HoldStatus.EXPIRED, NOW
    session.flush()
    rules = [breach.split(":")[0] for breach in broken_invariants(session)]
    assert sorted(rules) == ["doses_counted"] * 2 + ["seats_counted"] * 2


def test_held_doses_are_promised_by_day(session: Session) -> None:
    region = make_region(session)
    hold_pairs(session, region, 2)
    shelf = region.centre.id, region.product.id
    assert held_doses(session, TODAY) == {shelf: {region.first_day: 2, region.second_day: 2}}
    assert promised_doses(session, TODAY) == held_doses(session, TODAY)
    assert promised_doses(session, region.second_day) == {shelf: {region.second_day: 2}}
    assert promised_doses(session, TODAY, centre_ids=[region.centre.id + 1]) == {}


def test_a_hold_that_is_over_promises_nothing(session: Session) -> None:
    (hold,) = hold_pairs(session, make_region(session), 1)
    hold.status, hold.ended_at = HoldStatus.RELEASED, NOW
    session.flush()
    assert held_doses(session, TODAY) == promised_doses(session, TODAY) == {}


def test_the_next_plan_leaves_the_vials_of_holds_alone(session: Session) -> None:
    region = make_region(session, doses=60)
    assert doses_for_a_plan(session, region) == 60
    hold_pairs(session, region, 2)  # a vial of six on each of two days
    assert doses_for_a_plan(session, region) == 48


def test_where_booked_and_held_doses_share_the_last_vials_nothing_is_short(session: Session) -> None:
    """A plan must find the vials of those who are booked; applying then admits what is left in them."""
    region = make_region(session, doses=12)
    booked = make_request(session, region.programme)
    book_pair(session, booked, region.schedule, (region.first_slots[1], region.second_slots[1]))
    hold_pairs(session, region, 1)
    scope = Scope(region.programme.id, TODAY + timedelta(1), 60, lottery_seed=7)
    problem, keys = load_scope(session, scope, now=NOW)
    assert (int(problem.lots.doses.sum()), list(keys.short)) == (12, [])
    assert check_problem(problem) == []


def test_the_vials_of_holds_are_no_longer_for_a_plan(session: Session) -> None:
    region = make_region(session, doses=12)
    hold_pairs(session, region, 1)
    assert doses_for_a_plan(session, region) == 0
