"""What a test asks of a plan: that both judges say the same of it, and that no other plan is better."""

from dataclasses import dataclass
from typing import Any

import pytest

from solver.checks import broken_rules
from solver.contract import NONE, OnProgress, Plan, PlanStatus, Problem
from solver.solve import baseline, solve
from tests.solver.brute import best_score
from tests.solver.instances import Chosen, by_hand, choices, params
from tests.solver.judge import Judge

SMALL = 300
"""So many requests are proven optimal, or the plan says why not."""
NEEDS_WHOLE = {"interval", "validity", "first_product", "product", "pinned", "stock", "score", "bound"}
"""What has no meaning where somebody has half a pair, or a dose without a schedule."""
NEEDS_DAYS = {"stock", "score", "bound"}
"""What is not counted on days outside the horizon."""


def verdict(of: Problem, made: Plan) -> set[str]:
    """The rules that the plan breaks, when both judges have been heard and agree."""
    judge, rows = Judge(of), choices(made)
    ours = {breach.rule for breach in broken_rules(of, made)}
    theirs = judge.broken(rows) | set(judge.claims(rows, made.score, made.bound))
    unsure = set()
    if "pair" in ours & theirs:
        unsure |= NEEDS_WHOLE
    if "horizon" in ours & theirs:
        unsure |= NEEDS_DAYS
    assert ours - unsure == theirs - unsure
    return ours


@dataclass(frozen=True)
class Planner:
    """The planner under test, with the engine that the test is run with."""

    engine: str | None

    def __call__(self, of: Problem, on_progress: OnProgress | None = None, **chosen: Any) -> Plan:
        found = solve(of, params(self.engine, **chosen), on_progress)
        assert verdict(of, found) == set()
        assert found.terms == pytest.approx(Judge(of).terms(choices(found)), abs=1e-6)
        assert found.bound >= found.score - 1e-6
        proven = found.status is PlanStatus.OPTIMAL
        assert proven or found.notes or len(of.requests) > SMALL, "small, and neither proven nor excused"
        assert ((found.why_unplanned == 0) == (found.schedule != NONE)).all()
        return found

    def optimum(self, of: Problem) -> Plan:
        """A plan of which trying every other has shown that none is better."""
        found, best = self(of), best_score(of)
        assert best is not None
        slack = 1e-6 * max(1.0, abs(best))
        assert found.score <= best + slack
        assert found.bound >= best - slack
        if found.status is PlanStatus.OPTIMAL:
            # "Optimal" allows a gap of a millionth.
            assert found.score >= best - 2 * slack
        return found

    def planned(self, of: Problem) -> list[bool]:
        """Who is planned, in the best plan."""
        return (self.optimum(of).schedule != NONE).tolist()

    def meets_edge(self, of: Problem, chosen: list[Chosen], rule: str | None) -> Plan:
        """Plans as many as a plan made by hand if that breaks no rule, and else fewer.

        `rule` is the one rule that both judges see broken by the plan made by hand. First come, first served
        plans as many, for nothing but this rule is at stake.
        """
        assert verdict(of, by_hand(of, chosen)) == ({rule} if rule else set())
        wanted = sum(schedule != NONE for schedule, _, _ in chosen)
        found, race = self.optimum(of), baseline(of, params())
        assert verdict(of, race) == set()
        many = int((found.schedule != NONE).sum())
        assert many < wanted if rule else many >= wanted
        assert many == (race.schedule != NONE).sum()
        return found
