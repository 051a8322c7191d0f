"""Pinned appointments: whether all of them can be kept, and if not, which cannot. Numpy only."""

import numpy as np

from solver.contract import NONE, Bools, Fault, Ints, Problem
from solver.measures import band_of, great_circle_km
from solver.objective import place_of
from solver.pin_units import unit_faults
from solver.vials import vials_short

REACH_TOLERANCE_KM = 1e-6


def slot_rows(problem: Problem, centre: Ints, day: Ints, minute: Ints) -> Ints:
    """Row of the slot at each place and time; NONE where there is none."""
    z = problem.slots
    if not len(z):
        return np.full(len(centre), NONE)
    low, high = min(int(z.day.min()), int(day.min(initial=0))), max(int(z.day.max()), int(day.max(initial=0)))
    span = high - low + 1

    def key(c: Ints, d: Ints, m: Ints) -> Ints:
        return np.asarray((c * span + (d - low)) * (24 * 60 + 1) + m)

    keys, wanted = key(z.centre, z.day, z.minute), key(centre, day, minute)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, NONE)


def pin_faults(problem: Problem) -> list[Fault]:
    """Every pinned appointment from the planning start on that cannot stand as it is."""
    p = problem.promised
    held = np.flatnonzero(p.pinned & (p.day >= 0))
    slot = slot_rows(problem, p.centre[held], p.day[held], p.minute[held])
    faults = [_fault(row, "start", "no_slot", "there is no such slot") for row in held[slot == NONE]]
    rows, slot = held[slot != NONE], slot[slot != NONE]
    taken = np.bincount(slot, minlength=len(problem.slots))
    full = taken[slot] > problem.slots.seats[slot]
    faults += [
        _fault(row, "start", "no_seat", "more are pinned to this slot than it has seats")
        for row in rows[full]
    ]
    used = np.zeros(
        (len(problem.centres), len(problem.products), int(p.day[held].max(initial=0)) + 1), dtype=np.int64
    )
    np.add.at(used, (p.centre[held], p.product[held], p.day[held]), 1)
    for centre, product, day in vials_short(problem, used):
        mine = held[(p.centre[held] == centre) & (p.product[held] == product) & (p.day[held] == day)]
        faults += [
            _fault(row, "product", "no_dose", "there are too few doses for the pinned") for row in mine
        ]
    ours = held[p.request[held] != NONE]
    return faults + _personal(problem, ours) + unit_faults(problem, ours)


def _fault(row: int, column: str, code: str, words: str) -> Fault:
    return Fault("promised", int(row), column, code, words)


def _personal(problem: Problem, rows: Ints) -> list[Fault]:
    """Pins that break their own person's rules."""
    p, q, policy = problem.promised, problem.requests, problem.policy
    who, day = p.request[rows], p.day[rows]
    band = 3 * ((policy.first_weekday + day) % 7) + band_of(p.minute[rows])
    lat, lon = place_of(problem, who, False)
    lat2, lon2 = place_of(problem, who, True)
    second = p.dose[rows] == 2
    c = p.centre[rows]
    km = great_circle_km(
        np.where(second, lat2, lat),
        np.where(second, lon2, lon),
        problem.centres.lat[c],
        problem.centres.lon[c],
    )
    tests: list[tuple[Bools, str, str, str]] = [
        (day >= policy.days, "date", "horizon", "lies beyond the horizon"),
        (day < q.earliest[who], "date", "earliest", "lies before the person can come"),
        (q.availability[who] >> band & 1 == 0, "start", "availability", "is when the person cannot come"),
        (away_on(problem, who, day), "date", "unavailable", "is a day on which the person cannot come"),
        (km > q.max_km[who] + REACH_TOLERANCE_KM, "centre", "reach", "is farther than the person travels"),
        (
            q.wheelchair[who] & ~problem.centres.wheelchair[c],
            "centre",
            "wheelchair",
            "has no wheelchair access",
        ),
        (q.products[who] >> p.product[rows] & 1 == 0, "product", "product", "is not accepted by the person"),
        ((q.first_product[who] != NONE) & ~second, "dose", "given", "the first dose was given elsewhere"),
    ]
    return [
        _fault(row, column, code, words)
        for bad, column, code, words in tests
        for row in rows[np.asarray(bad, bool)]
    ]


def away_on(problem: Problem, request: Ints, day: Ints) -> Bools:
    """Whether each request has said that it cannot come on that day."""
    q = problem.requests
    if not len(q.unavailable_days):
        return np.zeros(len(request), dtype=np.bool_)
    at, end = q.unavailable_at[request], q.unavailable_at[request + 1]
    away = np.zeros(len(request), dtype=np.bool_)
    # Few people name many days, so each step looks at fewer of them.
    rows = np.flatnonzero(at < end)
    while len(rows):
        away[rows] = q.unavailable_days[at[rows]] == day[rows]
        at[rows] += 1
        rows = rows[~away[rows] & (at[rows] < end[rows])]
    return away
