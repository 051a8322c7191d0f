"""How many people must be told something new, at least, whatever the plan.

Let everybody keep all promised appointments or none of them. The most people who can keep all is found by a
linear programme that forgets nearly everything: it counts only the doses that the lots can give, run of days
by run of days, the seats of days that lost some, appointments whose slot is gone, and pairs whose interval or
schedule no longer holds. Every plan is a solution of it: whoever keeps all appointments with their products
takes these very doses and seats in the plan. So no plan lets more people keep everything than the programme's
optimum, and each of the others has an appointment that moves, changes its product, falls away, or is dropped:
moves and drops together are at least as many.

Fractions, whole vials, intervals to new dates and room for those who move are left out: they can only make
more moves necessary.
"""

import math
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from solver.contract import NONE, Bools, Floats, Ints, Problem
from solver.pins import slot_rows
from solver.replanning.disturbance import breakable
from solver.supply import Supply

SLACK = 1e-6
"""The optimiser's rounding, as a share of the optimum; taken off the bound."""
EQUALS, BEGUN = 1e-3, 1e3
"""Among equals the rank decides; a begun vaccination outweighs all others that it could displace."""


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """One row a request with promises: what it would take to keep all of them."""

    columns: Ints
    """For each of both doses the bucket of its product, place and time, NONE where nothing is promised; then
    for each the number of the centre's day where that day has lost seats, else NONE."""
    possible: Bools
    """Neither slots nor rules forbid to keep them all."""
    request: Ints


def least_disturbed(problem: Problem, supply: Supply) -> int:
    """No plan keeps all appointments of more than all but so many requests."""
    held, seats = _held(problem, supply)
    kinds, many = np.unique(held.columns[held.possible], axis=0, return_counts=True)
    kept = _most_kept(supply, kinds, many, seats, np.ones(len(many)))
    most = len(held.possible) if kept is None else float(kept.sum())
    return max(0, math.ceil(len(held.possible) - most - SLACK * max(1.0, most)))


def whom_to_keep(problem: Problem, supply: Supply, rank: Ints) -> Bools:
    """Requests that keep everything in one of the programme's optima: as many as can be.

    Those whose first dose was given elsewhere count far more than all others. Among equals those of a low
    rank (a number a request, from 0) are kept.
    """
    held, seats = _held(problem, supply)
    rows = np.flatnonzero(held.possible)
    mine = rank[held.request[rows]]
    begun = problem.requests.first_product[held.request[rows]] != NONE
    columns = np.concatenate([held.columns[rows], mine[:, None], begun[:, None]], axis=1)
    kinds, kind, many = np.unique(columns, axis=0, return_inverse=True, return_counts=True)
    kind = kind.reshape(-1)
    value = 1 + EQUALS * (1 - kinds[:, 4] / max(1, int(rank.max(initial=0)))) + BEGUN * kinds[:, 5]
    kept = _most_kept(supply, kinds[:, :4], many, seats, value)
    keep = np.zeros(len(problem.requests), dtype=np.bool_)
    if kept is None:
        keep[held.request] = True
        return keep
    order = np.argsort(kind, kind="stable")
    turn = np.arange(len(order)) - np.searchsorted(kind[order], kind[order])
    keep[held.request[rows[order]]] = turn < np.floor(kept[kind[order]] + SLACK)
    return keep


def _held(problem: Problem, supply: Supply) -> tuple[_Held, Ints]:
    """Requests with promises, and how many can keep their slots on each day that has lost some."""
    p, rows, days = problem.promised, breakable(problem), problem.policy.days
    slot = slot_rows(problem, p.centre[rows], p.day[rows], p.minute[rows])
    inside = (slot != NONE) & (p.day[rows] < days)
    seats = np.where(inside, np.append(supply.seats, 0)[slot], 0)
    _, who = np.unique(p.request[rows], return_inverse=True)
    many = int(who.max(initial=-1)) + 1
    possible = _allowed(problem, rows, who, many)
    possible[who[seats == 0]] = False
    wanted = np.bincount(slot[inside], minlength=len(problem.slots))
    tight = np.flatnonzero(wanted > supply.seats)
    day_of = problem.slots.centre * days + problem.slots.day
    short = np.unique(day_of[tight])
    room = np.zeros(len(short), dtype=np.int64)
    on = np.flatnonzero(np.isin(day_of, short))
    np.add.at(room, np.searchsorted(short, day_of[on]), np.minimum(wanted, supply.seats)[on])
    here = p.centre[rows] * days + np.minimum(p.day[rows], days - 1)
    turn = np.minimum(np.searchsorted(short, here), max(len(short) - 1, 0))
    number = np.where(np.append(short, NONE)[turn] == here, turn, NONE)
    run = supply.segment[p.centre[rows], p.product[rows], np.minimum(p.day[rows], days - 1)]
    bucket = (p.centre[rows] * len(problem.products) + p.product[rows]) * days + run
    columns = np.full((2, many, 2), NONE)
    columns[0, who, p.dose[rows] - 1], columns[1, who, p.dose[rows] - 1] = bucket, number
    request = np.zeros(many, dtype=np.int64)
    request[who] = p.request[rows]
    return _Held(np.concatenate([columns[0], columns[1]], axis=1), possible, request), room


def _allowed(problem: Problem, rows: Ints, who: Ints, many: int) -> Bools:
    """Whether some schedule has the promised products and, where both doses are known, their interval."""
    p, q, s = problem.promised, problem.requests, problem.schedules
    request = np.zeros(many, dtype=np.int64)
    request[who] = p.request[rows]
    product, day = np.full((many, 2), NONE), np.full((many, 2), NONE)
    product[who, p.dose[rows] - 1], day[who, p.dose[rows] - 1] = p.product[rows], p.day[rows]
    begun = q.first_product[request] != NONE
    product[begun, 0], day[begun, 0] = q.first_product[request[begun]], q.first_day[request[begun]]
    known = product != NONE
    fits = np.zeros(many, dtype=np.bool_)
    for row in range(len(s)):
        mine = ~known[:, 0] | (product[:, 0] == s.first_product[row])
        mine &= ~known[:, 0] | (day[:, 0] >= s.valid_from[row]) & (day[:, 0] <= s.valid_to[row])
        mine &= ~known[:, 1] | (product[:, 1] == s.second_product[row])
        gap = day[:, 1] - day[:, 0]
        mine &= ~known.all(axis=1) | (gap >= s.min_days[row]) & (gap <= s.max_days[row])
        fits |= mine
    return fits


def _most_kept(supply: Supply, kinds: Ints, many: Ints, seats: Ints, value: Floats) -> Floats | None:
    """How many of each kind (`_Held.columns`) keep everything, so that their value is greatest.

    None where the optimiser gave up.
    """
    model = mathopt.Model(name="kept")
    kept = [model.add_variable(lb=0.0, ub=float(n)) for n in many.tolist()]
    doses = _supply_rows(model, supply)
    room = [model.add_linear_constraint(ub=float(n)) for n in seats.tolist()]
    for variable, (first, second, day_1, day_2) in zip(kept, kinds.tolist(), strict=True):
        for bucket in {first, second} - {NONE}:
            if bucket not in doses:
                variable.upper_bound = 0.0
            else:
                doses[bucket].set_coefficient(variable, float((first == bucket) + (second == bucket)))
        for day in {day_1, day_2} - {NONE}:
            room[day].set_coefficient(variable, float((day_1 == day) + (day_2 == day)))
    model.maximize(mathopt.fast_sum(worth * k for worth, k in zip(value.tolist(), kept, strict=True)))
    result = mathopt.solve(model, mathopt.SolverType.GLOP)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    return np.array(result.variable_values(kept), dtype=np.float64)


def _supply_rows(model: mathopt.Model, supply: Supply) -> dict[int, mathopt.LinearConstraint]:
    """A row for each run of days with lots: what is kept there, and what people outside hold, is drawn."""
    lots, rows = supply.problem.lots, {}
    shape = supply.segment.shape
    theirs = np.zeros(shape)
    where = np.indices(shape)
    np.add.at(theirs, (where[0], where[1], supply.segment), supply.foreign)
    for lot, (low, high) in enumerate(supply.lot_days.tolist()):
        if low >= high or not lots.doses[lot]:
            continue
        given = model.add_linear_constraint(ub=float(lots.doses[lot]))
        centre, product = int(lots.centre[lot]), int(lots.product[lot])
        for run in np.unique(supply.segment[centre, product, low:high]).tolist():
            bucket = (centre * shape[1] + product) * shape[2] + run
            if bucket not in rows:
                rows[bucket] = model.add_linear_constraint(ub=-float(theirs[centre, product, run]))
            use = model.add_variable(lb=0.0)
            given.set_coefficient(use, 1.0)
            rows[bucket].set_coefficient(use, -1.0)
    return rows
