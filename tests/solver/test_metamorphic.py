"""What must not change, or change in one direction only, when the problem changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from solver.contract import NONE, Lots, Params, Plan, Problem, ProblemRefused, Progress, Requests
from solver.solve import solve
from tests.solver.brute import best_score
from tests.solver.instances import SINGLE_DOSE, lot, problem, slot
from tests.solver.test_random import QUICK, problems


def region(people: int = 24, seed: int = 1) -> Problem:
    """A small region: three centres a few kilometres apart, two weeks of slots, too few doses."""
    random = np.random.default_rng(seed)
    rows = [
        {
            "priority": int(random.integers(1, 6)),
            "lat": float(random.uniform(0, 0.1)),
            "availability": int(random.integers(1, 1 << 21)),
            "household": 1 + i // 2 if i < 20 else NONE,
        }
        for i in range(people)
    ]
    for i in range(0, 20, 2):
        rows[i + 1] |= {key: rows[i][key] for key in ("lat", "availability")}
    slots = [slot(day, 540 + 60 * k, 2, centre) for day in range(40) for k in range(6) for centre in range(3)]
    lots = [lot(6, 7 * week, 7 * week + 20, centre=c) for week in range(4) for c in range(3)]
    centres = [(0.0, 0.0, True), (0.05, 0.0, True), (0.1, 0.0, True)]
    return problem(requests=rows, slots=slots, lots=lots, centres=centres, vials=(6,), days=40)


def reordered(of: Requests, order: np.ndarray) -> Requests:  # type: ignore[type-arg]
    """The same requests in another order; nobody has days away."""
    columns = {
        name: getattr(of, name)[order]
        for name in of.__dataclass_fields__
        if name not in ("unavailable_at", "unavailable_days")
    }
    return Requests(**columns, unavailable_at=of.unavailable_at, unavailable_days=of.unavailable_days)


def test_who_asked_first_plays_no_part() -> None:
    of = region()
    order = np.random.default_rng(5).permutation(len(of.requests))
    again = replace(of, requests=reordered(of.requests, order))
    params = Params(time_limit_s=600, seed=3)
    assert solve(again, params).score == pytest.approx(solve(of, params).score, abs=1e-6)


def test_the_same_seed_gives_the_same_plan() -> None:
    one, two = (solve(region(), Params(time_limit_s=600, seed=7)) for _ in range(2))
    for name in ("schedule", "first_slot", "second_slot", "why_unplanned"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()


def test_the_lottery_decides_among_equals() -> None:
    def winner(lottery: int) -> int:
        of = problem(
            requests=[{}] * 8,
            slots=[slot(0)],
            lots=[lot(1)],
            schedules=[SINGLE_DOSE],
            lottery=lottery,
        )
        return int(np.flatnonzero(solve(of, QUICK).schedule != NONE)[0])

    assert len({winner(lottery) for lottery in range(12)}) > 1


def test_progress_is_told_and_the_limit_is_kept() -> None:
    told: list[Progress] = []
    found: Plan = solve(region(people=400), Params(time_limit_s=10), told.append)
    assert {"baseline", "relaxation", "explain"} <= {word.phase for word in told}
    assert [word.seconds for word in told] == sorted(word.seconds for word in told)
    scores = [word.score for word in told]
    assert scores == sorted(scores)
    bounds = [word.bound for word in told]
    assert bounds == sorted(bounds, reverse=True)
    assert found.score >= scores[-1]
    assert found.seconds["total"] < 20


@settings(max_examples=40)
@given(problems())
@pytest.mark.timeout(900)
def test_more_doses_never_lower_the_optimum(drawn: Problem) -> None:
    """And so the bound, which stays above the optimum of the poorer problem."""
    best = best_score(drawn)
    lots = drawn.lots
    vial = drawn.products.doses_per_vial
    more = replace(
        drawn,
        lots=Lots(lots.centre, lots.product, lots.doses + vial[lots.product], lots.first_day, lots.last_day),
    )
    try:
        found = solve(more, QUICK)
    except ProblemRefused:
        assert best is None
        return
    assert best is None or found.bound >= best - 1e-6
