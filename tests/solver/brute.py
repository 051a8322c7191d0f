"""The best plan of a tiny problem, by trying every one."""

from itertools import product

from solver.contract import Problem
from tests.solver.judge import Chosen, Judge

ALONE = {"seats", "stock", "household", "pinned"}
"""Rules that only show when everybody's choice is known."""


def best_score(problem: Problem) -> float | None:
    """The highest score of a plan that keeps all rules; None where no plan keeps the pinned appointments."""
    judge = Judge(problem)
    choices = [_choices(problem, judge, request) for request in range(len(problem.requests))]
    scores = [judge.score(list(all_of)) for all_of in product(*choices) if not judge.broken(list(all_of))]
    return max(scores, default=None)


def _choices(problem: Problem, judge: Judge, request: int) -> list[Chosen]:
    """What this request could have if it were alone, and nothing."""
    nobody: list[Chosen] = [(-1, -1, -1)] * len(problem.requests)
    slots = range(-1, len(problem.slots))
    found: list[Chosen] = [(-1, -1, -1)]
    for chosen in product(range(len(problem.schedules)), slots, slots):
        alone = [*nobody]
        alone[request] = chosen
        if not judge.broken(alone) - ALONE:
            found.append(chosen)
    return found
