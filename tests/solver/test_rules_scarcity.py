"""Rules 1 and 2, seats and vials: each alone on a problem one can draw, on both sides of its edge."""

from typing import Any

import pytest

from solver.contract import NONE
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    Chosen,
    by_hand,
    lot,
    problem,
    promise,
    slot,
)
from tests.solver.judge import Judge
from tests.solver.verdict import Planner, verdict

ONE_DOSE: dict[str, Any] = {"schedules": [SINGLE_DOSE]}


def first(slot_row: int) -> Chosen:
    """A single dose on this slot."""
    return 0, slot_row, NONE


@pytest.mark.parametrize(("seats", "rule"), [(1, "capacity"), (2, "capacity"), (3, None), (4, None)])
def test_the_last_seat_is_the_last(planner: Planner, seats: int, rule: str | None) -> None:
    of = problem(requests=[{}] * 3, slots=[slot(0, seats=seats)], lots=[lot(9)], **ONE_DOSE)
    planner.meets_edge(of, [first(0)] * 3, rule)
    assert sum(planner.planned(of)) == min(seats, 3)


def test_a_slot_without_seats_takes_nobody(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(0, seats=0)], lots=[lot(9)], **ONE_DOSE)
    planner.meets_edge(of, [first(0)], "capacity")


def test_a_full_slot_does_not_borrow_from_the_next(planner: Planner) -> None:
    of = problem(requests=[{}] * 2, slots=[slot(0), slot(0, NINE + 10)], lots=[lot(9)], **ONE_DOSE)
    assert verdict(of, by_hand(of, [first(0)] * 2)) == {"capacity"}
    planner.meets_edge(of, [first(0), first(1)], None)


@pytest.mark.parametrize(("seats", "rule"), [(1, "capacity"), (2, None)])
def test_a_seat_is_for_either_dose(planner: Planner, seats: int, rule: str | None) -> None:
    """On day 28 one person comes for a second dose and the other for a first."""
    of = problem(
        requests=[{}, {"earliest": 28}],
        slots=[slot(0), slot(28, seats=seats), slot(56)],
        lots=[lot(4)],
    )
    planner.meets_edge(of, [(0, 0, 1), (0, 1, 2)], rule)


@pytest.mark.parametrize(("doses", "rule"), [(2, "stock"), (3, None)])
def test_the_last_vial_is_the_last(planner: Planner, doses: int, rule: str | None) -> None:
    of = problem(requests=[{}] * 3, slots=[slot(0, seats=9)], lots=[lot(doses)], **ONE_DOSE)
    planner.meets_edge(of, [first(0)] * 3, rule)


@pytest.mark.parametrize(
    ("doses", "people", "rule", "wasted"), [(6, 6, None, 0), (6, 7, "stock", 0), (12, 7, None, 5)]
)
def test_seven_people_need_two_vials_of_six(
    planner: Planner, doses: int, people: int, rule: str | None, wasted: int
) -> None:
    of = problem(requests=[{}] * people, slots=[slot(0, seats=9)], lots=[lot(doses)], vials=(6,), **ONE_DOSE)
    found = planner.meets_edge(of, [first(0)] * people, rule)
    assert found.terms["wasted"] == -wasted


def test_a_vial_does_not_last_until_tomorrow(planner: Planner) -> None:
    for doses, rule in ((6, "stock"), (12, None)):
        of = problem(requests=[{}] * 2, slots=[slot(0), slot(1)], lots=[lot(doses)], vials=(6,), **ONE_DOSE)
        planner.meets_edge(of, [first(0), first(1)], rule)


def test_a_vial_is_not_shared_between_centres_or_products(planner: Planner) -> None:
    """Two people, a vial of two: at one centre it is enough, at two it is not."""
    for centre, rule in ((0, None), (1, "stock")):
        of = problem(
            requests=[{"lat": 0.0}, {"lat": 0.05}],
            slots=[slot(0), slot(0, NINE + 10, centre=centre)],
            lots=[lot(2)],
            vials=(2,),
            centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
            **ONE_DOSE,
        )
        planner.meets_edge(of, [first(0), first(1)], rule)
    other = SINGLE_DOSE | {"first_product": 1}
    of = problem(
        requests=[{"products": (0,)}, {"products": (1,)}],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        vials=(2, 2),
        schedules=[SINGLE_DOSE, other],
    )
    planner.meets_edge(of, [first(0), (1, 0, NONE)], "stock")


@pytest.mark.parametrize(("day", "rule"), [(1, "stock"), (2, None), (5, None), (6, "stock")])
def test_a_lot_is_used_inside_its_dates(planner: Planner, day: int, rule: str | None) -> None:
    of = problem(requests=[{}], slots=[slot(day)], lots=[lot(1, 2, 5)], **ONE_DOSE)
    planner.meets_edge(of, [first(0)], rule)


def test_a_lot_for_one_day_serves_that_day(planner: Planner) -> None:
    for day, rule in ((3, "stock"), (4, None), (5, "stock")):
        of = problem(requests=[{}], slots=[slot(day)], lots=[lot(1, 4, 4)], **ONE_DOSE)
        planner.meets_edge(of, [first(0)], rule)


@pytest.mark.parametrize(("last_day", "rule"), [(27, "stock"), (28, None)])
def test_the_second_dose_too_comes_from_a_lot_in_date(
    planner: Planner, last_day: int, rule: str | None
) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(2, 0, last_day)])
    planner.meets_edge(of, [(0, 0, 1)], rule)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_lot_that_expires_first_is_used_first(planner: Planner, order: tuple[int, int]) -> None:
    """Day 1 must take the short lot, so that the long one is left for day 9."""
    rows = [lot(1, 0, 20), lot(1, 0, 2)]
    of = problem(
        requests=[{"earliest": 1}, {"earliest": 9}],
        slots=[slot(1), slot(9)],
        lots=[rows[i] for i in order],
        **ONE_DOSE,
    )
    planner.meets_edge(of, [first(0), first(1)], None)
    judge = Judge(of)
    drawn, enough = judge.draws(judge.vials(judge.doses([first(0), first(1)])))
    assert enough
    assert drawn == [(order.index(1), 1, 1), (order.index(0), 9, 1)]


@pytest.mark.parametrize(("short", "rule"), [(6, None), (0, "stock")])
def test_a_day_may_draw_on_two_lots(planner: Planner, short: int, rule: str | None) -> None:
    """Seven on day 2: a vial of the lot that expires that day, another of the one that lasts."""
    of = problem(
        requests=[{}] * 7,
        slots=[slot(2, seats=7)],
        lots=[lot(6, 2, 30), lot(short, 0, 2)],
        vials=(6,),
        **ONE_DOSE,
    )
    planner.meets_edge(of, [first(0)] * 7, rule)


@pytest.mark.parametrize(("first_lot_ends", "rule"), [(3, None), (2, "stock")])
def test_each_day_opens_a_vial_of_some_lot_in_date(
    planner: Planner, first_lot_ends: int, rule: str | None
) -> None:
    """One person a day on days 3, 4 and 5; two vials from day 3 on, so the third must be older."""
    days = (3, 4, 5)
    of = problem(
        requests=[{"earliest": day} for day in days],
        slots=[slot(day) for day in days],
        lots=[lot(4, 3, 6), lot(4, 1, first_lot_ends)],
        vials=(2,),
        **ONE_DOSE,
    )
    planner.meets_edge(of, [first(0), first(1), first(2)], rule)


@pytest.mark.parametrize(
    ("seats", "doses", "rule"), [(2, 2, None), (1, 2, "capacity"), (2, 1, "stock"), (1, 1, "both")]
)
def test_others_use_their_seat_and_dose(planner: Planner, seats: int, doses: int, rule: str | None) -> None:
    of = problem(
        requests=[{}],
        slots=[slot(0, seats=seats)],
        lots=[lot(doses)],
        promised=[promise(NONE, 1, 0, pinned=True)],
        **ONE_DOSE,
    )
    if rule == "both":
        assert verdict(of, by_hand(of, [first(0)])) == {"capacity", "stock"}
        assert planner.planned(of) == [False]
    else:
        planner.meets_edge(of, [first(0)], rule)


def test_others_share_their_vial_and_waste_it(planner: Planner) -> None:
    """Somebody else opens a vial of six on day 0: five more can have of it, none of it on day 1."""
    of = problem(
        requests=[{}] * 6,
        slots=[slot(0, seats=9), slot(1, seats=9)],
        lots=[lot(6)],
        vials=(6,),
        promised=[promise(NONE, 1, 0, pinned=True)],
        **ONE_DOSE,
    )
    found = planner.meets_edge(of, [first(0)] * 5 + [NOTHING], None)
    assert sum(planner.planned(of)) == 5
    assert found.terms["wasted"] == 0
    assert verdict(of, by_hand(of, [first(0)] * 5 + [first(1)])) == {"stock"}
    nobody = planner(
        problem(lots=[lot(6)], slots=[slot(0)], vials=(6,), promised=[promise(NONE, 1, 0, pinned=True)])
    )
    assert nobody.terms["wasted"] == nobody.score == -5


def test_history_uses_nothing(planner: Planner) -> None:
    of = problem(
        requests=[{}],
        slots=[slot(-1), slot(0)],
        lots=[lot(1, -5)],
        promised=[promise(NONE, 1, -1, pinned=True)],
        **ONE_DOSE,
    )
    planner.meets_edge(of, [first(1)], None)
