"""What to do when something has changed after a plan was published: the alternatives, and their prices.

`repair` keeps whoever can stay at the very slot and finds new places for the others only. `balanced` weighs
each move and each drop at the policy's prices against everything else that a plan is for. `afresh` plans as
if nothing had been promised. Between them lies what keeping promises costs.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from solver.checks import broken_rules
from solver.contract import (
    NONE,
    Fault,
    OnProgress,
    Params,
    Plan,
    PlanStatus,
    Problem,
    ProblemRefused,
    Promised,
)
from solver.faults import validated
from solver.objective import terms_of
from solver.pins import pin_faults
from solver.replanning.disturbance import Disturbance, disturbance_of
from solver.replanning.least_moves import least_disturbed
from solver.replanning.repairing import repaired
from solver.replanning.replan_arguments import Alternative
from solver.solve import solve
from solver.supply import supply_of

OPTIMAL = 1e-6
"""A score that comes so near to the bound, as a share of it, is proven."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One alternative: its plan, and what that makes of the promises."""

    alternative: Alternative
    plan: Plan
    disturbance: Disturbance
    seconds: float


@dataclass(frozen=True, slots=True)
class Replan:
    """The answers to a change."""

    least: int
    """Requests of which, in any plan, some appointment cannot stand as promised: at least so many."""
    answers: tuple[Answer, ...]


def released(of: Problem) -> tuple[Problem, int]:
    """The problem with those pinned appointments let go that cannot stand any more; and how many these are.

    Raises ProblemRefused where the problem contradicts itself, or people outside it lack a seat or a dose.
    """
    many = 0
    while rows := _impossible(of):
        pinned = of.promised.pinned.copy()
        pinned[rows] = False
        many += len(rows)
        of = replace(of, promised=replace(of.promised, pinned=pinned))
    return validated(of), many


def _impossible(of: Problem) -> list[int]:
    """Pinned appointments of the problem's own people that cannot stand."""
    return sorted({f.row for f in pin_faults(of) if of.promised.request[f.row] != NONE})


def replan(
    of: Problem,
    alternatives: Iterable[Alternative] = tuple(Alternative),
    params: Params | None = None,
    on_progress: OnProgress | None = None,
) -> Replan:
    """The alternatives, each judged and priced, and how many must be told something new whatever is done.

    The limits of `params` hold for each alternative by itself.
    """
    made, seconds = {}, {}
    least = least_disturbed(of, supply_of(of))
    for alternative in alternatives:
        began = time.monotonic()
        made[alternative] = _plan(of, alternative, params or Params(), on_progress)
        seconds[alternative] = time.monotonic() - began
    answers = []
    for alternative, plan in under_one_bound(made).items():
        answers.append(Answer(alternative, plan, disturbance_of(of, plan), seconds[alternative]))
    return Replan(least, tuple(answers))


def under_one_bound(made: dict[Alternative, Plan]) -> dict[Alternative, Plan]:
    """The same plans with the best bound of any: they are plans of one problem.

    Where time was too short to balance as well as the repair scores, the repair is the balanced answer, too.
    """
    bound = min((plan.bound for plan in made.values()), default=np.inf)
    repair, balanced = made.get(Alternative.REPAIR), made.get(Alternative.BALANCED)
    if repair and balanced and repair.score > balanced.score:
        note = "in this time nothing better than the repair was found"
        best = replace(repair, notes=(*balanced.notes, note), prices=balanced.prices)
        made = made | {Alternative.BALANCED: best}
    found = {}
    for alternative, plan in made.items():
        proven = bound - plan.score <= OPTIMAL * max(1.0, abs(bound))
        status = PlanStatus.OPTIMAL if proven else plan.status
        found[alternative] = replace(plan, bound=max(bound, plan.score), status=status)
    return found


def _plan(of: Problem, alternative: Alternative, params: Params, on_progress: OnProgress | None) -> Plan:
    """The alternative's plan, never one that breaks a rule."""
    if alternative is Alternative.REPAIR:
        plan = repaired(of, params)
    elif alternative is Alternative.BALANCED:
        plan = solve(of, params, on_progress)
    else:
        plan = _rescored(of, solve(_unpromised(of), params, on_progress))
    breaches = broken_rules(of, plan)
    if any(breach.rule == "pinned" for breach in breaches):
        raise ProblemRefused(_unkept(of))
    if breaches:
        raise AssertionError(f"{alternative.value} breaks {breaches}")
    return plan


def _unpromised(of: Problem) -> Problem:
    """The same problem with only those promises that may not move."""
    p = of.promised
    stay = (p.request == NONE) | p.pinned & (p.day >= 0)
    return replace(of, promised=Promised(*(getattr(p, name)[stay] for name in p.__slots__)))


def _rescored(of: Problem, plan: Plan) -> Plan:
    """The plan with the score that it has when promises count; they can only cost, so the bound holds."""
    terms = terms_of(of, plan.schedule, plan.first_slot, plan.second_slot)
    return replace(plan, terms=terms, score=sum(terms.values()))


def _unkept(of: Problem) -> list[Fault]:
    p = of.promised
    rows = np.flatnonzero(p.pinned & (p.request != NONE) & (p.day >= 0))
    words = "cannot be kept together with the other dose, the household or the other pinned appointments"
    return [Fault("promised", int(row), "start", "unkept", words) for row in rows]
