"""How long a region's plan takes, and how near it comes to what is possible."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from seeds.campaign.folder import Size, write_campaign
from solver.checks import broken_rules
from solver.contract import NONE, Params
from solver.folder import read_problem
from solver.solve import baseline, solve
from tests.bench.figures import Figure

_LIMIT_S = 120.0


def measure(requests: int = 10_000, seed: int = 1) -> Iterator[Figure]:
    """Plan an invented region and have the plan judged."""
    with tempfile.TemporaryDirectory() as folder:
        write_campaign(Path(folder), Size(requests), seed)
        problem, _keys = read_problem(Path(folder))
    started = time.perf_counter()
    plan = solve(problem, Params(time_limit_s=_LIMIT_S, seed=seed, workers=1))
    seconds = time.perf_counter() - started
    assert broken_rules(problem, plan) == []
    yield Figure("requests", requests, "")
    yield Figure("planned", float((plan.schedule != NONE).sum()), "requests")
    yield Figure("score", plan.score, "")
    yield Figure("proven bound", plan.bound, "")
    yield Figure("gap", 100 * plan.gap, "%")
    yield Figure("score of first come, first served", baseline(problem).score, "")
    yield Figure("time", seconds, "s")
    yield Figure("peak memory", plan.peak_memory_mb, "MB")
    assert np.isfinite(plan.bound)
