"""Pinned appointments that contradict each other are refused, on both sides of each edge."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.checks import check_problem
from solver.contract import NONE, Problem
from tests.solver.brute import best_score
from tests.solver.drawing import people
from tests.solver.instances import KM_A_DEGREE, NINE, SINGLE_DOSE, lot, problem, promise, slot

NEAR = [(0.0, 0.0, True), (0.0, 1 / KM_A_DEGREE, True)]
PAIR = [promise(0, 1, 3, pinned=True), promise(0, 2, 31, pinned=True)]
MIXED = {"first_product": 0, "second_product": 1}


def codes(of: Problem) -> set[str]:
    faults = check_problem(of)
    assert all(fault.table == "promised" for fault in faults)
    return {fault.code for fault in faults}


def pinned(promised: list[Any], *requests: dict[str, Any], **world: Any) -> Problem:
    """A world with a slot and doses enough wherever somebody is pinned."""
    slots = {(centre, day, minute, 9) for _, _, centre, _, day, minute, _ in promised}
    stock = [lot(99, product=p, centre=c) for p in range(3) for c in range(2)]
    many = {"centres": NEAR, "vials": (1, 1, 1)} | world
    return problem(requests=list(requests) or [{}], slots=list(slots), lots=stock, promised=promised, **many)


def test_a_pinned_pair_is_no_fault() -> None:
    assert codes(pinned(PAIR)) == set()


@pytest.mark.parametrize(("gap", "fine"), [(20, False), (21, True), (49, True), (50, False)])
def test_the_days_between_pins_are_some_schedules(gap: int, fine: bool) -> None:
    both = [promise(0, 1, 3, pinned=True), promise(0, 2, 3 + gap, pinned=True)]
    assert codes(pinned(both)) == (set() if fine else {"interval"})
    wider = [{}, {"min_days": 20, "max_days": 50}]
    assert codes(pinned(both, schedules=wider)) == set()


@pytest.mark.parametrize(("gap", "fine"), [(20, False), (21, True)])
def test_the_days_count_from_a_first_dose_given_before(gap: int, fine: bool) -> None:
    given = {"first_product": 0, "first_day": -7}
    assert codes(pinned([promise(0, 2, gap - 7, pinned=True)], given)) == (set() if fine else {"interval"})


def test_pinned_products_are_those_of_one_schedule() -> None:
    other = [promise(0, 1, 3, pinned=True), promise(0, 2, 31, product=1, pinned=True)]
    assert codes(pinned(other)) == {"no_schedule"}
    assert codes(pinned(other, schedules=[{}, {"first_product": 1, "second_product": 1}])) == {"no_schedule"}
    assert codes(pinned(other, schedules=[MIXED])) == set()


def test_a_pinned_product_needs_a_schedule() -> None:
    assert codes(pinned([promise(0, 1, 3, product=2, pinned=True)])) == {"no_schedule"}
    assert codes(pinned([promise(0, 2, 40, product=1, pinned=True)])) == {"no_schedule"}
    assert codes(pinned([promise(0, 2, 40, product=1, pinned=True)], schedules=[MIXED])) == set()


def test_the_other_product_of_the_schedule_is_accepted() -> None:
    first = [promise(0, 1, 3, pinned=True)]
    assert codes(pinned(first, {"products": (0, 1)}, schedules=[MIXED])) == set()
    assert codes(pinned(first, {"products": (0,)}, schedules=[MIXED])) == {"no_schedule"}


def test_a_second_dose_pinned_follows_the_product_given_before() -> None:
    second, given = [promise(0, 2, 30, product=1, pinned=True)], {"first_product": 0, "first_day": 0}
    assert codes(pinned(second, given, schedules=[MIXED])) == set()
    assert codes(pinned(second, given | {"first_product": 1}, schedules=[MIXED])) == {"no_schedule"}


def test_pins_at_two_centres_need_a_second_place() -> None:
    apart = [promise(0, 1, 3, pinned=True), promise(0, 2, 31, centre=1, pinned=True)]
    assert codes(pinned(apart)) == {"two_centres"}
    assert codes(pinned(apart, {"second_lat": 0.0, "second_lon": 0.0})) == set()


@pytest.mark.parametrize(("age", "fine"), [(15, False), (16, True), (55, True), (56, False)])
def test_the_schedule_is_allowed_at_the_age(age: int, fine: bool) -> None:
    of = pinned(PAIR, {"age": age}, schedules=[{"min_age": 16, "max_age": 55}])
    assert codes(of) == (set() if fine else {"age"})


@pytest.mark.parametrize(("valid", "fine"), [((3, 3), True), ((4, 9), False), ((0, 2), False)])
def test_the_schedule_holds_on_the_first_day(valid: tuple[int, int], fine: bool) -> None:
    of = pinned(PAIR, schedules=[{"valid_from": valid[0], "valid_to": valid[1]}])
    assert codes(of) == (set() if fine else {"days"})


@pytest.mark.parametrize(("day", "fine"), [(62, True), (63, False)])
def test_a_first_dose_leaves_days_for_the_second(day: int, fine: bool) -> None:
    """84 days: day 83 is the last, 21 days after day 62."""
    first = [promise(0, 1, day, pinned=True)]
    assert codes(pinned(first)) == (set() if fine else {"days"})
    assert codes(pinned(first, schedules=[{}, SINGLE_DOSE])) == set()


@pytest.mark.parametrize(("earliest", "fine"), [(9, True), (10, False)])
def test_a_second_dose_leaves_days_for_the_first(earliest: int, fine: bool) -> None:
    of = pinned([promise(0, 2, 30, pinned=True)], {"earliest": earliest})
    assert codes(of) == (set() if fine else {"days"})


TWO = ({"household": 7}, {"household": 7, "age": 60})


@pytest.mark.parametrize(
    ("other", "fine"),
    [
        ({"minute": NINE + 30}, True),
        ({"minute": NINE + 31}, False),
        ({"day": 4}, False),
        ({"centre": 1}, False),
        ({"product": 1}, False),
    ],
)
def test_a_household_is_pinned_together(other: dict[str, Any], fine: bool) -> None:
    theirs: dict[str, Any] = {"day": 3} | other
    day = theirs.pop("day")
    pins = [promise(0, 1, 3, pinned=True), promise(1, 1, day, pinned=True, **theirs)]
    assert codes(pinned(pins, *TWO)) == (set() if fine else {"household_apart"})
    strangers = pinned(pins, {}, {}, schedules=[{}, {"first_product": 1}])
    assert codes(strangers) == set()


def test_a_household_has_one_schedule() -> None:
    """One member's first dose and the other's second make a pair."""
    pins = [promise(0, 1, 3, pinned=True), promise(1, 2, 23, pinned=True)]
    assert codes(pinned(pins, *TWO)) == {"interval"}
    assert codes(pinned(pins, {}, {})) == set()


def test_the_age_of_a_member_who_is_not_pinned_counts() -> None:
    of = pinned(PAIR, *TWO, schedules=[{"max_age": 55}])
    assert codes(of) == {"age"}
    assert codes(pinned(PAIR, {}, {"age": 60}, schedules=[{"max_age": 55}])) == set()


def test_each_pin_of_a_contradiction_is_named() -> None:
    both = [promise(1, 2, 10, pinned=True), promise(0, 1, 5, pinned=True), promise(1, 1, 3, pinned=True)]
    faults = check_problem(pinned(both, {}, {}))
    assert [(fault.row, fault.column) for fault in faults] == [(0, "date"), (2, "date")]


def test_promises_that_may_move_contradict_nothing() -> None:
    loose = [promise(0, 1, 3), promise(0, 2, 4, centre=1, product=1)]
    assert codes(pinned(loose)) == set()


def test_without_any_schedule_no_pin_can_stand() -> None:
    assert codes(pinned(PAIR, schedules=[])) == {"no_schedule"}


@st.composite
def pinned_problems(draw: st.DrawFn) -> Problem:
    """Up to three people, pinned here and there; slots where somebody is pinned and on a few days more."""
    rows = draw(people(3))
    pins = []
    for request in range(len(rows)):
        given = rows[request].get("first_product", NONE) != NONE
        for dose in draw(st.sampled_from([(), (2,)] if given else [(), (1,), (2,), (1, 2)])):
            day = draw(st.integers(0, 5))
            where = draw(st.integers(0, 1))
            pins.append(
                promise(request, dose, day, centre=where, product=draw(st.integers(0, 1)), pinned=True)
            )
    more = draw(st.sets(st.tuples(st.integers(0, 1), st.integers(0, 5)), max_size=3))
    places = {(centre, day) for _, _, centre, _, day, _, _ in pins} | more
    return problem(
        requests=rows,
        slots=[slot(day, seats=3, centre=centre) for centre, day in places],
        lots=[lot(8, product=p, centre=c) for p in range(2) for c in range(2)],
        schedules=[
            {"min_days": 1, "ideal_days": 2, "max_days": 3},
            {"first_product": 1, "second_product": 1, "min_days": 2, "ideal_days": 3, "max_days": 4},
            {"second_product": 1, "min_days": 1, "ideal_days": 1, "max_days": 2, "max_age": 40},
            {"first_product": 1, **SINGLE_DOSE, "min_age": 55},
        ][: draw(st.integers(1, 4))],
        centres=NEAR,
        vials=(1, 2),
        days=6,
        promised=pins,
    )


@settings(max_examples=150)
@given(pinned_problems())
@pytest.mark.timeout(300)
def test_what_is_refused_has_no_plan(drawn: Problem) -> None:
    if check_problem(drawn):
        assert best_score(drawn) is None
