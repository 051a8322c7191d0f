"""`python -m tests.bench.yardsticks PROBLEM_DIR SECONDS`: what simpler ways of planning score, as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from solver import solve
from solver.checks import broken_rules
from solver.contract import NONE, Params, Plan, Problem
from solver.files.folder import read_problem

Yardstick = Callable[[Problem, Params], Plan]


def main(folder: Path, seconds: float) -> None:
    """Each yardstick's plan is judged like any other."""
    problem, _keys = read_problem(folder)
    params = Params(time_limit_s=seconds)
    ways: dict[str, Yardstick] = {
        "first come, first served": solve.baseline,
        "greedy by priority": solve.greedy,
    }
    print(json.dumps({name: _measured(way, problem, params) for name, way in ways.items()}))


def _measured(way: Yardstick, problem: Problem, params: Params) -> dict[str, Any]:
    began = time.monotonic()
    plan = way(problem, params)
    seconds = round(time.monotonic() - began, 2)
    assert broken_rules(problem, plan) == []
    return {"score": plan.score, "planned": int((plan.schedule != NONE).sum()), "seconds": seconds}


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
