"""What a promise is worth that is not pinned: it is moved, or dropped, where that pays."""

import numpy as np
import pytest

from solver.contract import NONE, PlanStatus
from tests.solver.instances import NINE, SINGLE_DOSE, by_hand, lot, problem, promise, slot
from tests.solver.verdict import Planner, verdict


@pytest.mark.parametrize(("day", "moves"), [(2, False), (3, True)])
def test_a_promise_is_kept_unless_moving_pays(planner: Planner, day: int, moves: bool) -> None:
    """Day 2 or 3 was promised; day 0 is free. Waiting costs 8 a day at priority 1, moving 20."""
    of = problem(
        requests=[{}],
        slots=[slot(0), slot(day)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, day)],
    )
    found = planner.meets_edge(of, [(0, int(not moves), NONE)], None)
    assert found.first_slot[0] == int(not moves)
    assert found.terms["moved"] == (-20 if moves else 0)


@pytest.mark.parametrize(("minute", "centre"), [(NINE + 10, 0), (NINE, 1)])
def test_another_time_or_place_is_a_move(planner: Planner, minute: int, centre: int) -> None:
    of = problem(
        requests=[{}],
        slots=[slot(0, NINE)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
        promised=[promise(0, 1, 0, minute=minute, centre=centre)],
    )
    assert planner.meets_edge(of, [(0, 0, NONE)], None).terms["moved"] == -20


def test_another_product_at_the_same_time_is_no_move(planner: Planner) -> None:
    of = problem(
        requests=[{}],
        slots=[slot(0)],
        lots=[lot(1, product=0)],
        schedules=[SINGLE_DOSE],
        vials=(1, 1),
        promised=[promise(0, 1, 0, product=1)],
    )
    assert planner.meets_edge(of, [(0, 0, NONE)], None).terms["moved"] == 0


@pytest.mark.parametrize(("closed", "moves"), [((), 0), ((28,), 1), ((0, 28), 2)])
def test_each_moved_dose_is_priced(planner: Planner, closed: tuple[int, ...], moves: int) -> None:
    days = [day for day in (0, 1, 28, 29) if day not in closed]
    of = problem(
        requests=[{}],
        slots=[slot(day) for day in days],
        lots=[lot(4)],
        promised=[promise(0, 1, 0), promise(0, 2, 28)],
    )
    assert planner.optimum(of).terms["moved"] == -20 * moves


def test_among_equal_seats_the_promised_one_is_kept(planner: Planner) -> None:
    """Two people, two slots of a morning, each has been promised one."""
    for one, other in ((0, 1), (1, 0)):
        minutes = (NINE, NINE + 10)
        of = problem(
            requests=[{}, {}],
            slots=[slot(0, minute) for minute in minutes],
            lots=[lot(2)],
            schedules=[SINGLE_DOSE],
            promised=[promise(0, 1, 0, minute=minutes[one]), promise(1, 1, 0, minute=minutes[other])],
        )
        found = planner.meets_edge(of, [(0, one, NONE), (0, other, NONE)], None)
        assert found.terms["moved"] == 0


def test_the_promised_seat_is_not_taken_by_somebody_who_could_sit_elsewhere(planner: Planner) -> None:
    of = problem(
        requests=[{"priority": 1}, {"priority": 5}],
        slots=[slot(0, NINE), slot(0, NINE + 10)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
        promised=[promise(1, 1, 0)],
    )
    found = planner.meets_edge(of, [(0, 1, NONE), (0, 0, NONE)], None)
    assert found.first_slot.tolist() == [1, 0]


@pytest.mark.parametrize(("dropped", "keeps"), [(0, False), (1599, True), (100, False)])
def test_a_promise_is_dropped_where_that_pays(planner: Planner, dropped: float, keeps: bool) -> None:
    """One dose: priority 5 (100) was promised it, priority 1 (1600) would like it."""
    of = problem(
        requests=[{"priority": 5}, {}],
        slots=[slot(0, seats=2)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 0)],
        dropped=dropped,
    )
    found = planner.optimum(of)
    assert (found.schedule != NONE).tolist() == [keeps, not keeps]
    assert found.terms["dropped"] == (0 if keeps else -dropped)


def test_a_dropped_promise_costs_its_price_once_a_person(planner: Planner) -> None:
    of = problem(
        requests=[{}, {}],
        slots=[slot(0)],
        promised=[promise(0, 1, 0), promise(0, 2, 28), promise(1, 1, 0)],
    )
    found = planner.optimum(of)
    assert found.terms["dropped"] == found.score == -400
    assert found.terms["moved"] == 0
    assert found.status is PlanStatus.OPTIMAL


def test_the_whole_household_is_dropped_and_each_promise_priced(planner: Planner) -> None:
    of = problem(
        requests=[{"household": 4}] * 2,
        slots=[slot(0, seats=2)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 0), promise(1, 1, 0)],
    )
    assert planner.optimum(of).score == -400


def test_moving_everybody_by_a_day_is_not_free() -> None:
    """The score falls by exactly the price, whichever judge reckons."""
    of = problem(
        requests=[{}] * 3,
        slots=[slot(0, seats=3), slot(1, seats=3)],
        lots=[lot(9)],
        schedules=[SINGLE_DOSE],
        promised=[promise(i, 1, 0) for i in range(3)],
        delay_per_day=0,
    )
    stay, move = by_hand(of, [(0, 0, NONE)] * 3), by_hand(of, [(0, 1, NONE)] * 3)
    assert verdict(of, stay) == verdict(of, move) == set()
    assert np.isclose(stay.score - move.score, 60)
