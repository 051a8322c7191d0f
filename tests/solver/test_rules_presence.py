"""Rule 5, when people can come and how far they go: each alone, on both sides of its edge."""

from typing import Any

import pytest

from solver.contract import ALWAYS, NONE, Problem
from tests.solver.instances import (
    KM_A_DEGREE,
    NINE,
    SINGLE_DOSE,
    Chosen,
    by_hand,
    dose_world,
    lot,
    problem,
    slot,
)
from tests.solver.verdict import Planner, verdict

ONCE: Chosen = (0, 0, NONE)
PAIR: Chosen = (0, 0, 1)
TWO_CENTRES = [(0.0, 0.0, True), (1.0, 0.0, True)]


@pytest.mark.parametrize(("days", "rule"), [(3, "horizon"), (4, None)])
def test_the_horizon_ends(planner: Planner, days: int, rule: str | None) -> None:
    """The slot is on day 3, the fourth of the horizon."""
    of = problem(requests=[{}], slots=[slot(3)], lots=[lot(1)], schedules=[SINGLE_DOSE], days=days)
    planner.meets_edge(of, [ONCE], rule)


@pytest.mark.parametrize(("days", "rule"), [(28, "horizon"), (29, None)])
def test_the_second_dose_too_lies_in_the_horizon(planner: Planner, days: int, rule: str | None) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(2)], days=days)
    planner.meets_edge(of, [PAIR], rule)


@pytest.mark.parametrize(("day", "rule"), [(-1, "horizon"), (0, None)])
def test_nobody_is_planned_before_the_start(planner: Planner, day: int, rule: str | None) -> None:
    of = problem(requests=[{"earliest": -5}], slots=[slot(day)], lots=[lot(1, -9)], schedules=[SINGLE_DOSE])
    planner.meets_edge(of, [ONCE], rule)


@pytest.mark.parametrize(("earliest", "rule"), [(2, None), (3, None), (4, "earliest")])
def test_nobody_comes_before_the_earliest_day(planner: Planner, earliest: int, rule: str | None) -> None:
    found = planner.meets_edge(dose_world(earliest=earliest), [ONCE], rule)
    assert found.terms["delay"] == (0 if rule else -16 * 0.5 * (3 - earliest))


def test_who_could_have_come_long_ago_waits_from_the_start(planner: Planner) -> None:
    assert planner.optimum(dose_world(earliest=-100)).terms["delay"] == -16 * 0.5 * 3


@pytest.mark.parametrize(("minute", "band"), [(0, 0), (719, 0), (720, 1), (1019, 1), (1020, 2), (1439, 2)])
def test_bands_change_at_noon_and_five(planner: Planner, minute: int, band: int) -> None:
    for other in range(3):
        only, all_but = 1 << (9 + other), ALWAYS ^ 1 << (9 + other)
        rule = None if other == band else "availability"
        planner.meets_edge(dose_world(minute=minute, availability=only), [ONCE], rule)
        rule = "availability" if other == band else None
        planner.meets_edge(dose_world(minute=minute, availability=all_but), [ONCE], rule)


@pytest.mark.parametrize("first_weekday", range(7))
def test_the_week_begins_on_monday_whenever_the_plan_begins(planner: Planner, first_weekday: int) -> None:
    """Day 3 falls on another weekday as the start does; only its morning will do."""
    for weekday in range(7):
        of = problem(
            requests=[{"availability": 1 << 3 * weekday}],
            slots=[slot(3)],
            lots=[lot(1)],
            schedules=[SINGLE_DOSE],
            first_weekday=first_weekday,
        )
        fits = weekday == (first_weekday + 3) % 7
        planner.meets_edge(of, [ONCE], None if fits else "availability")


def test_the_second_dose_too_is_when_the_person_can_come(planner: Planner) -> None:
    """Day 0 is a Monday, day 28 as well; the afternoon is the second dose's."""
    for availability, rule in ((0b001, "availability"), (0b011, None)):
        of = problem(requests=[{"availability": availability}], slots=[slot(0), slot(28, 720)], lots=[lot(2)])
        planner.meets_edge(of, [PAIR], rule)


@pytest.mark.parametrize(
    ("away", "rule"), [((2, 4), None), ((3,), "unavailable_date"), ((-3, 3, 400), "unavailable_date")]
)
def test_nobody_comes_on_a_day_away(planner: Planner, away: tuple[int, ...], rule: str | None) -> None:
    planner.meets_edge(dose_world(unavailable=away), [ONCE], rule)


def test_a_day_away_is_the_persons_own(planner: Planner) -> None:
    """Of two people one is away on the day of each slot."""
    of = problem(
        requests=[{"unavailable": (3,)}, {"unavailable": (4,)}],
        slots=[slot(3), slot(4)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
    )
    planner.meets_edge(of, [(0, 1, NONE), ONCE], None)
    assert verdict(of, by_hand(of, [ONCE, (0, 1, NONE)])) == {"unavailable_date"}


@pytest.mark.parametrize(("more_km", "rule"), [(0.001, None), (-0.001, "reach")])
def test_nobody_travels_further_than_said(planner: Planner, more_km: float, rule: str | None) -> None:
    of = dose_world(lat=0.5, max_km=KM_A_DEGREE / 2 + more_km)
    found = planner.meets_edge(of, [ONCE], rule)
    assert found.terms["km"] == (0 if rule else pytest.approx(-0.2 * KM_A_DEGREE / 2, rel=1e-4))


def test_who_lives_at_the_centre_needs_no_reach(planner: Planner) -> None:
    planner.meets_edge(dose_world(max_km=0.0), [ONCE], None)


@pytest.mark.parametrize(("more_km", "rule"), [(0.001, None), (-0.001, "reach")])
def test_reach_is_counted_across_the_date_line(planner: Planner, more_km: float, rule: str | None) -> None:
    of = problem(
        requests=[{"lon": 179.75, "max_km": KM_A_DEGREE / 2 + more_km}],
        slots=[slot(3)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, -179.75, True)],
    )
    planner.meets_edge(of, [ONCE], rule)


@pytest.mark.parametrize(
    ("wheelchair", "access", "rule"),
    [(True, True, None), (True, False, "wheelchair"), (False, False, None), (False, True, None)],
)
def test_wheelchairs_need_access(planner: Planner, wheelchair: bool, access: bool, rule: str | None) -> None:
    of = problem(
        requests=[{"wheelchair": wheelchair}],
        slots=[slot(3)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, access)],
    )
    planner.meets_edge(of, [ONCE], rule)


def far_pair(access: bool = True, **request: Any) -> Problem:
    """A first dose at the origin, a second one a degree further north."""
    return problem(
        requests=[request],
        slots=[slot(0, centre=0), slot(28, centre=1)],
        lots=[lot(1, centre=0), lot(1, centre=1)],
        centres=[TWO_CENTRES[0], (*TWO_CENTRES[1][:2], access)],
    )


def test_only_a_second_place_parts_the_doses(planner: Planner) -> None:
    planner.meets_edge(far_pair(second_lat=1.0, second_lon=0.0), [PAIR], None)
    planner.meets_edge(far_pair(max_km=2 * KM_A_DEGREE), [PAIR], "same_centre")


@pytest.mark.parametrize(("more_km", "rule"), [(0.001, None), (-0.001, "reach")])
def test_reach_of_the_second_dose_counts_from_the_second_place(
    planner: Planner, more_km: float, rule: str | None
) -> None:
    of = far_pair(second_lat=1.1, second_lon=0.0, max_km=KM_A_DEGREE / 10 + more_km)
    found = planner.meets_edge(of, [PAIR], rule)
    assert found.terms["km"] == (0 if rule else pytest.approx(-0.2 * KM_A_DEGREE / 10, rel=1e-4))


def test_the_first_dose_is_not_sought_from_the_second_place(planner: Planner) -> None:
    planner.meets_edge(far_pair(lat=1.0, second_lat=1.0, second_lon=0.0), [PAIR], "reach")


def test_the_second_place_may_be_on_the_equator_or_at_home(planner: Planner) -> None:
    """Zero degrees is a place, and a second place at home still lets the doses part."""
    of = problem(
        requests=[{"second_lat": 0.0, "second_lon": 0.0}],
        slots=[slot(0, centre=0), slot(28, centre=1)],
        lots=[lot(1, centre=0), lot(1, centre=1)],
        centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
    )
    planner.meets_edge(of, [PAIR], None)


def test_with_a_second_place_the_same_centre_will_do(planner: Planner) -> None:
    of = problem(requests=[{"second_lat": 0.05, "second_lon": 0.0}], slots=[slot(0), slot(28)], lots=[lot(2)])
    planner.meets_edge(of, [PAIR], None)


@pytest.mark.parametrize(("access", "rule"), [(True, None), (False, "wheelchair")])
def test_the_second_dose_too_needs_access(planner: Planner, access: bool, rule: str | None) -> None:
    of = far_pair(access, second_lat=1.0, second_lon=0.0, wheelchair=True)
    planner.meets_edge(of, [PAIR], rule)


@pytest.mark.parametrize(("second_lat", "rule"), [(1.0, None), (0.5, "reach")])
def test_a_second_dose_alone_is_sought_from_the_second_place(
    planner: Planner, second_lat: float, rule: str | None
) -> None:
    of = problem(
        requests=[
            {"first_product": 0, "first_day": -20, "second_lat": second_lat, "second_lon": 0.0},
        ],
        slots=[slot(3, NINE, centre=1)],
        lots=[lot(1, centre=1)],
        centres=TWO_CENTRES,
    )
    planner.meets_edge(of, [(0, NONE, 0)], rule)


def test_the_nearer_of_two_centres_is_chosen(planner: Planner) -> None:
    of = problem(
        requests=[{"lat": 0.03}],
        slots=[slot(3, centre=0), slot(3, centre=1)],
        lots=[lot(1, centre=0), lot(1, centre=1)],
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
    )
    assert planner.optimum(of).first_slot.tolist() == [1]
