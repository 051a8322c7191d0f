"""Small problems drawn at random: every plan keeps the rules, and no plan is better than its bound."""

import numpy as np
import pytest
from hypothesis import given, reject, settings

from solver.contract import NONE, Problem, ProblemRefused
from solver.solve import baseline
from tests.solver.brute import TooLarge, best_score
from tests.solver.drawing import problems
from tests.solver.instances import lot, params, problem, slot
from tests.solver.verdict import Planner, verdict


@settings(max_examples=150)
@given(drawn=problems())
@pytest.mark.timeout(900)
def test_score_lies_under_the_optimum_and_the_optimum_under_the_bound(
    planner: Planner, drawn: Problem
) -> None:
    try:
        planner.optimum(drawn)
    except ProblemRefused as refusal:
        assert refusal.faults
        assert best_score(drawn) is None
    except TooLarge:
        reject()


@settings(max_examples=100)
@given(drawn=problems(requests=10, slots=14))
@pytest.mark.timeout(900)
def test_every_plan_keeps_the_rules_and_beats_first_come(planner: Planner, drawn: Problem) -> None:
    try:
        better, race = planner(drawn), baseline(drawn, params())
    except ProblemRefused:
        return
    assert verdict(drawn, race) == set()
    assert ((race.why_unplanned == 0) == (race.schedule != NONE)).all()
    assert better.score >= race.score - 1e-6
    assert better.bound >= race.score - 1e-6


def test_an_empty_problem_has_an_empty_plan(planner: Planner) -> None:
    for of in (
        problem(),
        problem(requests=[{}]),
        problem(requests=[{}], schedules=[]),
        problem(slots=[slot(0)], lots=[lot(1)]),
        problem(requests=[{}], slots=[slot(0)], lots=[lot(1)], schedules=[]),
    ):
        found = planner.optimum(of)
        assert found.score == 0
        assert not np.any(found.schedule != NONE)
