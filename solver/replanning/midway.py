"""A plan half carried out: the problem and the plan as they are on a later day.

What was given before that day is history: doses are drawn from their lots, whoever had a first dose owes only
the second, and whoever has all is not in the problem any more. Days are counted from the new start.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from solver.contract import (
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Bools,
    Ints,
    Lots,
    Plan,
    Problem,
    Promised,
    Requests,
)
from solver.measures import pieces
from solver.objective import doses_used, terms_of


@dataclass(frozen=True, slots=True, eq=False)
class Midway:
    """What is left of a problem and of its plan."""

    problem: Problem
    plan: Plan
    requests: Ints
    """Rows that the requests had before."""
    promised: Ints
    """Rows that the promises had before."""


def on_day(problem: Problem, plan: Plan, day: int) -> Midway:
    """Problem and plan from that day on; the day itself is still to come."""
    z, p, policy = problem.slots, problem.promised, problem.policy
    first_given = _given(problem, plan.first_slot, day)
    second_given = _given(problem, plan.second_slot, day)
    single = (plan.schedule != NONE) & (plan.second_slot == NONE)
    rows = np.flatnonzero(~second_given & ~(single & first_given))
    turn = np.full(len(problem.requests) + 1, NONE)
    turn[rows] = np.arange(len(rows))
    promises = np.flatnonzero((p.day >= day) & ((p.request == NONE) | (turn[p.request] != NONE)))
    columns = {f.name: getattr(p, f.name)[promises] for f in fields(Promised)}
    columns |= {"request": turn[columns["request"]], "day": columns["day"] - day}
    weekday = (policy.first_weekday + day) % 7
    left = Problem(
        replace(policy, days=policy.days - day, first_weekday=weekday),
        problem.products,
        replace(
            problem.schedules,
            valid_from=_shifted(problem.schedules.valid_from, day),
            valid_to=_shifted(problem.schedules.valid_to, day),
        ),
        problem.centres,
        replace(z, day=z.day - day),
        _lots_left(problem, plan, day),
        _requests_left(problem, plan, rows, first_given, day),
        Promised(**columns),
    )
    first_slot = np.where(first_given, NONE, plan.first_slot)[rows]
    chosen = plan.schedule[rows], first_slot, plan.second_slot[rows]
    terms = terms_of(left, *chosen)
    score, why = sum(terms.values()), plan.why_unplanned[rows]
    rest = Plan(*chosen, why, terms, score, np.inf, plan.status, plan.engine)
    return Midway(left, rest, rows, promises)


def _given(problem: Problem, slot: Ints, day: int) -> Bools:
    """Whose dose at that slot lies before the day."""
    if not len(problem.slots):
        return np.zeros(len(slot), dtype=np.bool_)
    return np.asarray((slot != NONE) & (problem.slots.day[slot] < day))


def _shifted(column: Ints, day: int) -> Ints:
    """Days counted from the new start, but for those that stand for none."""
    return np.where((column == NEVER_BEFORE) | (column == NEVER_AFTER), column, column - day)


def _requests_left(problem: Problem, plan: Plan, rows: Ints, begun: Bools, day: int) -> Requests:
    """The requests of these rows; those who have begun owe the second dose only."""
    q, s = problem.requests, problem.schedules
    columns: dict[str, Any] = {f.name: getattr(q, f.name) for f in fields(Requests)}
    many = np.diff(q.unavailable_at)[rows]
    columns["unavailable_days"] = q.unavailable_days[pieces(q.unavailable_at[rows], many)] - day
    columns["unavailable_at"] = np.concatenate([[0], np.cumsum(many)])
    given = q.first_product != NONE
    columns["first_day"] = np.where(given, q.first_day - day, 0)
    if len(s) and len(problem.slots):
        product, when = s.first_product[plan.schedule], problem.slots.day[plan.first_slot] - day
        columns["first_product"] = np.where(begun, product, q.first_product)
        columns["first_day"] = np.where(begun, when, columns["first_day"])
    columns["earliest"] = q.earliest - day
    ragged = ("unavailable_at", "unavailable_days")
    return Requests(**{name: c if name in ragged else c[rows] for name, c in columns.items()})


def _lots_left(problem: Problem, plan: Plan, day: int) -> Lots:
    """The lots less the vials drawn before the day, first expired first out."""
    lots, vial = problem.lots, problem.products.doses_per_vial
    used = doses_used(problem, plan.schedule, plan.first_slot, plan.second_slot)[:, :, :day]
    need = -(-used // vial[None, :, None])
    left = lots.doses // vial[lots.product] if len(lots) else lots.doses.copy()
    for lot in np.lexsort((lots.first_day, lots.last_day)).tolist():
        days = need[lots.centre[lot], lots.product[lot]]
        for on in (np.flatnonzero(days[: max(0, int(lots.last_day[lot]) + 1)])).tolist():
            if on >= lots.first_day[lot]:
                take = min(int(days[on]), int(left[lot]))
                days[on] -= take
                left[lot] -= take
    doses = left * vial[lots.product] if len(lots) else left
    return replace(lots, doses=doses, first_day=lots.first_day - day, last_day=lots.last_day - day)
