"""The score of a plan, as named terms.

`reward` sees that everybody who can be is vaccinated, and the weight that the urgent come first when doses
are short. `delay` makes the urgent come early, too: protection counts from the first dose. `km` and
`interval` are small on purpose, they choose between plans that protect equally. `moved` and `dropped` keep
promises: a person told two dates has arranged a life around them. `wasted` is the price of a dose drawn from
an opened vial for nobody.
"""

import numpy as np

from solver.contract import NONE, Bools, Floats, Ints, Problem
from solver.measures import great_circle_km


def terms_of(problem: Problem, schedule: Ints, first_slot: Ints, second_slot: Ints) -> dict[str, float]:
    """What earns and what costs; the sum is the score."""
    policy, q = problem.policy, problem.requests
    planned = schedule != NONE
    first, second = planned & (first_slot != NONE), planned & (second_slot != NONE)
    weight = np.where(planned, policy.weights[q.priority], 0.0)
    away = q.first_product != NONE
    day_1 = np.where(first, _day(problem, first_slot), q.first_day)
    begins = np.where(away, _day(problem, second_slot), day_1)
    waited = np.where(planned, begins - np.maximum(q.earliest, 0), 0)
    km = _km(problem, first, first_slot, False).sum() + _km(problem, second, second_slot, True).sum()
    gap = _day(problem, second_slot) - day_1
    off = np.where(second, np.abs(gap - np.append(problem.schedules.ideal_days, 0)[schedule]), 0)
    moved, dropped = disturbed(problem, planned, first_slot, second_slot)
    return {
        "reward": float((weight * policy.reward).sum()),
        "delay": -float((weight * policy.delay_per_day * waited).sum()),
        "km": -policy.km * float(km),
        "interval": -policy.interval_per_day * float(off.sum()),
        "moved": 0.0 - policy.moved * int(moved.sum()),
        "dropped": 0.0 - policy.dropped * int(dropped.sum()),
        "wasted": 0.0 - policy.wasted_dose * wasted_doses(problem, schedule, first_slot, second_slot),
    }


def _day(problem: Problem, slot: Ints) -> Ints:
    """The slot's day; 0 where there is none."""
    if not len(problem.slots):
        return np.zeros(len(slot), dtype=np.int64)
    return np.where(slot != NONE, problem.slots.day[slot], 0)


def _km(problem: Problem, given: Bools, slot: Ints, second: bool) -> Floats:
    """Way to each planned dose, one entry a dose given."""
    rows = np.flatnonzero(given)
    lat, lon = place_of(problem, rows, second)
    centre = problem.slots.centre[slot[rows]]
    return great_circle_km(lat, lon, problem.centres.lat[centre], problem.centres.lon[centre])


def place_of(problem: Problem, rows: Ints, second: bool) -> tuple[Floats, Floats]:
    """From where these requests travel to the dose."""
    q = problem.requests
    lat, lon = q.lat[rows], q.lon[rows]
    if not second:
        return lat, lon
    other = ~np.isnan(q.second_lat[rows])
    return np.where(other, q.second_lat[rows], lat), np.where(other, q.second_lon[rows], lon)


def disturbed(problem: Problem, planned: Bools, first_slot: Ints, second_slot: Ints) -> tuple[Bools, Bools]:
    """Promised appointments (by row) that the plan moves, and requests that it drops."""
    p, slots = problem.promised, problem.slots
    ours = p.request != NONE
    request = np.where(ours, p.request, 0)
    dropped = np.zeros(len(problem.requests), dtype=np.bool_)
    dropped[request[ours]] = True
    dropped &= ~planned
    slot = np.where(p.dose == 1, _take(first_slot, request), _take(second_slot, request))
    stays = ours & (slot != NONE) & _take(planned, request)
    at = np.where(stays, slot, 0)
    same = np.zeros(len(p), dtype=np.bool_)
    if len(slots):
        same = (slots.centre[at] == p.centre) & (slots.day[at] == p.day) & (slots.minute[at] == p.minute)
    return stays & ~same, dropped


def _take(column: Ints | Bools, rows: Ints) -> Ints:
    return np.asarray(column[rows]) if len(column) else np.full(len(rows), NONE)


def doses_used(problem: Problem, schedule: Ints, first_slot: Ints, second_slot: Ints) -> Ints:
    """Doses by centre, product and day, those of people outside the problem included."""
    slots, s, p = problem.slots, problem.schedules, problem.promised
    others = (p.request == NONE) & (p.day >= 0)
    days = max(problem.policy.days, int(p.day[others].max(initial=0)) + 1)
    used = np.zeros((len(problem.centres), len(problem.products), days), dtype=np.int64)
    for slot_of, product in ((first_slot, s.first_product), (second_slot, s.second_product)):
        rows = np.flatnonzero((schedule != NONE) & (slot_of != NONE))
        rows = rows[product[schedule[rows]] != NONE]
        at = slot_of[rows]
        inside = (slots.day[at] >= 0) & (slots.day[at] < days)
        rows, at = rows[inside], at[inside]
        np.add.at(used, (slots.centre[at], product[schedule[rows]], slots.day[at]), 1)
    np.add.at(used, (p.centre[others], p.product[others], p.day[others]), 1)
    return used


def wasted_doses(problem: Problem, schedule: Ints, first_slot: Ints, second_slot: Ints) -> int:
    """Doses left in opened vials at the end of each day."""
    used = doses_used(problem, schedule, first_slot, second_slot)
    return int((-used % problem.products.doses_per_vial[None, :, None]).sum())
