"""Rule 7: pinned appointments stand, or the problem is refused and they are named."""

from typing import Any

import numpy as np
import pytest

from solver.classes import units_of
from solver.contract import NONE, Problem, ProblemRefused
from solver.prices import Prices
from solver.small.board import Board, Option
from solver.small.exact import Limits
from solver.small.improve import Search, solve_whole
from solver.small.pricing import Pricer
from solver.small.routes import routes_of
from solver.supply import supply_of
from tests.solver.brute import best_score
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    by_hand,
    lot,
    params,
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
    ("theirs", "moved"),
    [
        (promise(1, 1, 0), -20),
        (promise(1, 1, 0, minute=NINE + 45), -20),
        (promise(1, 1, 0, minute=NINE + 10), 0),
    ],
    ids=["the same seat", "too late for the household", "another seat"],
)
def test_a_promise_gives_way_to_a_pin_of_the_household(planner: Planner, theirs: Any, moved: int) -> None:
    """One seat at nine is pinned; the other member is promised something, and can sit ten minutes later."""
    of = problem(
        requests=[{"household": 4}] * 2,
        slots=[slot(0), slot(0, NINE + 10), slot(0, NINE + 45)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 0, pinned=True), theirs],
    )
    found = planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE)], None)
    assert found.terms["moved"] == moved


def test_a_household_with_a_choice_leaves_the_seat_pinned_to_a_stranger(planner: Planner) -> None:
    """One member is pinned, the other has a choice of two seats, and the sooner is another's."""
    of = problem(
        requests=[{"household": 4}, {"household": 4}, {}],
        slots=[slot(0, seats=2), slot(0, NINE + 10)],
        lots=[lot(3)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 0, pinned=True), promise(2, 1, 0, pinned=True)],
    )
    planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE), (0, 0, NONE)], None)


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


def test_a_board_that_leaves_out_a_pin_proves_nothing() -> None:
    """The last seat is pinned to the less urgent of two, and the board has given it to the other."""
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}],
        slots=[slot(0)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(0, 1, 0, pinned=True)],
    )
    units, supply, prices = units_of(of), supply_of(of), Prices.free(of)
    board, pricer = Board(of, units, supply), Pricer(of, units, routes_of(of, units), supply)
    pinned = int(np.flatnonzero(units.held)[0])
    assert board.place(1 - pinned, Option(0, 0, 0, NONE, NONE))
    search, best = Search(board, pricer, prices, params()), best_score(of)
    bound, why_not = solve_whole(search, np.inf, Limits(10.0, 10.0, 1, 0))
    assert list(board.placed) == [pinned]
    assert search.score == best == pytest.approx(bound, abs=0.01)
    assert not why_not
