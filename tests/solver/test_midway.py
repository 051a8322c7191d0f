"""A plan half carried out: what was given is history, and the rest is still a plan."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from solver.checks import check_problem
from solver.contract import NONE, Problem, ProblemRefused
from solver.objective import doses_used
from solver.replanning.changes import CutDelivery, Which, changed, published
from solver.replanning.midway import on_day
from solver.replanning.repairing import repaired
from solver.solve import baseline
from tests.solver.drawing import DAYS, problems
from tests.solver.instances import NOTHING, SINGLE_DOSE, by_hand, choices, lot, params, problem, promise, slot
from tests.solver.verdict import verdict


def test_who_had_a_first_dose_owes_the_second_only() -> None:
    of = problem(requests=[{}, {}], slots=[slot(0), slot(10), slot(28), slot(38)], lots=[lot(4)])
    left = on_day(of, by_hand(of, [(0, 0, 2), (0, 1, 3)]), 5)
    q = left.problem.requests
    assert q.first_product.tolist() == [0, NONE]
    assert q.first_day.tolist() == [-5, 0]
    assert choices(left.plan) == [(0, NONE, 2), (0, 1, 3)]
    assert left.problem.slots.day.tolist() == [-5, 5, 23, 33]
    assert left.problem.lots.doses.tolist() == [3]
    assert (left.problem.policy.days, left.problem.policy.first_weekday) == (79, 5)


def test_who_has_all_doses_is_gone() -> None:
    of = problem(
        requests=[{"unavailable": (3,)}, {"unavailable": (9, 11)}, {"first_product": 0, "first_day": -25}],
        slots=[slot(0, seats=2), slot(10)],
        lots=[lot(3)],
        schedules=[SINGLE_DOSE, {}],
    )
    left = on_day(of, by_hand(of, [(0, 0, NONE), (0, 1, NONE), (1, NONE, 0)]), 1)
    assert left.requests.tolist() == [1]
    assert left.problem.requests.unavailable_days.tolist() == [8, 10]


def test_the_day_itself_is_still_to_come() -> None:
    of = problem(requests=[{}], slots=[slot(5)], lots=[lot(1)], schedules=[SINGLE_DOSE])
    assert on_day(of, by_hand(of, [(0, 0, NONE)]), 5).requests.tolist() == [0]


def test_vials_are_drawn_first_expired_first_out() -> None:
    of = problem(
        requests=[{}] * 4,
        slots=[slot(0, seats=3), slot(1)],
        lots=[lot(4, 0, 20), lot(2, 0, 9)],
        schedules=[SINGLE_DOSE],
        vials=(2,),
    )
    left = on_day(of, by_hand(of, [(0, 0, NONE)] * 3 + [(0, 1, NONE)]), 1)
    assert left.problem.lots.doses.tolist() == [2, 0]


def test_promises_before_the_day_are_history() -> None:
    of = problem(
        requests=[{}, {}],
        slots=[slot(0, seats=2), slot(9)],
        lots=[lot(9)],
        schedules=[SINGLE_DOSE],
        promised=[promise(NONE, 1, 0, pinned=True), promise(NONE, 2, 9, pinned=True), promise(1, 1, 9)],
    )
    left = on_day(of, by_hand(of, [(0, 0, NONE), NOTHING]), 4)
    assert left.problem.promised.day.tolist() == [5, 5]
    assert left.problem.promised.request.tolist() == [NONE, 0]
    assert left.promised.tolist() == [1, 2]


def test_a_given_first_dose_makes_the_second_stand_before_first_ones() -> None:
    """On day 0 both were to begin; on day 10 one has, and she is the less urgent."""
    of = problem(
        requests=[{"priority": 1}, {"priority": 5}],
        slots=[slot(0), slot(28, seats=2), slot(56)],
        lots=[lot(1, 0, 9), lot(2, 28, 30), lot(1, 56)],
    )
    left = on_day(of, by_hand(of, [(0, 1, 2), (0, 0, 1)]), 10)
    now = changed(published(left.problem, left.plan), [CutDelivery(Which(lots=(1,)), doses=1)])
    assert choices(repaired(now, params())) == [NOTHING, (0, NONE, 1)]


@settings(max_examples=150)
@given(drawn=problems(requests=8, slots=14), day=st.integers(0, DAYS - 2))
@pytest.mark.timeout(900)
def test_what_is_left_of_a_plan_is_a_plan_of_what_is_left(drawn: Problem, day: int) -> None:
    try:
        plan = baseline(drawn, params())
    except ProblemRefused:
        reject()
    left = on_day(drawn, plan, day)
    assert not check_problem(left.problem)
    assert verdict(left.problem, left.plan) == set()
    later = doses_used(drawn, plan.schedule, plan.first_slot, plan.second_slot)[:, :, day:].sum()
    mine = left.plan.schedule, left.plan.first_slot, left.plan.second_slot
    assert doses_used(left.problem, *mine).sum() == later
    assert (np.diff(left.requests) > 0).all()
