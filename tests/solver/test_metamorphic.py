"""What must not change, or change in one direction only, when the problem changes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from solver.contract import ALWAYS, NONE, Plan, PlanStatus, Problem, ProblemRefused, Progress
from tests.solver.drawing import problems
from tests.solver.instances import SINGLE_DOSE, lot, problem, slot
from tests.solver.reshaping import renumbered, reordered, without
from tests.solver.verdict import Planner

TOLERANCE = 1e-5


def changed(of: Problem, table: str, **columns: Any) -> Problem:
    return replace(of, **{table: replace(getattr(of, table), **columns)})


def more_doses(of: Problem) -> Problem:
    return changed(of, "lots", doses=of.lots.doses + of.products.doses_per_vial[of.lots.product])


def earlier_deliveries(of: Problem) -> Problem:
    return changed(of, "lots", first_day=of.lots.first_day - 2)


def longer_lot_life(of: Problem) -> Problem:
    return changed(of, "lots", last_day=of.lots.last_day + 2)


def more_seats(of: Problem) -> Problem:
    return changed(of, "slots", seats=of.slots.seats + 1)


def wider_reach(of: Problem) -> Problem:
    return changed(of, "requests", max_km=of.requests.max_km + 4)


def access_everywhere(of: Problem) -> Problem:
    return changed(of, "centres", wheelchair=np.ones(len(of.centres), dtype=bool))


def more_free_time(of: Problem) -> Problem:
    n = len(of.requests)
    free = {"unavailable_at": np.zeros(n + 1), "unavailable_days": []}
    return changed(of, "requests", availability=np.full(n, ALWAYS), **free)


def every_product_accepted(of: Problem) -> Problem:
    return changed(of, "requests", products=np.full(len(of.requests), (1 << len(of.products)) - 1))


def wider_intervals(of: Problem) -> Problem:
    s = of.schedules
    pair = s.second_product != NONE
    return changed(of, "schedules", min_days=np.where(pair, 1, s.min_days), max_days=s.max_days + 2)


def schedules_for_longer(of: Problem) -> Problem:
    return changed(
        of, "schedules", valid_from=of.schedules.valid_from - 9, valid_to=of.schedules.valid_to + 9
    )


def schedules_for_all_ages(of: Problem) -> Problem:
    s = of.schedules
    return changed(of, "schedules", min_age=np.zeros(len(s)), max_age=np.full(len(s), 150))


def a_longer_horizon(of: Problem) -> Problem:
    return replace(of, policy=replace(of.policy, days=of.policy.days + 2))


def a_generous_policy(of: Problem) -> Problem:
    return replace(of, policy=replace(of.policy, moved=0, wasted_dose=0, km=0))


RELAXATIONS: list[Callable[[Problem], Problem]] = [
    more_doses,
    earlier_deliveries,
    longer_lot_life,
    more_seats,
    wider_reach,
    access_everywhere,
    more_free_time,
    every_product_accepted,
    wider_intervals,
    schedules_for_longer,
    schedules_for_all_ages,
    a_longer_horizon,
    a_generous_policy,
]


def converged(planner: Planner, of: Problem) -> Plan:
    """A plan whose bound is tight; other examples say nothing here."""
    try:
        found = planner(of)
    except ProblemRefused:
        reject()
    assume(found.status is PlanStatus.OPTIMAL)
    return found


def slack(found: Plan) -> float:
    return TOLERANCE * max(1.0, abs(found.bound))


@pytest.mark.parametrize("relaxed", RELAXATIONS, ids=lambda relaxed: relaxed.__name__)
@settings(max_examples=8)
@given(drawn=problems(requests=6, slots=12))
@pytest.mark.timeout(900)
def test_more_room_never_lowers_the_bound(
    planner: Planner, relaxed: Callable[[Problem], Problem], drawn: Problem
) -> None:
    poor = converged(planner, drawn)
    try:
        rich = planner(relaxed(drawn))
    except ProblemRefused as refusal:
        pytest.fail(f"what could be planned was refused with more room: {refusal}")
    assert rich.bound >= poor.score - slack(poor)
    if rich.status is PlanStatus.OPTIMAL:
        assert rich.score >= poor.score - slack(poor)


@settings(max_examples=30)
@given(drawn=problems(requests=6, slots=12, without=("pins",)), data=st.data())
@pytest.mark.timeout(900)
def test_fewer_requests_never_raise_the_bound(planner: Planner, drawn: Problem, data: st.DataObject) -> None:
    """A household leaves together. Who is left pays no promise to those who are gone."""
    gone = data.draw(st.integers(0, len(drawn.requests) - 1))
    home = int(drawn.requests.household[gone])
    members = [gone] if home == NONE else np.flatnonzero(drawn.requests.household == home).tolist()
    assume(not np.isin(drawn.promised.request, members).any())
    many = planner(drawn)
    few = converged(planner, without(drawn, members))
    assert few.bound <= many.bound + slack(few)


@settings(max_examples=25)
@given(drawn=problems(requests=6, slots=12), data=st.data())
@pytest.mark.timeout(900)
def test_other_names_and_another_order_of_rows_change_nothing(
    planner: Planner, drawn: Problem, data: st.DataObject
) -> None:
    """Requests, centres, products, schedules, lots and promises in any order, households with any number."""
    one = converged(planner, drawn)
    other = converged(planner, renumbered(drawn, np.random.default_rng(data.draw(st.integers(0, 2**32)))))
    assert other.score == pytest.approx(one.score, abs=slack(one))
    assert other.bound == pytest.approx(one.bound, abs=slack(one))


@pytest.mark.parametrize("factor", [0.5, 7.0, 100.0])
@settings(max_examples=8)
@given(drawn=problems(requests=6, slots=12))
@pytest.mark.timeout(900)
def test_other_money_is_the_same_plan(planner: Planner, factor: float, drawn: Problem) -> None:
    """All prices times a factor: score and bound, too."""
    names = ("reward", "delay_per_day", "km", "interval_per_day", "moved", "dropped", "wasted_dose")
    dear = {name: factor * getattr(drawn.policy, name) for name in names}
    one = converged(planner, drawn)
    other = converged(planner, replace(drawn, policy=replace(drawn.policy, **dear)))
    assert other.score == pytest.approx(factor * one.score, abs=factor * slack(one))
    assert other.bound == pytest.approx(factor * one.bound, abs=factor * slack(one))


def region(people: int = 20, seed: int = 1) -> Problem:
    """A small region: three centres a few kilometres apart, forty days of slots, too few doses."""
    random = np.random.default_rng(seed)
    rows = [
        {
            "priority": int(random.integers(1, 6)),
            "lat": float(random.uniform(0, 0.1)),
            "availability": int(random.integers(1, 1 << 21)),
            "household": 1 + i // 2 if i < 16 else NONE,
        }
        for i in range(people)
    ]
    for i in range(0, 16, 2):
        rows[i + 1] |= {key: rows[i][key] for key in ("lat", "availability")}
    slots = [slot(day, 540 + 60 * k, 2, centre) for day in range(40) for k in range(6) for centre in range(3)]
    lots = [lot(6, 7 * week, 7 * week + 20, centre=c) for week in range(4) for c in range(3)]
    centres = [(0.0, 0.0, True), (0.05, 0.0, True), (0.1, 0.0, True)]
    return problem(requests=rows, slots=slots, lots=lots, centres=centres, vials=(6,), days=40)


def whose(found: Plan, names: np.ndarray) -> dict[int, tuple[int, int, int]]:  # type: ignore[type-arg]
    """The plan of each person by name."""
    columns = (found.schedule.tolist(), found.first_slot.tolist(), found.second_slot.tolist())
    return dict(zip(names.tolist(), zip(*columns, strict=True), strict=True))


def test_who_asked_first_plays_no_part(planner: Planner) -> None:
    """Everybody asks for something else, so that each has the same days in whatever order they ask."""
    of = region()
    names = np.arange(len(of.requests))
    pairs = np.random.default_rng(5).permutation(len(names) // 2)
    order = np.stack([2 * pairs, 2 * pairs + 1], axis=1).ravel()
    one, other = (planner(each, time_limit_s=600, seed=3) for each in (of, reordered(of, order)))
    assert other.score == pytest.approx(one.score, abs=1e-6)
    assert whose(other, names[order]) == whose(one, names)


def test_the_same_seed_gives_the_same_plan(planner: Planner) -> None:
    one, two = (planner(region(), time_limit_s=600, seed=7, workers=1) for _ in range(2))
    for name in ("schedule", "first_slot", "second_slot", "why_unplanned"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()
    assert (one.score, one.bound, one.terms) == (two.score, two.bound, two.terms)


@settings(max_examples=20)
@given(drawn=problems(requests=8, slots=12), seed=st.integers(0, 2**31 - 1))
@pytest.mark.timeout(900)
def test_any_seed_gives_its_plan_again(planner: Planner, drawn: Problem, seed: int) -> None:
    try:
        one, two = (planner(drawn, seed=seed, workers=1) for _ in range(2))
    except ProblemRefused:
        reject()
    assert whose(one, np.arange(len(drawn.requests))) == whose(two, np.arange(len(drawn.requests)))
    assert (one.score, one.bound) == (two.score, two.bound)


def test_the_lottery_decides_among_equals(planner: Planner) -> None:
    """Eight equals, one dose: each lottery has one winner, and not always the same."""

    def plan(lottery: int) -> Plan:
        return planner(
            problem(
                requests=[{}] * 8, slots=[slot(0)], lots=[lot(1)], schedules=[SINGLE_DOSE], lottery=lottery
            )
        )

    plans = [plan(lottery) for lottery in range(12)]
    winners = [np.flatnonzero(found.schedule != NONE).tolist() for found in plans]
    assert all(len(winner) == 1 for winner in winners)
    assert len({winner[0] for winner in winners}) > 3
    assert {found.score for found in plans} == {1600.0}


@settings(max_examples=15)
@given(drawn=problems(requests=6, slots=12))
@pytest.mark.timeout(900)
def test_the_lottery_makes_no_plan_better(planner: Planner, drawn: Problem) -> None:
    one = converged(planner, drawn)
    other = converged(planner, replace(drawn, policy=replace(drawn.policy, lottery=97)))
    assert other.score == pytest.approx(one.score, abs=slack(one))


def test_progress_is_told_and_the_limit_is_kept(planner: Planner) -> None:
    told: list[Progress] = []
    found = planner(region(people=300), on_progress=told.append, time_limit_s=8)
    assert told
    assert [word.seconds for word in told] == sorted(word.seconds for word in told)
    scores = [word.score for word in told]
    assert scores == sorted(scores)
    bounds = [word.bound for word in told]
    assert bounds == sorted(bounds, reverse=True)
    assert found.score >= scores[-1]
    assert found.bound <= bounds[-1] or found.bound == found.score
    assert found.seconds["total"] < 16
