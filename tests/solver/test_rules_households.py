"""Rule 6, households together: on problems one can draw, on both sides of each edge."""

from dataclasses import fields
from typing import Any

import pytest

from solver.checks import check_problem
from solver.contract import NONE, Problem, ProblemRefused
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    by_hand,
    lot,
    pair_world,
    problem,
    slot,
)
from tests.solver.verdict import Planner, verdict

HOME = {"household": 4}


def two_at(minutes: tuple[int, int], **request: Any) -> Problem:
    """Two of a household and one seat at each of two times of day 0."""
    return problem(
        requests=[HOME | request] * 2,
        slots=[slot(0, minute) for minute in minutes],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
    )


@pytest.mark.parametrize(("minutes", "rule"), [(1, None), (30, None), (31, "household"), (600, "household")])
def test_a_household_sits_within_half_an_hour(planner: Planner, minutes: int, rule: str | None) -> None:
    of = two_at((NINE, NINE + minutes))
    planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE)], rule)


def test_strangers_need_not_sit_together(planner: Planner) -> None:
    of = two_at((NINE, NINE + 600), household=NONE)
    planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE)], None)


@pytest.mark.parametrize(("step", "rule"), [(15, None), (16, "household")])
def test_a_household_of_six_in_slots_of_two(planner: Planner, step: int, rule: str | None) -> None:
    """Three slots: the last begins 30 minutes after the first, or just too late."""
    of = problem(
        requests=[HOME] * 6,
        slots=[slot(0, NINE + step * i, seats=2) for i in range(3)],
        lots=[lot(6)],
        schedules=[SINGLE_DOSE],
    )
    planner.meets_edge(of, [(0, i // 2, NONE) for i in range(6)], rule)


def test_a_household_of_six_does_not_fit_two_slots_of_two(planner: Planner) -> None:
    of = problem(
        requests=[HOME] * 6,
        slots=[slot(0, NINE, seats=2), slot(0, NINE + 15, seats=2)],
        lots=[lot(6)],
        schedules=[SINGLE_DOSE],
    )
    assert planner.planned(of) == [False] * 6
    assert verdict(of, by_hand(of, [(0, i // 2, NONE) for i in range(4)] + [NOTHING] * 2)) == {"household"}


def test_half_an_hour_may_lie_anywhere_in_the_day(planner: Planner) -> None:
    """Slots of one seat every 20 minutes, of which two neighbours are free only at the end."""
    of = problem(
        requests=[HOME] * 2,
        slots=[slot(0, NINE), slot(0, NINE + 40), slot(0, NINE + 80), slot(0, NINE + 100)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
    )
    found = planner.meets_edge(of, [(0, 2, NONE), (0, 3, NONE)], None)
    assert sorted(found.first_slot.tolist()) == [2, 3]


def test_a_household_may_sit_astride_of_noon(planner: Planner) -> None:
    for availability, rule in ((0b011, None), (0b001, "availability")):
        of = two_at((719, 720), availability=availability)
        planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE)], rule)


@pytest.mark.parametrize(("seats", "doses"), [(1, 2), (2, 1)])
def test_a_household_comes_whole_or_not_at_all(planner: Planner, seats: int, doses: int) -> None:
    of = problem(
        requests=[HOME] * 2, slots=[slot(0, seats=seats)], lots=[lot(doses)], schedules=[SINGLE_DOSE]
    )
    planner.meets_edge(of, [(0, 0, NONE), NOTHING], "household")


@pytest.mark.parametrize("others", [HOME, {"household": 5}, {"household": NONE}])
def test_a_household_is_known_by_its_number(planner: Planner, others: dict[str, int]) -> None:
    of = problem(requests=[HOME, others], slots=[slot(0, seats=2)], lots=[lot(1)], schedules=[SINGLE_DOSE])
    assert sum(planner.planned(of)) == (0 if others is HOME else 1)


def test_a_household_of_one_is_alone(planner: Planner) -> None:
    planner.meets_edge(pair_world(28, household=4), [(0, 0, 1)], None)


def test_a_household_keeps_one_day_a_dose(planner: Planner) -> None:
    """Both days have a seat for the second dose, neither has two."""
    for seats, rule in ((1, "household"), (2, None)):
        of = problem(
            requests=[HOME] * 2,
            slots=[slot(0, seats=2), slot(28, seats=seats), slot(29)],
            lots=[lot(4)],
        )
        planner.meets_edge(of, [(0, 0, 1), (0, 0, 2 if rule else 1)], rule)


def test_a_household_goes_to_one_centre(planner: Planner) -> None:
    of = problem(
        requests=[HOME] * 2,
        slots=[slot(0, centre=0), slot(0, centre=1)],
        lots=[lot(2, centre=0), lot(2, centre=1)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
    )
    planner.meets_edge(of, [(0, 0, NONE), (0, 1, NONE)], "household")


def test_a_household_shares_one_schedule(planner: Planner) -> None:
    """One is too old for one schedule and one too young for the other."""
    young, old = HOME | {"age": 30}, HOME | {"age": 70}
    of = problem(
        requests=[young, old],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE | {"max_age": 50}, SINGLE_DOSE | {"min_age": 51}],
    )
    planner.meets_edge(of, [(0, 0, NONE), (1, 0, NONE)], "household")


@pytest.mark.parametrize(("min_age", "rule"), [(30, None), (31, "age")])
def test_the_ages_of_all_members_count(planner: Planner, min_age: int, rule: str | None) -> None:
    of = problem(
        requests=[HOME | {"age": 70}, HOME | {"age": 30}],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE | {"min_age": min_age}],
    )
    planner.meets_edge(of, [(0, 0, NONE)] * 2, rule)


@pytest.mark.parametrize(("access", "rule"), [(True, None), (False, "wheelchair")])
def test_one_wheelchair_takes_all_to_a_centre_with_access(
    planner: Planner, access: bool, rule: str | None
) -> None:
    of = problem(
        requests=[HOME, HOME | {"wheelchair": True}],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, access)],
    )
    planner.meets_edge(of, [(0, 0, NONE)] * 2, rule)


def test_each_members_priority_counts(planner: Planner) -> None:
    """A household of priorities 1 and 5 (17) outweighs two of priority 2 (16); two of 1 (32) outweigh it."""
    for others, theirs in ((2, False), (1, True)):
        of = problem(
            requests=[
                HOME | {"priority": 1},
                HOME | {"priority": 5},
                {"priority": others},
                {"priority": others},
            ],
            slots=[slot(0, seats=4)],
            lots=[lot(2)],
            schedules=[SINGLE_DOSE],
        )
        found = planner.optimum(of)
        assert (found.schedule != NONE).tolist() == [not theirs, not theirs, theirs, theirs]


def test_a_household_with_a_second_place_parts_its_doses_together(planner: Planner) -> None:
    of = problem(
        requests=[HOME | {"second_lat": 1.0, "second_lon": 0.0}] * 2,
        slots=[slot(0, seats=2, centre=0), slot(28, NINE, centre=1), slot(28, NINE + 30, centre=1)],
        lots=[lot(2, centre=0), lot(2, centre=1)],
        centres=[(0.0, 0.0, True), (1.0, 0.0, True)],
    )
    planner.meets_edge(of, [(0, 0, 1), (0, 0, 2)], None)


DIFFERENT: dict[str, Any] = {
    "lat": 0.01,
    "lon": 0.01,
    "max_km": 9.0,
    "second_lat": 0.02,
    "second_lon": 0.02,
    "products": (0,),
    "first_product": 1,
    "first_day": -3,
    "earliest": 1,
    "availability": 1,
    "unavailable": (9,),
}


@pytest.mark.parametrize("column", DIFFERENT)
def test_a_household_that_disagrees_is_refused(planner: Planner, column: str) -> None:
    common = HOME | {"second_lat": 0.0, "second_lon": 0.0, "first_product": 0, "first_day": -9}
    of = problem(
        requests=[common, common | {column: DIFFERENT[column]}, {}],
        slots=[slot(0)],
        lots=[lot(1)],
        vials=(1, 1),
    )
    assert [(f.table, f.row, f.column, f.code) for f in check_problem(of)] == [
        ("requests", 1, column, "household_differs")
    ]
    with pytest.raises(ProblemRefused):
        planner(of)


def test_a_household_may_differ_in_age_priority_and_wheelchair_only() -> None:
    columns = {f.name for f in fields(pair_world(28).requests)} - {"unavailable_at", "unavailable_days"}
    free = columns - set(DIFFERENT) - {"household"}
    assert free == {"age", "priority", "wheelchair"}
    of = problem(requests=[HOME, HOME | {"age": 9, "priority": 5, "wheelchair": True}])
    assert check_problem(of) == []
