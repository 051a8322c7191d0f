"""First come, first served, and first served by urgency: what the planner is measured against."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from solver.classes import Units
from solver.contract import ALWAYS, NONE, Plan, PlanStatus, Problem, ProblemRefused
from solver.faults import validated
from solver.loops.stand import Stand
from solver.market import Market, market_of
from solver.objective import terms_of
from solver.stands import plan_of
from solver.yardsticks import by_priority, first_come, nobody_held_is_left_out, open_stand
from tests.solver.drawing import problems
from tests.solver.instances import SINGLE_DOSE, choices, lot, problem, promise, slot
from tests.solver.verdict import verdict

Yardstick = Callable[[Market, Units, Stand], None]


def raced(of: Problem, yardstick: Yardstick = first_come) -> tuple[Plan, bool]:
    """The plan of a race, and whether everybody is in it who must be."""
    market, units = market_of(of)
    stand = open_stand(market, units)
    yardstick(market, units, stand)
    columns = plan_of(market, stand)
    terms = terms_of(of, *columns)
    reasons = np.where(columns[0] == NONE, 7, 0)
    claims = terms, sum(terms.values()), np.inf, PlanStatus.FEASIBLE, "race"
    return Plan(*columns, reasons, *claims), nobody_held_is_left_out(units, stand)


def planned(of: Problem, yardstick: Yardstick = first_come) -> list[bool]:
    made, _ = raced(of, yardstick)
    assert verdict(of, made) == set()
    return (made.schedule != NONE).tolist()


def days(of: Problem) -> list[tuple[int, int]]:
    """Centre and day of each dose that is planned."""
    made, _ = raced(of)
    assert verdict(of, made) == set()
    slots = [row for chosen in choices(made) for row in chosen[1:] if row != NONE]
    return [(int(of.slots.centre[row]), int(of.slots.day[row])) for row in slots]


TWO = [(0.0, 0.0, True), (0.05, 0.0, False)]


def test_who_asked_first_comes_first() -> None:
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}], slots=[slot(0), slot(21)], lots=[lot(4)], lottery=3
    )
    assert planned(of) == [True, False]


def test_the_urgent_come_first_by_weight_a_head() -> None:
    home = {"household": 1, "priority": 3}
    of = problem(
        requests=[home, home, {"priority": 5}, {"priority": 2}],
        slots=[slot(0, seats=2), slot(21, seats=2)],
        lots=[lot(8)],
    )
    assert planned(of, by_priority) == [False, False, True, True]


def test_a_household_is_as_urgent_as_its_members_are_on_average() -> None:
    home = {"household": 1, "priority": 3}
    of = problem(
        requests=[{"priority": 4}, home, home], slots=[slot(0, seats=2), slot(21, seats=2)], lots=[lot(8)]
    )
    assert planned(of, by_priority) == [False, True, True]


def test_the_nearest_centre_that_has_any_is_taken_although_another_is_sooner() -> None:
    of = problem(
        requests=[{}],
        centres=TWO,
        slots=[slot(9), slot(40), slot(0, centre=1), slot(21, centre=1)],
        lots=[lot(2), lot(2, centre=1)],
    )
    assert days(of) == [(0, 9), (0, 40)]


def test_a_centre_that_cannot_complete_a_pair_is_passed_over() -> None:
    of = problem(
        requests=[{}],
        centres=TWO,
        slots=[slot(0), slot(20), slot(70), slot(3, centre=1), slot(24, centre=1)],
        lots=[lot(2), lot(2, centre=1)],
    )
    assert days(of) == [(1, 3), (1, 24)]


def test_first_and_second_dose_are_the_soonest() -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(2), slot(23), slot(28), slot(51)], lots=[lot(2)])
    assert days(of) == [(0, 0), (0, 23)]


def test_who_can_complete_on_no_earlier_day_begins_later() -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(2), slot(51)], lots=[lot(2)])
    assert days(of) == [(0, 2), (0, 51)]


@pytest.mark.parametrize(("single_from", "expected"), [(0, [(0, 0)]), (1, [(0, 0), (0, 21)])])
def test_the_schedule_that_begins_first_is_taken(single_from: int, expected: list[tuple[int, int]]) -> None:
    of = problem(
        requests=[{}],
        schedules=[{}, SINGLE_DOSE | {"valid_from": single_from}],
        slots=[slot(0), slot(1), slot(21)],
        lots=[lot(2)],
    )
    assert days(of) == expected


def test_one_vial_is_not_promised_twice() -> None:
    """The first dose takes the only vial: then there is no second."""
    of = problem(requests=[{}], slots=[slot(0), slot(21)], lots=[lot(1)])
    assert planned(of) == [False]


def test_a_dose_that_somebody_outside_has_after_the_horizon_is_not_given_before() -> None:
    after = promise(NONE, 1, 90, pinned=True)
    world = {"requests": [{}], "slots": [slot(0), slot(21), slot(90)], "promised": [after]}
    for lots, expected in (([lot(2)], False), ([lot(3)], True), ([lot(2), lot(1, 85, 95)], True)):
        assert planned(problem(lots=lots, **world)) == [expected]
    short = [lot(1, 0, 95), lot(2, 0, 80)]
    assert planned(problem(lots=short, **world)) == [True]


def test_a_second_place_has_its_own_nearest_centre() -> None:
    of = problem(
        requests=[{"second_lat": 0.05, "second_lon": 0.0, "max_km": 3.0}],
        centres=TWO,
        slots=[slot(0), slot(21), slot(22, centre=1)],
        lots=[lot(2), lot(2, centre=1)],
    )
    assert days(of) == [(0, 0), (1, 22)]


def test_a_first_dose_given_elsewhere_needs_the_soonest_second_only() -> None:
    of = problem(
        requests=[{"first_product": 0, "first_day": -10}],
        slots=[slot(10), slot(11), slot(12)],
        lots=[lot(2)],
    )
    assert days(of) == [(0, 11)]


def test_a_promise_is_kept_before_anybody_clicks() -> None:
    of = problem(
        requests=[{}, {}],
        slots=[slot(0), slot(21)],
        lots=[lot(2)],
        promised=[promise(1, 1, 0), promise(1, 2, 21)],
    )
    assert planned(of) == [False, True]


def test_a_promised_start_is_kept_where_the_end_is_lost() -> None:
    of = problem(
        requests=[{}],
        slots=[slot(0), slot(1), slot(24), slot(30)],
        lots=[lot(2)],
        promised=[promise(0, 1, 1), promise(0, 2, 25)],
    )
    assert days(of) == [(0, 1), (0, 24)]


def test_a_promise_that_cannot_stand_leaves_its_holder_in_the_race() -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(21)], lots=[lot(2)], promised=[promise(0, 1, 5)])
    assert days(of) == [(0, 0), (0, 21)]


def test_who_is_pinned_as_a_whole_comes_before_who_is_pinned_in_part() -> None:
    pins = [promise(0, 1, 0, pinned=True), promise(1, 1, 0, pinned=True), promise(1, 2, 21, pinned=True)]
    of = problem(
        requests=[{}, {}], slots=[slot(0, seats=2), slot(21), slot(22)], lots=[lot(4)], promised=pins
    )
    made, complete = raced(of)
    assert verdict(of, made) == set()
    assert complete


def test_a_pinned_dose_has_its_own_product() -> None:
    of = problem(
        requests=[{}],
        vials=(1, 1),
        schedules=[{}, {"first_product": 1, "second_product": 1}],
        slots=[slot(0), slot(21)],
        lots=[lot(2), lot(2, product=1)],
        promised=[promise(0, 1, 0, product=1, pinned=True)],
    )
    made, _ = raced(of)
    assert verdict(of, made) == set()
    assert made.schedule.tolist() == [1]


def test_a_household_comes_together_or_not_at_all() -> None:
    home = {"household": 1}
    apart = [slot(0), slot(0, 571), slot(21, seats=2)]
    for slots, expected in ((apart, False), ([slot(0), slot(0, 570), slot(21, seats=2)], True)):
        of = problem(requests=[home, home], slots=slots, lots=[lot(4)])
        assert planned(of) == [expected] * 2


def test_late_comers_find_what_others_could_not_use() -> None:
    """What ended for those who come at any time has ended; an evening that some cannot use has not."""
    day_only = {"availability": ALWAYS ^ sum(4 << 3 * day for day in range(7))}
    of = problem(
        requests=[day_only, day_only, {}],
        slots=[slot(0), slot(0, 1100), slot(21, 1100), slot(21)],
        lots=[lot(6)],
    )
    assert planned(of) == [True, False, True]


@settings(max_examples=200)
@given(drawn=problems(requests=10, slots=14))
@pytest.mark.parametrize("yardstick", [first_come, by_priority])
def test_every_race_keeps_the_rules(yardstick: Yardstick, drawn: Problem) -> None:
    try:
        validated(drawn)
    except ProblemRefused:
        return
    made, complete = raced(drawn, yardstick)
    assert verdict(drawn, made) - {"pinned"} == set()
    assert not complete or "pinned" not in verdict(drawn, made)


@settings(max_examples=60)
@given(drawn=problems(requests=10, slots=14, without=("pins", "movable")))
def test_nobody_is_left_out_who_could_still_come(drawn: Problem) -> None:
    """Whoever is out finds nothing on the stand that the race left."""
    market, units = market_of(drawn)
    stand = open_stand(market, units)
    first_come(market, units, stand)
    before = stand.option.copy()
    first_come(market, units, stand)
    assert (stand.option == before).all()
