"""Each rule alone, on a problem one can draw, on both sides of its edge."""

from typing import Any

import numpy as np
import pytest

from solver.checks import broken_rules
from solver.contract import NEVER_AFTER, NONE, Params, Plan, PlanStatus, Problem, ProblemRefused, WhyUnplanned
from solver.solve import baseline, solve
from tests.solver.instances import (
    KM_A_DEGREE,
    NINE,
    SINGLE_DOSE,
    lot,
    pair_world,
    plan,
    problem,
    promise,
    slot,
)

QUICK = Params(time_limit_s=20)


def planned(of: Problem) -> list[bool]:
    """Who is planned by the planner; first come, first served plans as many."""
    better, race = solve(of, QUICK), baseline(of, QUICK)
    assert not broken_rules(of, better)
    assert not broken_rules(of, race)
    assert (better.schedule != NONE).sum() == (race.schedule != NONE).sum()
    return (better.schedule != NONE).tolist()


def why(of: Problem) -> list[WhyUnplanned]:
    return [WhyUnplanned(code) for code in solve(of, QUICK).why_unplanned]


def one(schedule: dict[str, Any] | None = None, minute: int = NINE, day: int = 3, **request: Any) -> Problem:
    """One person, one slot, one dose, a schedule of one dose."""
    return problem(
        requests=[request],
        slots=[slot(day, minute)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE | (schedule or {})],
    )


@pytest.mark.parametrize(("gap", "fits"), [(20, False), (21, True), (49, True), (50, False)])
def test_interval_holds_its_bounds(gap: int, fits: bool) -> None:
    assert planned(pair_world(gap)) == [fits]


def test_no_day_inside_the_interval_is_the_reason() -> None:
    assert why(pair_world(50)) == [WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL]


@pytest.mark.parametrize(("given", "fits"), [(-17, False), (-18, True), (-46, True), (-47, False)])
def test_interval_counts_from_a_dose_given_elsewhere(given: int, fits: bool) -> None:
    of = problem(requests=[{"first_product": 0, "first_day": given}], slots=[slot(3)], lots=[lot(1)])
    assert planned(of) == [fits]


@pytest.mark.parametrize("many", [1, 2, 3])
def test_the_last_seat_is_the_last(many: int) -> None:
    of = problem(requests=[{}] * 3, slots=[slot(0, seats=many)], lots=[lot(9)], schedules=[SINGLE_DOSE])
    assert sum(planned(of)) == many
    assert why(of).count(WhyUnplanned.OUT_OF_SEATS) == 3 - many


def test_a_seat_is_for_either_dose() -> None:
    of = problem(requests=[{}, {}], slots=[slot(0), slot(28), slot(56)], lots=[lot(4)])
    assert sum(planned(of)) == 1


@pytest.mark.parametrize(("doses", "people"), [(6, 6), (12, 7)])
def test_seven_people_need_two_vials_of_six(doses: int, people: int) -> None:
    of = problem(
        requests=[{}] * 7, slots=[slot(0, seats=9)], lots=[lot(doses)], schedules=[SINGLE_DOSE], vials=(6,)
    )
    assert sum(planned(of)) == people
    assert solve(of, QUICK).terms["wasted"] == -(doses - people)


def test_a_vial_does_not_last_until_tomorrow() -> None:
    of = problem(
        requests=[{}, {}], slots=[slot(0), slot(1)], lots=[lot(6)], schedules=[SINGLE_DOSE], vials=(6,)
    )
    assert sum(planned(of)) == 1


@pytest.mark.parametrize(("day", "fits"), [(1, False), (2, True), (5, True), (6, False)])
def test_a_lot_is_used_inside_its_dates(day: int, fits: bool) -> None:
    of = problem(requests=[{}], slots=[slot(day)], lots=[lot(1, 2, 5)], schedules=[SINGLE_DOSE])
    assert planned(of) == [fits]
    assert why(of) == [WhyUnplanned.PLANNED if fits else WhyUnplanned.OUT_OF_DOSES]


def test_the_lot_that_expires_first_is_used_first() -> None:
    """Day 1 must take the short lot, so that the long one is left for day 9."""
    of = problem(
        requests=[{}, {}],
        slots=[slot(1), slot(9)],
        lots=[lot(1, 0, 20), lot(1, 0, 2)],
        schedules=[SINGLE_DOSE],
    )
    assert planned(of) == [True, True]


@pytest.mark.parametrize(("age", "fits"), [(54, False), (55, True), (65, True), (66, False)])
def test_ages_hold_their_bounds(age: int, fits: bool) -> None:
    of = one({"min_age": 55, "max_age": 65}, age=age)
    assert planned(of) == [fits]
    assert why(of) == [WhyUnplanned.PLANNED if fits else WhyUnplanned.NO_SCHEDULE_ALLOWED]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "fits"), [(3, 3, True), (4, NEVER_AFTER, False), (0, 2, False)]
)
def test_a_schedule_holds_on_its_first_dose_dates(valid_from: int, valid_to: int, fits: bool) -> None:
    assert planned(one({"valid_from": valid_from, "valid_to": valid_to})) == [fits]


def test_validity_is_asked_of_the_first_dose_only() -> None:
    of = problem(
        requests=[{}], slots=[slot(0), slot(28)], lots=[lot(2)], schedules=[{"valid_from": 0, "valid_to": 0}]
    )
    assert planned(of) == [True]


def test_a_mixed_schedule_takes_both_products() -> None:
    mixed = [{"first_product": 0, "second_product": 1}]
    both = [lot(1, product=0), lot(1, product=1)]
    for lots, fits in ((both, True), ([lot(2, product=0)], False)):
        of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=lots, schedules=mixed, vials=(1, 1))
        assert planned(of) == [fits]


@pytest.mark.parametrize(("products", "fits"), [((0,), False), ((1,), False), ((0, 1), True)])
def test_all_products_of_the_schedule_must_be_accepted(products: tuple[int, ...], fits: bool) -> None:
    of = problem(
        requests=[{"products": products}],
        slots=[slot(0), slot(28)],
        lots=[lot(1, product=0), lot(1, product=1)],
        schedules=[{"second_product": 1}],
        vials=(1, 1),
    )
    assert planned(of) == [fits]


def test_a_dose_given_elsewhere_needs_a_schedule_that_starts_with_it() -> None:
    for given, fits in ((0, True), (1, False)):
        of = problem(
            requests=[{"first_product": given, "first_day": -20}],
            slots=[slot(3)],
            lots=[lot(1)],
            vials=(1, 1),
        )
        assert planned(of) == [fits]


@pytest.mark.parametrize(("earliest", "fits"), [(3, True), (4, False)])
def test_nobody_comes_before_the_earliest_day(earliest: int, fits: bool) -> None:
    of = one(earliest=earliest)
    assert planned(of) == [fits]
    assert why(of) == [WhyUnplanned.PLANNED if fits else WhyUnplanned.NO_SESSION_WHEN_AVAILABLE]


@pytest.mark.parametrize(("minute", "band"), [(719, 0), (720, 1), (1019, 1), (1020, 2)])
def test_bands_change_at_noon_and_five(minute: int, band: int) -> None:
    # Day 3 after a Monday is a Thursday.
    for other in range(3):
        assert planned(one(minute=minute, availability=1 << (9 + other))) == [other == band]


def test_nobody_comes_on_a_day_away() -> None:
    assert planned(one(unavailable=(2, 4))) == [True]
    assert planned(one(unavailable=(3,))) == [False]


@pytest.mark.parametrize(("more_km", "fits"), [(0.1, True), (-0.1, False)])
def test_nobody_travels_further_than_said(more_km: float, fits: bool) -> None:
    of = one(lat=0.5, max_km=KM_A_DEGREE / 2 + more_km)
    assert planned(of) == [fits]
    assert why(of) == [WhyUnplanned.PLANNED if fits else WhyUnplanned.NO_CENTRE_IN_REACH]


def test_wheelchairs_need_access() -> None:
    for access in (True, False):
        of = problem(
            requests=[{"wheelchair": True}, {}],
            slots=[slot(3, seats=2)],
            lots=[lot(2)],
            schedules=[SINGLE_DOSE],
            centres=[(0.0, 0.0, access)],
        )
        assert planned(of) == [access, True]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_only_a_second_place_parts_the_doses(elsewhere: bool) -> None:
    second = {"second_lat": 1.0, "second_lon": 0.0} if elsewhere else {"max_km": 2 * KM_A_DEGREE}
    of = problem(
        requests=[second],
        slots=[slot(0, centre=0), slot(28, centre=1)],
        lots=[lot(1, centre=0), lot(1, centre=1)],
        centres=[(0.0, 0.0, True), (1.0, 0.0, True)],
    )
    assert planned(of) == [elsewhere]


@pytest.mark.parametrize(("last", "fits"), [(NINE + 30, True), (NINE + 31, False)])
def test_a_household_sits_within_half_an_hour(last: int, fits: bool) -> None:
    of = problem(
        requests=[{"household": 4}] * 2,
        slots=[slot(0), slot(0, last)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE],
    )
    assert planned(of) == [fits, fits]
    assert set(why(of)) == {WhyUnplanned.PLANNED if fits else WhyUnplanned.HOUSEHOLD_TOGETHER}


@pytest.mark.parametrize(("slots", "fits"), [(3, True), (2, False)])
def test_a_household_of_six_in_slots_of_two(slots: int, fits: bool) -> None:
    of = problem(
        requests=[{"household": 4}] * 6,
        slots=[slot(0, NINE + 15 * i, seats=2) for i in range(slots)],
        lots=[lot(6)],
        schedules=[SINGLE_DOSE],
    )
    assert planned(of) == [fits] * 6


def test_a_household_comes_whole_or_not_at_all() -> None:
    of = problem(
        requests=[{"household": 4}] * 2, slots=[slot(0, seats=2)], lots=[lot(1)], schedules=[SINGLE_DOSE]
    )
    assert planned(of) == [False, False]


def test_a_household_shares_one_schedule() -> None:
    """One is too old for one schedule and one too young for the other."""
    young, old = {"household": 4, "age": 30}, {"household": 4, "age": 70}
    of = problem(
        requests=[young, old],
        slots=[slot(0, seats=2)],
        lots=[lot(2)],
        schedules=[SINGLE_DOSE | {"max_age": 50}, SINGLE_DOSE | {"min_age": 51}],
    )
    assert planned(of) == [False, False]
    assert set(why(of)) == {WhyUnplanned.HOUSEHOLD_TOGETHER}


def test_the_urgent_get_the_last_dose() -> None:
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}],
        slots=[slot(0, seats=2)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
    )
    assert why(of) == [WhyUnplanned.LOWER_PRIORITY, WhyUnplanned.PLANNED]


def test_doses_that_were_promised_before_are_gone_and_not_given_to_somebody_more_urgent() -> None:
    of = problem(
        requests=[{"priority": 5}],
        slots=[slot(0, seats=2)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(NONE, 1, 0, pinned=True)],
    )
    assert why(of) == [WhyUnplanned.OUT_OF_DOSES]


def test_a_spare_dose_beside_a_full_slot_does_not_hide_that_doses_are_short() -> None:
    """On day 0 a dose is left and no seat, on day 5 seats are left and no dose: seats are not what lacks."""
    of = problem(
        requests=[{}, {}, {}],
        slots=[slot(0), slot(5, seats=9)],
        lots=[lot(2, 0, 0), lot(2, 5, 5)],
        schedules=[SINGLE_DOSE],
        vials=(2,),
        promised=[promise(NONE, 1, 5, pinned=True)],
    )
    assert sorted(why(of)) == [WhyUnplanned.PLANNED, WhyUnplanned.PLANNED, WhyUnplanned.OUT_OF_DOSES]


def test_who_finds_no_free_seat_is_told_so() -> None:
    of = problem(requests=[{}, {}], slots=[slot(0)], lots=[lot(2)], schedules=[SINGLE_DOSE])
    assert sorted(why(of)) == [WhyUnplanned.PLANNED, WhyUnplanned.OUT_OF_SEATS]


def pinned_world(**request: Any) -> Problem:
    return problem(
        requests=[request, {"priority": 5}],
        slots=[slot(0), slot(3), slot(28), slot(31)],
        lots=[lot(4)],
        promised=[promise(0, 1, 3, pinned=True)],
    )


def test_a_pinned_appointment_stands() -> None:
    found = solve(pinned_world(), QUICK)
    assert not broken_rules(pinned_world(), found)
    assert found.first_slot[0] == 1


@pytest.mark.parametrize(
    "request_",
    [{"earliest": 4}, {"unavailable": (3,)}, {"lat": 5.0}, {"availability": 1}, {"first_product": 0}],
)
def test_a_pin_that_cannot_be_kept_is_refused_by_name(request_: dict[str, Any]) -> None:
    with pytest.raises(ProblemRefused) as refusal:
        solve(pinned_world(**request_), QUICK)
    assert {(fault.table, fault.row) for fault in refusal.value.faults} == {("promised", 0)}


def test_a_pin_without_a_second_dose_is_refused() -> None:
    of = problem(requests=[{}], slots=[slot(3)], lots=[lot(4)], promised=[promise(0, 1, 3, pinned=True)])
    with pytest.raises(ProblemRefused):
        solve(of, QUICK)


def test_others_use_their_seat_and_dose() -> None:
    theirs = [promise(NONE, 1, 0, pinned=True)]
    for seats, doses, fits in ((2, 2, True), (1, 2, False), (2, 1, False)):
        of = problem(
            requests=[{}],
            slots=[slot(0, seats=seats)],
            lots=[lot(doses)],
            schedules=[SINGLE_DOSE],
            promised=theirs,
        )
        assert planned(of) == [fits]


def test_history_uses_nothing() -> None:
    of = problem(
        requests=[{}],
        slots=[slot(0)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE],
        promised=[promise(NONE, 1, -1, pinned=True)],
    )
    assert planned(of) == [True]


def test_a_promise_is_kept_unless_moving_pays() -> None:
    """Day 5 was promised; day 0 is free. Waiting costs 8 a day at priority 1, moving 20."""
    for day, kept in ((2, True), (3, False)):
        of = problem(
            requests=[{}],
            slots=[slot(0), slot(day)],
            lots=[lot(2)],
            schedules=[SINGLE_DOSE],
            promised=[promise(0, 1, day)],
        )
        found = solve(of, QUICK)
        assert found.first_slot[0] == int(kept)
        assert found.terms["moved"] == (0 if kept else -20)


def test_a_dropped_promise_costs_its_price_once() -> None:
    of = problem(requests=[{}], slots=[slot(0)], promised=[promise(0, 1, 0), promise(0, 2, 28)])
    found = solve(of, QUICK)
    assert found.terms["dropped"] == found.score == -200
    assert found.status is PlanStatus.OPTIMAL


def by_hand(of: Problem, first: int, second: int = NONE) -> Plan:
    return plan(of, [0] * len(of.requests), [first] * len(of.requests), [second] * len(of.requests))


@pytest.mark.parametrize(
    ("of", "slots", "rule"),
    [
        (
            problem(requests=[{}, {}], slots=[slot(0)], lots=[lot(2)], schedules=[SINGLE_DOSE]),
            (0,),
            "capacity",
        ),
        (
            problem(requests=[{}], slots=[slot(0)], schedules=[SINGLE_DOSE]),
            (0,),
            "stock",
        ),
        (pair_world(28), (0,), "pair"),
        (pair_world(20), (0, 1), "interval"),
        (one({"min_age": 60}), (0,), "age"),
        (one({"valid_to": 2}), (0,), "validity"),
        (one(day=90), (0,), "horizon"),
        (one(earliest=9), (0,), "earliest"),
        (one(availability=1), (0,), "availability"),
        (one(unavailable=(3,)), (0,), "unavailable_date"),
        (one(lat=9.0), (0,), "reach"),
    ],
)
def test_the_judge_names_the_broken_rule(of: Problem, slots: tuple[int, ...], rule: str) -> None:
    assert [breach.rule for breach in broken_rules(of, by_hand(of, *slots))] == [rule]


def test_the_judge_doubts_claims() -> None:
    of = one()
    true = by_hand(of, 0)
    assert not broken_rules(of, true)
    boast = plan(of, [0], [0], [NONE], score=true.score + 1)
    assert [breach.rule for breach in broken_rules(of, boast)] == ["score"]
    low = plan(of, [0], [0], [NONE], bound=true.score - 1)
    assert [breach.rule for breach in broken_rules(of, low)] == ["bound"]


def test_an_empty_problem_has_an_empty_plan() -> None:
    for of in (problem(), problem(requests=[{}], schedules=[]), problem(slots=[slot(0)], lots=[lot(1)])):
        found = solve(of, QUICK)
        assert found.score == 0
        assert found.status is PlanStatus.OPTIMAL
        assert not np.any(found.schedule != NONE)
