"""Why somebody has no place: the true reason, on problems that have just one."""

from typing import Any

import pytest

from solver.contract import NONE, Problem, WhyUnplanned
from tests.solver.instances import (
    KM_A_DEGREE,
    NINE,
    SINGLE_DOSE,
    dose_world,
    lot,
    pair_world,
    problem,
    promise,
    slot,
)
from tests.solver.verdict import Planner

PLANNED = WhyUnplanned.PLANNED
ONE_DOSE: dict[str, Any] = {"schedules": [SINGLE_DOSE]}


def reasons(planner: Planner, of: Problem) -> list[WhyUnplanned]:
    return [WhyUnplanned(code) for code in planner(of).why_unplanned]


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (dose_world(lat=0.5, max_km=KM_A_DEGREE / 2 - 0.1), WhyUnplanned.NO_CENTRE_IN_REACH),
        (pair_world(28, second_lat=5.0, second_lon=0.0), WhyUnplanned.NO_CENTRE_IN_REACH),
        (dose_world({"min_age": 51}), WhyUnplanned.NO_SCHEDULE_ALLOWED),
        (dose_world({"max_age": 49}), WhyUnplanned.NO_SCHEDULE_ALLOWED),
        (dose_world(earliest=4), WhyUnplanned.NO_SESSION_WHEN_AVAILABLE),
        (dose_world(availability=1), WhyUnplanned.NO_SESSION_WHEN_AVAILABLE),
        (dose_world(unavailable=(3,)), WhyUnplanned.NO_SESSION_WHEN_AVAILABLE),
        (pair_world(50), WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL),
        (pair_world(20), WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL),
        (problem(requests=[{}], slots=[slot(3)], lots=[lot(1, 4)], **ONE_DOSE), WhyUnplanned.OUT_OF_DOSES),
        (problem(requests=[{}], slots=[slot(3)], **ONE_DOSE), WhyUnplanned.OUT_OF_DOSES),
    ],
)
def test_a_lonely_request_is_told_what_stands_in_its_way(
    planner: Planner, of: Problem, reason: WhyUnplanned
) -> None:
    assert reasons(planner, of) == [reason]


def test_who_is_planned_has_no_reason(planner: Planner) -> None:
    assert reasons(planner, pair_world(28)) == [PLANNED]


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_who_finds_no_free_seat_is_told_so(planner: Planner, seats: int) -> None:
    of = problem(requests=[{}] * 3, slots=[slot(0, seats=seats)], lots=[lot(9)], **ONE_DOSE)
    assert sorted(reasons(planner, of)) == [PLANNED] * seats + [WhyUnplanned.OUT_OF_SEATS] * (3 - seats)


def test_a_household_without_room_side_by_side_is_told_so(planner: Planner) -> None:
    of = problem(
        requests=[{"household": 4}] * 2, slots=[slot(0), slot(0, NINE + 31)], lots=[lot(2)], **ONE_DOSE
    )
    assert set(reasons(planner, of)) == {WhyUnplanned.HOUSEHOLD_TOGETHER}


def test_a_household_without_a_schedule_for_all_is_told_so(planner: Planner) -> None:
    of = problem(
        requests=[{"household": 4, "age": 30}, {"household": 4, "age": 70}],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE | {"max_age": 50}, SINGLE_DOSE | {"min_age": 51}],
    )
    assert set(reasons(planner, of)) == {WhyUnplanned.HOUSEHOLD_TOGETHER}


def test_the_urgent_get_the_last_dose(planner: Planner) -> None:
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}], slots=[slot(0, seats=2)], lots=[lot(1)], **ONE_DOSE
    )
    assert reasons(planner, of) == [WhyUnplanned.LOWER_PRIORITY, PLANNED]


def test_doses_that_were_promised_before_are_gone_and_not_given_to_somebody_more_urgent(
    planner: Planner,
) -> None:
    of = problem(
        requests=[{"priority": 5}],
        slots=[slot(0, seats=2)],
        lots=[lot(1)],
        promised=[promise(NONE, 1, 0, pinned=True)],
        **ONE_DOSE,
    )
    assert reasons(planner, of) == [WhyUnplanned.OUT_OF_DOSES]


def test_a_spare_dose_beside_a_full_slot_does_not_hide_that_doses_are_short(planner: Planner) -> None:
    """On day 0 a dose is left and no seat, on day 5 seats are left and no dose: seats are not what lacks."""
    of = problem(
        requests=[{}, {}, {}],
        slots=[slot(0), slot(5, seats=9)],
        lots=[lot(2, 0, 0), lot(2, 5, 5)],
        vials=(2,),
        promised=[promise(NONE, 1, 5, pinned=True)],
        **ONE_DOSE,
    )
    assert sorted(reasons(planner, of)) == [PLANNED, PLANNED, WhyUnplanned.OUT_OF_DOSES]
