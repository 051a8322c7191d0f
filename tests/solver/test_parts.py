"""A region taken apart and put together: nothing is lost, and what is proven of parts is proven of all."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from solver.contract import NONE, Params, PlanStatus, Problem, ProblemRefused, Promised, Slots
from solver.faults import validated
from solver.parts import join, split
from solver.solve import baseline, solve
from tests.solver.brute import TooLarge, best_score
from tests.solver.drawing import problems
from tests.solver.instances import lot, params, problem, promise, slot
from tests.solver.verdict import verdict

NEAR, FAR = (0.0, 0.0, True), (3.0, 0.0, True)
THERE = {"lat": 3.0}


def rows_of(of: Problem) -> list[tuple[int, ...]]:
    """The requests of each part, in order."""
    return sorted(tuple(part.requests.tolist()) for part in split(of))


def beside(one: Problem, many: int) -> Problem:
    """The same world so many times, five degrees of latitude apart."""
    n, centres = len(one.requests), len(one.centres)
    homes = int(one.requests.household.max(initial=NONE)) + 1
    turn = range(many)

    def stacked(table: Any, **shift: int) -> Any:
        columns = {}
        for f in fields(table):
            column = getattr(table, f.name)
            step = shift.get(f.name, 0)
            copies = [np.where(column == NONE, NONE, column + step * i) if step else column for i in turn]
            copies = [column + 5.0 * i for i in turn] if f.name in ("lat", "second_lat") else copies
            columns[f.name] = np.concatenate(copies)
        return columns

    q = stacked(one.requests, household=homes)
    q["unavailable_at"] = np.concatenate(
        [[0], *(np.diff(one.requests.unavailable_at) for _ in turn)]
    ).cumsum()
    return replace(
        one,
        centres=replace(one.centres, **stacked(one.centres)),
        slots=replace(one.slots, **stacked(one.slots, centre=centres)),
        lots=replace(one.lots, **stacked(one.lots, centre=centres)),
        requests=replace(one.requests, **q),
        promised=replace(one.promised, **stacked(one.promised, centre=centres, request=n)),
    )


def test_two_towns_that_nobody_links_are_two_parts() -> None:
    of = problem(requests=[{}, THERE, {}], centres=[NEAR, FAR])
    assert rows_of(of) == [(0, 2), (1,)]
    first = split(of)[0]
    assert first.requests.tolist() == [0, 2]
    assert first.centres.tolist() == [0]


@pytest.mark.parametrize(
    "linking",
    [
        {"lat": 1.5, "max_km": 200.0},
        {"second_lat": 3.0, "second_lon": 0.0},
    ],
    ids=["reaches both", "second place"],
)
def test_somebody_who_may_go_to_both_links_them(linking: dict[str, Any]) -> None:
    of = problem(requests=[{}, THERE, linking], centres=[NEAR, FAR])
    assert rows_of(of) == [(0, 1, 2)]


def test_a_second_place_does_not_link_where_the_first_dose_is_not_owed() -> None:
    begun = {"second_lat": 3.0, "second_lon": 0.0, "first_product": 0, "first_day": -3}
    assert rows_of(problem(requests=[{}, THERE, begun], centres=[NEAR, FAR])) == [(0,), (1, 2)]


def test_a_promise_links_its_centre_with_where_its_holder_can_go() -> None:
    of = problem(requests=[{}, THERE], centres=[NEAR, FAR], promised=[promise(0, 1, 3, centre=1)])
    assert rows_of(of) == [(0, 1)]


def test_a_chain_of_people_links_its_ends() -> None:
    places = [(0.0, 0.0, True), (0.1, 0.0, True), (0.2, 0.0, True), (0.3, 0.0, True), (9.0, 0.0, True)]
    people = [{"lat": 0.05}, {"lat": 0.25}, {"lat": 0.15}, {"lat": 9.0}]
    assert rows_of(problem(requests=people, centres=places)) == [(0, 1, 2), (3,)]


def test_who_needs_a_step_free_centre_does_not_link_by_another() -> None:
    stairs = [(0.0, 0.0, True), (0.1, 0.0, False)]
    people = [{"lat": -0.02}, {"lat": 0.12}, {"lat": 0.05, "wheelchair": True}]
    assert rows_of(problem(requests=people, centres=stairs)) == [(0, 2), (1,)]


def test_who_reaches_nothing_counts_to_the_nearest_centre() -> None:
    of = problem(requests=[{}, THERE, {"lat": 2.0}], centres=[NEAR, FAR])
    assert rows_of(of) == [(0,), (1, 2)]


def test_small_parts_are_bundled() -> None:
    of = beside(problem(requests=[{}, {}], slots=[slot(0)], lots=[lot(1)]), 5)
    assert [len(part.requests) for part in split(of)] == [2] * 5
    bundled = split(of, at_most=2)
    assert [len(part.requests) for part in bundled] == [6, 4]
    assert sorted(np.concatenate([part.centres for part in bundled]).tolist()) == list(range(5))


def test_a_problem_without_people_or_centres_is_one_part() -> None:
    for of in (problem(), problem(centres=[NEAR, FAR]), replace(problem(requests=[{}]), slots=no_slots())):
        (only,) = split(of)
        assert only.problem is of


def no_slots() -> Slots:
    return Slots(*np.zeros((4, 0), dtype=np.int64))


@settings(max_examples=100)
@given(drawn=problems(requests=8, slots=14), many=st.integers(1, 3))
def test_parts_joined_are_a_plan_of_the_whole(drawn: Problem, many: int) -> None:
    of = beside(drawn, many)
    try:
        validated(of)
        parts = split(of)
        plans = [baseline(part.problem, params()) for part in parts]
    except ProblemRefused:
        return
    assert len(parts) >= many or not len(of.requests)
    joined = join(of, parts, plans)
    assert verdict(of, joined) == set()
    assert joined.score == pytest.approx(sum(plan.score for plan in plans))
    assert joined.bound == pytest.approx(sum(plan.bound for plan in plans))
    assert len(joined.why_unplanned) == len(joined.nearest_change) == len(of.requests)
    assert ((joined.why_unplanned == 0) == (joined.schedule != NONE)).all()
    everybody = np.sort(np.concatenate([part.requests for part in parts]))
    assert everybody.tolist() == list(range(len(of.requests)))
    assert sum(len(part.problem.promised) for part in parts) == len(of.promised)
    assert sum(len(part.problem.lots) for part in parts) == len(of.lots)


@settings(max_examples=40)
@given(drawn=problems(requests=4, slots=12))
@pytest.mark.timeout(300)
def test_the_best_of_all_lies_between_the_joined_score_and_bound(drawn: Problem) -> None:
    try:
        best = best_score(drawn)
        parts = split(validated(drawn))
        joined = join(drawn, parts, [solve(part.problem, params()) for part in parts])
    except ProblemRefused:
        return
    except TooLarge:
        reject()
    assert best is not None
    assert joined.score - 1e-5 <= best <= joined.bound + 1e-5


def test_what_is_said_of_the_parts_is_said_of_the_whole() -> None:
    of = beside(problem(requests=[{}, {}], slots=[slot(0), slot(21)], lots=[lot(4)]), 2)
    parts = split(of)
    plans = [
        solve(part.problem, Params(engine=engine))
        for part, engine in zip(parts, ("small", "large"), strict=True)
    ]
    last_resort = replace(plans[1], status=PlanStatus.FALLBACK, notes=("time ended",), seconds={"total": 9.0})
    joined = join(of, parts, [plans[0], last_resort])
    assert joined.status is PlanStatus.FALLBACK
    assert "time ended (in 1 of 2 parts)" in joined.notes
    assert joined.seconds["total"] == 9.0
    assert join(of, parts, [plans[0], plans[0]]).status is PlanStatus.OPTIMAL
    assert (joined.prices is None) == any(plan.prices is None for plan in plans)
    if joined.prices is not None and plans[0].prices is not None:
        assert (joined.prices.seats[parts[0].centres] == plans[0].prices.seats).all()


def test_people_outside_stay_with_their_centre() -> None:
    outside = [promise(NONE, 1, 0, pinned=True, centre=1), promise(NONE, 1, 0, pinned=True)]
    of = problem(requests=[{}, THERE], centres=[NEAR, FAR], promised=outside)
    assert [part.problem.promised.request.tolist() for part in split(of)] == [[NONE], [NONE]]
    assert isinstance(split(of)[0].problem.promised, Promised)
