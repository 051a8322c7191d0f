"""Rule 7 and the prices of promises: pinned ones stand, others move or go where that pays."""

from typing import Any

import numpy as np
import pytest

from solver.contract import NONE, PlanStatus, Problem, ProblemRefused
from tests.solver.brute import best_score
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    by_hand,
    lot,
    problem,
    promise,
    slot,
)
from tests.solver.verdict import Planner, verdict

SLOTS = [slot(0), slot(3), slot(28), slot(31)]


def pinned_world(*more: Any, **request: Any) -> Problem:
    """Somebody is pinned to day 3, although day 0 would be better."""
    return problem(
        requests=[request, {"priority": 5}],
        slots=SLOTS,
        lots=[lot(4)],
        promised=[promise(0, 1, 3, pinned=True), *more],
    )


def test_a_pinned_appointment_stands(planner: Planner) -> None:
    of = pinned_world()
    found = planner.meets_edge(of, [(0, 1, 3), (0, 0, 2)], None)
    assert found.first_slot[0] == 1
    assert found.terms["moved"] == 0
    assert verdict(of, by_hand(of, [(0, 0, 2), (0, 1, 3)])) == {"pinned"}
    assert verdict(of, by_hand(of, [NOTHING, (0, 0, 2)])) == {"pinned"}


def test_a_pinned_pair_stands(planner: Planner) -> None:
    of = pinned_world(promise(0, 2, 28, pinned=True))
    planner.meets_edge(of, [(0, 1, 2), (0, 0, 3)], None)
    assert verdict(of, by_hand(of, [(0, 1, 3), (0, 0, 2)])) == {"pinned"}


def test_a_pinned_dose_keeps_its_product(planner: Planner) -> None:
    """Product 1 is pinned, product 0 would do for everything else."""
    of = problem(
        requests=[{}],
        slots=[slot(3)],
        lots=[lot(1, product=0), lot(1, product=1)],
        schedules=[SINGLE_DOSE, SINGLE_DOSE | {"first_product": 1}],
        vials=(1, 1),
        promised=[promise(0, 1, 3, pinned=True, product=1)],
    )
    planner.meets_edge(of, [(1, 0, NONE)], None)
    assert verdict(of, by_hand(of, [(0, 0, NONE)])) == {"pinned"}


def test_a_pinned_minute_is_kept(planner: Planner) -> None:
    of = problem(
        requests=[{}],
        slots=[slot(3, NINE), slot(3, NINE + 10)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 3, minute=NINE + 10, pinned=True)],
    )
    assert planner.meets_edge(of, [(0, 1, NONE)], None).first_slot.tolist() == [1]
    assert verdict(of, by_hand(of, [(0, 0, NONE)])) == {"pinned"}


def test_a_pinned_second_dose_alone_stands(planner: Planner) -> None:
    of = problem(
        requests=[{"first_product": 0, "first_day": -25}],
        slots=[slot(0), slot(3)],
        lots=[lot(2)],
        promised=[promise(0, 2, 3, pinned=True)],
    )
    planner.meets_edge(of, [(0, NONE, 1)], None)
    assert verdict(of, by_hand(of, [(0, NONE, 0)])) == {"pinned"}


def test_one_pin_binds_the_household(planner: Planner) -> None:
    """One member is pinned to a slot of one seat; the other sits within half an hour of it."""
    for minutes, refused in ((30, False), (31, True)):
        of = problem(
            requests=[{"household": 4}] * 2,
            slots=[slot(0, seats=2), slot(3), slot(3, NINE + minutes)],
            lots=[lot(2)],
            schedules=[SINGLE_DOSE],
            promised=[promise(1, 1, 3, pinned=True)],
        )
        if refused:
            assert best_score(of) is None
            with pytest.raises(ProblemRefused):
                planner(of)
        else:
            planner.meets_edge(of, [(0, 2, NONE), (0, 1, NONE)], None)


@pytest.mark.parametrize(
    "request_",
    [
        {"earliest": 4},
        {"unavailable": (3,)},
        {"lat": 5.0},
        {"availability": 1},
        {"first_product": 0},
    ],
)
def test_a_pin_that_its_person_cannot_keep_is_refused_by_name(
    planner: Planner, request_: dict[str, Any]
) -> None:
    with pytest.raises(ProblemRefused) as refusal:
        planner(pinned_world(**request_))
    assert {(fault.table, fault.row) for fault in refusal.value.faults} == {("promised", 0)}


@pytest.mark.parametrize(
    ("slots", "lots", "code"),
    [
        ([slot(2)], [lot(9)], "no_slot"),
        ([slot(3)], [lot(9)], "no_seat"),
        ([slot(3, seats=2)], [lot(1)], "no_dose"),
        ([slot(3, seats=2)], [lot(2, 0, 2)], "no_dose"),
        ([slot(3, seats=2)], [lot(2, 4)], "no_dose"),
    ],
)
def test_pins_that_cannot_all_be_kept_are_refused_by_name(
    planner: Planner, slots: list[Any], lots: list[Any], code: str
) -> None:
    of = problem(
        requests=[{}],
        slots=slots,
        lots=lots,
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 3, pinned=True), promise(NONE, 1, 3, pinned=True)],
    )
    with pytest.raises(ProblemRefused) as refusal:
        planner(of)
    assert {(f.table, f.row, f.code) for f in refusal.value.faults} == {
        ("promised", 0, code),
        ("promised", 1, code),
    }
    assert best_score(of) is None


def test_a_pin_without_a_second_dose_is_refused(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(3)], lots=[lot(4)], promised=[promise(0, 1, 3, pinned=True)])
    with pytest.raises(ProblemRefused):
        planner(of)


def test_pins_that_lie_too_far_apart_are_refused(planner: Planner) -> None:
    for gap, refused in ((20, True), (21, False), (49, False), (50, True)):
        of = problem(
            requests=[{}],
            slots=[slot(0), slot(gap)],
            lots=[lot(2)],
            promised=[promise(0, 1, 0, pinned=True), promise(0, 2, gap, pinned=True)],
        )
        if refused:
            with pytest.raises(ProblemRefused):
                planner(of)
        else:
            planner.meets_edge(of, [(0, 0, 1)], None)


def test_a_stranger_must_be_pinned(planner: Planner) -> None:
    for day, refused in ((0, True), (-1, False)):
        of = problem(slots=[slot(0)], lots=[lot(1)], promised=[promise(NONE, 1, day)])
        if refused:
            with pytest.raises(ProblemRefused) as refusal:
                planner(of)
            assert [fault.code for fault in refusal.value.faults] == ["must_pin"]
        else:
            assert planner(of).score == 0


def test_a_pin_of_the_past_binds_nobody(planner: Planner) -> None:
    """There is no slot on day -25 and nobody needs one."""
    of = problem(
        requests=[{"first_product": 0, "first_day": -25}],
        slots=[slot(3)],
        lots=[lot(1)],
        promised=[promise(0, 1, -25, pinned=True)],
    )
    found = planner.meets_edge(of, [(0, NONE, 0)], None)
    assert found.terms["moved"] == 0


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
