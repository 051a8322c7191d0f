"""Judges a problem and a plan without the engine: every rule of the planning format, one function each.

Numpy only, so that the web can judge what a planner hands back without loading an optimiser.
"""

from dataclasses import dataclass

import numpy as np

from solver.contract import HOUSEHOLD_MINUTES, NONE, Bools, Ints, Plan, Problem
from solver.faults import check_problem, validated
from solver.measures import band_of, great_circle_km
from solver.objective import doses_used, place_of, terms_of
from solver.pins import REACH_TOLERANCE_KM, away_on, slot_rows
from solver.vials import vials_short

__all__ = ["Breach", "broken_rules", "check_problem", "validated"]
SCORE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that the plan breaks, how often, and the first rows of the rule's table that show it."""

    rule: str
    table: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Doses:
    """One row a planned dose."""

    request: Ints
    dose: Ints
    schedule: Ints
    slot: Ints
    centre: Ints
    day: Ints
    minute: Ints
    product: Ints


def broken_rules(problem: Problem, plan: Plan) -> list[Breach]:
    """Every rule that the plan breaks; empty where the plan may be kept."""
    found: list[Breach] = []

    def breach(rule: str, rows: Ints, table: str = "requests") -> None:
        if len(rows):
            found.append(Breach(rule, table, len(rows), _first_rows(rows)))

    breach("shape", _out_of_range(problem, plan))
    if found:
        return found
    doses = _doses(problem, plan)
    breach("capacity", _overfull(problem, doses), "slots")
    breach("stock", _short_of_vials(problem, plan), "centres")
    _pair_rules(problem, plan, breach)
    _schedule_rules(problem, plan, doses, breach)
    _presence_rules(problem, doses, breach)
    breach("same_centre", _at_two_centres(problem, plan))
    breach("household", _apart(problem, plan))
    breach("pinned", _unpinned(problem, plan), "promised")
    _claims(problem, plan, breach)
    return found


def _first_rows(rows: Ints) -> tuple[int, ...]:
    """The twenty lowest row numbers, each once."""
    ordered = np.sort(rows)
    return tuple(ordered[np.diff(ordered, prepend=NONE) != 0][:20].tolist())


def _out_of_range(problem: Problem, plan: Plan) -> Ints:
    n = len(problem.requests)
    columns = (plan.schedule, plan.first_slot, plan.second_slot)
    if any(len(column) != n for column in columns):
        return np.arange(max(n, 1))
    limits = (len(problem.schedules), len(problem.slots), len(problem.slots))
    bad = np.zeros(n, dtype=np.bool_)
    for column, many in zip(columns, limits, strict=True):
        bad |= (column < NONE) | (column >= many)
    return np.flatnonzero(bad)


def _doses(problem: Problem, plan: Plan) -> _Doses:
    z, s = problem.slots, problem.schedules
    first, second = np.flatnonzero(plan.first_slot != NONE), np.flatnonzero(plan.second_slot != NONE)
    request = np.concatenate([first, second])
    dose = np.repeat([1, 2], [len(first), len(second)])
    slot = np.concatenate([plan.first_slot[first], plan.second_slot[second]])
    schedule = plan.schedule[request]
    product = (
        np.where(dose == 1, s.first_product[schedule], s.second_product[schedule]) if len(s) else schedule
    )
    return _Doses(request, dose, schedule, slot, z.centre[slot], z.day[slot], z.minute[slot], product)


def _overfull(problem: Problem, doses: _Doses) -> Ints:
    """Rule 1: no slot holds more persons than its seats."""
    p = problem.promised
    others = (p.request == NONE) & (p.day >= 0)
    theirs = slot_rows(problem, p.centre[others], p.day[others], p.minute[others])
    taken = np.bincount(np.concatenate([doses.slot, theirs[theirs != NONE]]), minlength=len(problem.slots))
    return np.flatnonzero(taken > problem.slots.seats)


def _short_of_vials(problem: Problem, plan: Plan) -> Ints:
    """Rule 2: the days' use in whole vials can be drawn from the lots inside their dates."""
    used = doses_used(problem, plan.schedule, plan.first_slot, plan.second_slot)
    return np.array([centre for centre, _, _ in vials_short(problem, used)], dtype=np.int64)


def _pair_rules(problem: Problem, plan: Plan, breach) -> None:  # type: ignore[no-untyped-def]
    """Rule 3: nobody gets a half, and the interval holds."""
    s, z, q = problem.schedules, problem.slots, problem.requests
    planned = plan.schedule != NONE
    has_first, has_second = plan.first_slot != NONE, plan.second_slot != NONE
    given = q.first_product != NONE
    second = np.append(s.second_product, NONE)[plan.schedule] != NONE
    halved = (
        (has_first != (planned & ~given)) | (has_second != (planned & second)) | (planned & given & ~second)
    )
    breach("pair", np.flatnonzero(halved))
    rows = np.flatnonzero(planned & ~halved & second)
    day_1 = np.where(given[rows], q.first_day[rows], z.day[plan.first_slot[rows]])
    gap, of = z.day[plan.second_slot[rows]] - day_1, plan.schedule[rows]
    breach("interval", rows[(gap < s.min_days[of]) | (gap > s.max_days[of])])


def _schedule_rules(problem: Problem, plan: Plan, doses: _Doses, breach) -> None:  # type: ignore[no-untyped-def]
    """Rule 4: the schedule's ages and validity hold, its products are accepted."""
    s, q = problem.schedules, problem.requests
    rows = np.flatnonzero(plan.schedule != NONE)
    of, given = plan.schedule[rows], q.first_product[rows]
    breach("age", rows[(q.age[rows] < s.min_age[of]) | (q.age[rows] > s.max_age[of])])
    breach("first_product", rows[(given != NONE) & (given != s.first_product[of])])
    begun = np.append(problem.slots.day, 0)[plan.first_slot[rows]]
    day_1 = np.where(given != NONE, q.first_day[rows], begun)
    breach("validity", rows[(day_1 < s.valid_from[of]) | (day_1 > s.valid_to[of])])
    known = doses.product != NONE
    refused = q.products[doses.request[known]] >> doses.product[known] & 1 == 0
    breach("product", doses.request[known][refused])


def _presence_rules(problem: Problem, doses: _Doses, breach) -> None:  # type: ignore[no-untyped-def]
    """Rule 5: in the horizon, when the person can come and where the person can go."""
    policy, q, c = problem.policy, problem.requests, problem.centres
    who = doses.request
    breach("horizon", who[(doses.day < 0) | (doses.day >= policy.days)])
    breach("earliest", who[doses.day < q.earliest[who]])
    band = 3 * ((policy.first_weekday + doses.day) % 7) + band_of(doses.minute)
    breach("availability", who[q.availability[who] >> band & 1 == 0])
    breach("unavailable_date", who[away_on(problem, who, doses.day)])
    lat, lon = place_of(problem, who, False)
    lat2, lon2 = place_of(problem, who, True)
    second = doses.dose == 2
    from_lat, from_lon = np.where(second, lat2, lat), np.where(second, lon2, lon)
    km = great_circle_km(from_lat, from_lon, c.lat[doses.centre], c.lon[doses.centre])
    breach("reach", who[km > q.max_km[who] + REACH_TOLERANCE_KM])
    breach("wheelchair", who[q.wheelchair[who] & ~c.wheelchair[doses.centre]])


def _at_two_centres(problem: Problem, plan: Plan) -> Ints:
    """Rule 5, its end: both doses at one centre, but for those who gave a second place."""
    q, z = problem.requests, problem.slots
    both = (plan.first_slot != NONE) & (plan.second_slot != NONE) & np.isnan(q.second_lat)
    rows: Ints = np.flatnonzero(both)
    return np.asarray(rows[z.centre[plan.first_slot[rows]] != z.centre[plan.second_slot[rows]]])


def _apart(problem: Problem, plan: Plan) -> Ints:
    """Rule 6: a household whole or not, on one schedule, at one centre and day, within half an hour."""
    q, z = problem.requests, problem.slots
    rows = np.flatnonzero(q.household != NONE)
    rows = rows[np.argsort(q.household[rows], kind="stable")]
    if not len(rows):
        return rows
    start = np.flatnonzero(np.concatenate([[True], np.diff(q.household[rows]) != 0]))
    bad = _spread(plan.schedule[rows], start) > 0
    for slot_of in (plan.first_slot, plan.second_slot):
        given, slot = slot_of[rows] != NONE, np.maximum(slot_of[rows], 0)
        bad |= _spread(given.astype(np.int64), start) > 0
        columns = ((z.centre, 0), (z.day, 0), (z.minute, HOUSEHOLD_MINUTES)) if len(z) else ()
        for column, most in columns:
            bad |= _spread(np.where(given, column[slot], 0), start) > most
    return rows[start[bad]]


def _spread(values: Ints, start: Ints) -> Ints:
    return np.asarray(np.maximum.reduceat(values, start) - np.minimum.reduceat(values, start))


def _unpinned(problem: Problem, plan: Plan) -> Ints:
    """Rule 7: pinned appointments stand as they are. Those before the planning start are history."""
    p, s = problem.promised, problem.schedules
    rows = np.flatnonzero(p.pinned & (p.request != NONE) & (p.day >= 0))
    if not len(s):
        return rows
    who, first = p.request[rows], p.dose[rows] == 1
    slot = slot_rows(problem, p.centre[rows], p.day[rows], p.minute[rows])
    mine = np.where(first, plan.first_slot[who], plan.second_slot[who])
    of = plan.schedule[who]
    product = np.where(first, s.first_product[of], s.second_product[of])
    kept: Bools = (of != NONE) & (slot != NONE) & (slot == mine) & (product == p.product[rows])
    return rows[~kept]


def _claims(problem: Problem, plan: Plan, breach) -> None:  # type: ignore[no-untyped-def]
    """What the plan says of itself: its score is what it earns, and its bound is not below it."""
    score = sum(terms_of(problem, plan.schedule, plan.first_slot, plan.second_slot).values())
    slack = SCORE_TOLERANCE * max(1.0, abs(score))
    breach("score", np.flatnonzero([abs(plan.score - score) > slack]), "plan")
    breach("bound", np.flatnonzero([not plan.bound >= score - slack]), "plan")
