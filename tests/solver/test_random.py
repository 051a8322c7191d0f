"""Small problems drawn at random: every plan keeps the rules, and no plan is better than its bound."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.checks import broken_rules, check_problem
from solver.contract import NONE, Params, Plan, Problem, ProblemRefused
from solver.solve import baseline, solve
from tests.solver.brute import best_score
from tests.solver.instances import SINGLE_DOSE, lot, problem, promise, slot
from tests.solver.judge import Judge

QUICK = Params(time_limit_s=20)
SCHEDULES: list[dict[str, Any]] = [
    {"min_days": 2, "ideal_days": 3, "max_days": 4, "valid_to": 3},
    {"second_product": 1, "min_days": 1, "ideal_days": 2, "max_days": 5, "min_age": 50},
    {"first_product": 1, **SINGLE_DOSE, "max_age": 60},
]
PLACES = [(0.0, 0.0, True), (0.05, 0.0, False)]


@st.composite
def people(draw: st.DrawFn, at_most: int) -> list[dict[str, Any]]:
    """Requests, of which the first two may be a household."""
    rows = []
    for _ in range(draw(st.integers(1, at_most))):
        row: dict[str, Any] = {
            "age": draw(st.sampled_from([30, 55, 70])),
            "priority": draw(st.sampled_from([1, 2, 3, 5])),
            "max_km": draw(st.sampled_from([1.0, 10.0])),
            "lat": draw(st.sampled_from([0.0, 0.05])),
            "products": draw(st.sampled_from([None, (0,), (0, 1)])),
            "earliest": draw(st.sampled_from([0, 0, 1])),
            "unavailable": draw(st.sampled_from([(), (0,), (3, 4)])),
            "wheelchair": draw(st.booleans()),
        }
        if draw(st.integers(0, 4)) == 0:
            row |= {"first_product": 0, "first_day": -1}
        if draw(st.integers(0, 4)) == 0:
            row |= {"second_lat": 0.05, "second_lon": 0.0}
        rows.append(row)
    if len(rows) > 1 and draw(st.booleans()):
        rows[1] = (
            rows[0] | {key: rows[1][key] for key in ("age", "priority", "wheelchair")} | {"household": 7}
        )
        rows[0]["household"] = 7
    return rows


@st.composite
def problems(draw: st.DrawFn, requests: int = 3, slots: int = 5) -> Problem:
    """A week, two centres, two products in vials of one and two."""
    places = st.tuples(
        st.integers(0, 6), st.sampled_from([540, 560, 600, 720]), st.integers(1, 2), st.integers(0, 1)
    )
    drawn = draw(st.lists(places, max_size=slots, unique_by=lambda s: (s[0], s[1], s[3])))
    stock = st.tuples(
        st.sampled_from([2, 4]), st.integers(0, 3), st.integers(3, 7), st.integers(0, 1), st.integers(0, 1)
    )
    rows = draw(people(requests))
    world: dict[str, Any] = {
        "requests": rows,
        "slots": [slot(*s) for s in drawn],
        "lots": [lot(*x) for x in draw(st.lists(stock, max_size=4))],
        "schedules": SCHEDULES[: draw(st.integers(1, 3))],
        "centres": PLACES,
        "vials": (1, 2),
        "days": draw(st.sampled_from([7, 6])),
        "wasted_dose": draw(st.sampled_from([0, 1, 30])),
    }
    world["promised"] = _promises(draw, rows, drawn)
    return problem(**world)


def _promises(draw: st.DrawFn, rows: list[Any], slots: list[Any]) -> list[Any]:
    """Now and then somebody holds an appointment already, or somebody else does."""
    found = []
    for request in range(-1, len(rows)):
        if slots and draw(st.integers(0, 3)) == 0:
            day, minute, _, centre = draw(st.sampled_from(slots))
            pinned = request == NONE or draw(st.integers(0, 2)) == 0
            dose = 2 if request != NONE and rows[request].get("first_product", NONE) != NONE else 1
            found.append(promise(request, dose, day, minute=minute, centre=centre, pinned=pinned))
    return found


def chosen(plan: Plan) -> list[tuple[int, int, int]]:
    return list(zip(plan.schedule.tolist(), plan.first_slot.tolist(), plan.second_slot.tolist(), strict=True))


@settings(max_examples=150)
@given(problems())
@pytest.mark.timeout(900)
def test_score_lies_under_the_optimum_and_the_optimum_under_the_bound(drawn: Problem) -> None:
    judge = Judge(drawn)
    try:
        found = solve(drawn, QUICK)
    except ProblemRefused as refusal:
        assert refusal.faults
        assert best_score(drawn) is None
        return
    assert not broken_rules(drawn, found)
    assert not judge.broken(chosen(found))
    assert found.score == pytest.approx(judge.score(chosen(found)), abs=1e-6)
    best = best_score(drawn)
    assert best is not None
    assert found.score <= best + 1e-6
    assert found.bound >= best - 1e-6


@settings(max_examples=60)
@given(problems(requests=8, slots=12))
@pytest.mark.timeout(900)
def test_every_plan_keeps_the_rules_and_beats_first_come(drawn: Problem) -> None:
    try:
        better, race = solve(drawn, QUICK), baseline(drawn, QUICK)
    except ProblemRefused:
        return
    for found in (better, race):
        assert not broken_rules(drawn, found)
        assert not Judge(drawn).broken(chosen(found))
        assert ((found.why_unplanned == 0) == (found.schedule != NONE)).all()
    assert better.score >= race.score - 1e-9


@settings(max_examples=80)
@given(problems(), st.data())
def test_both_judges_agree_on_any_plan(drawn: Problem, data: st.DataObject) -> None:
    """Any plan at all, however wrong: the two judges, written twice, find it good or bad together."""
    if check_problem(drawn):
        return
    many, n = len(drawn.slots), len(drawn.requests)
    slots = st.lists(st.integers(-1, many - 1), min_size=n, max_size=n)
    schedule = data.draw(st.lists(st.integers(-1, len(drawn.schedules) - 1), min_size=n, max_size=n))
    first, second = data.draw(slots), data.draw(slots)
    judge = Judge(drawn)
    mine = list(zip(schedule, first, second, strict=True))
    score = judge.score(mine) if not judge.broken(mine) else 0.0
    columns = (np.array(x, dtype=np.int64) for x in (schedule, first, second))
    made = Plan(*columns, np.zeros(n), {}, score, math.inf, None, "")  # type: ignore[arg-type]
    rules = {breach.rule for breach in broken_rules(drawn, made)} - {"score"}
    assert bool(rules) == bool(judge.broken(mine))
