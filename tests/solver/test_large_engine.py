"""The engine for large regions, asked for on purpose where every plan can be tried."""

import time

import numpy as np
import pytest
from hypothesis import given, reject, settings

from solver.contract import NONE, PlanStatus, Problem, ProblemRefused
from solver.large.learn import nobody_hears
from solver.large.regions import learn_region
from solver.market import market_of
from solver.solve import solve
from tests.solver.brute import TooLarge, best_score
from tests.solver.drawing import problems
from tests.solver.instances import lot, params, problem, promise, slot
from tests.solver.verdict import verdict


@settings(max_examples=100)
@given(drawn=problems())
@pytest.mark.timeout(900)
def test_its_plans_keep_the_rules_and_its_bound_holds(drawn: Problem) -> None:
    try:
        found = solve(drawn, params("large"))
        best = best_score(drawn)
    except ProblemRefused:
        assert best_score(drawn) is None
        return
    except TooLarge:
        reject()
    assert verdict(drawn, found) == set()
    assert best is not None
    slack = 1e-6 * max(1.0, abs(best))
    assert found.score <= best + slack
    assert found.bound >= best - slack


@settings(max_examples=40)
@given(drawn=problems())
@pytest.mark.timeout(900)
def test_a_region_learnt_in_parts_proves_a_bound_for_all_its_centres(drawn: Problem) -> None:
    try:
        best = best_score(drawn)
    except TooLarge:
        reject()
    if best is None:
        reject()
    market, units = market_of(drawn)
    learned = learn_region(market, units, time.monotonic() + 20, nobody_hears, together=0)
    # people out of every centre's reach are not asked: leaving them out may cost what was promised
    unasked = np.setdiff1d(np.arange(len(units)), learned.units)
    assert learned.bound + market.crowd.least[unasked].sum() >= best - 1e-6 * max(1.0, abs(best))


def test_it_fills_every_seat_that_is_wanted() -> None:
    """Forty people, twenty pairs of seats and doses: the twenty most urgent, each once."""
    people = [{"priority": 1 + (i % 2)} for i in range(40)]
    world = problem(requests=people, slots=[slot(0, seats=20), slot(28, seats=20)], lots=[lot(40)])
    found = solve(world, params("large"))
    assert (found.schedule != NONE).sum() == 20
    assert found.status is PlanStatus.OPTIMAL
    assert all(world.requests.priority[found.schedule != NONE] == 1)


def test_it_keeps_what_was_promised_where_nothing_is_gained_by_moving() -> None:
    world = problem(
        requests=[{}, {}],
        slots=[slot(0, seats=2), slot(1, seats=2), slot(28, seats=2), slot(29, seats=2)],
        lots=[lot(4)],
        promised=[promise(0, 1, 1), promise(0, 2, 29)],
        moved=500,
    )
    found = solve(world, params("large"))
    assert found.terms["moved"] == 0
    assert world.slots.day[found.first_slot].tolist() == [1, 0]


@pytest.mark.parametrize("engine", ["small", "large"])
def test_memory_that_ends_leaves_first_come_first_served(engine: str) -> None:
    world = problem(requests=[{"priority": 2}, {"priority": 1}], slots=[slot(0), slot(28)], lots=[lot(2)])
    found = solve(world, params(engine, memory_mb=1))
    assert found.status is PlanStatus.FALLBACK
    assert any("memory ended" in note for note in found.notes)
    assert (found.schedule != NONE).tolist() == [True, False]
