"""Every way in which a unit can be served, but for the days: schedule, and a centre a dose.

A route leaves the days open, so that a million people have a few million routes and not billions of options.
"""

from dataclasses import dataclass

import numpy as np

from solver.classes import Promises, Units, promises_of
from solver.contract import NONE, Bools, Floats, Ints, Problem
from solver.measures import great_circle_km
from solver.objective import place_of
from solver.pins import REACH_TOLERANCE_KM

CHUNK = 20_000
SINGLE, SECOND, PAIR = 0, 1, 2
"""Kinds of route: one dose completes it; only the second is owed; both are planned."""


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """Sorted by schedule, then those that owe a first dose before those that do not, then by unit."""

    unit: Ints
    schedule: Ints
    first_centre: Ints
    second_centre: Ints
    worth: Floats
    """What the unit earns on this route before delay, interval and moves: reward less kilometres."""

    def __len__(self) -> int:
        return len(self.unit)

    def where(self, keep: Bools) -> "Routes":
        centres = self.first_centre[keep], self.second_centre[keep]
        return Routes(self.unit[keep], self.schedule[keep], *centres, self.worth[keep])


def reach_of(problem: Problem, units: Units, second: bool) -> tuple[Ints, Ints, Floats]:
    """Unit, centre and km wherever the centre is near enough, with wheelchair access where it is asked."""
    found: list[tuple[Ints, Ints, Floats]] = []
    c, q = problem.centres, problem.requests
    for low in range(0, len(units), CHUNK):
        rows = units.head[low : low + CHUNK]
        lat, lon = place_of(problem, rows, second)
        km = great_circle_km(lat[:, None], lon[:, None], c.lat, c.lon)
        near = km <= q.max_km[rows][:, None] + REACH_TOLERANCE_KM
        near &= c.wheelchair | ~units.wheelchair[low : low + CHUNK, None]
        unit, centre = np.nonzero(near)
        found.append((unit + low, centre, km[unit, centre]))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def routes_of(problem: Problem, units: Units) -> Routes:
    """All routes that keep the rules on ages, products, reach, wheelchairs and pinned centres."""
    q, s = problem.requests, problem.schedules
    begun = q.first_product[units.head] != NONE
    elsewhere = ~np.isnan(q.second_lat[units.head]) & ~begun
    near = reach_of(problem, units, False)
    near_2 = reach_of(problem, units, True)
    pair = s.second_product != NONE
    none = np.full(0, NONE)
    first = _take(near, ~begun[near[0]])
    parts = [
        _with_schedules(units.allowed & ~pair, first[0], first[1], none, first[2]),
        _with_schedules(units.allowed & pair, *_same_centre(_take(first, ~elsewhere[first[0]]))),
        _with_schedules(units.allowed & pair, *_two_places(first, near_2, elsewhere)),
    ]
    second = _take(near_2, begun[near_2[0]])
    parts.append(_with_schedules(units.allowed & pair, second[0], none, second[1], second[2]))
    unit, schedule, c1, c2 = (np.concatenate([part[i] for part in parts]) for i in range(4))
    km = np.concatenate([part[4] for part in parts])
    worth = units.weight[unit] * problem.policy.reward - problem.policy.km * units.size[unit] * km
    order = np.lexsort((c2, c1, unit, c1 == NONE, schedule))
    routes = Routes(unit[order], schedule[order], c1[order], c2[order], worth[order])
    return routes.where(_keeps_pins(problem, routes, promises_of(problem, units)))


def _take(reach: tuple[Ints, Ints, Floats], keep: Bools) -> tuple[Ints, Ints, Floats]:
    return reach[0][keep], reach[1][keep], reach[2][keep]


def _same_centre(reach: tuple[Ints, Ints, Floats]) -> tuple[Ints, Ints, Ints, Floats]:
    unit, centre, km = reach
    return unit, centre, centre, 2 * km


def _two_places(
    first: tuple[Ints, Ints, Floats], second: tuple[Ints, Ints, Floats], elsewhere: Bools
) -> tuple[Ints, Ints, Ints, Floats]:
    """Each first centre with each second centre, for those who gave a second place."""
    first, second = _take(first, elsewhere[first[0]]), _take(second, elsewhere[second[0]])
    low = np.searchsorted(second[0], first[0], "left")
    n = np.searchsorted(second[0], first[0], "right") - low
    i = np.repeat(np.arange(len(first[0])), n)
    j = np.repeat(low, n) + np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    return first[0][i], first[1][i], second[1][j], first[2][i] + second[2][j]


def _with_schedules(
    allowed: Bools, unit: Ints, c1: Ints, c2: Ints, km: Floats
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Each place with each schedule that the unit may have."""
    i, schedule = np.nonzero(allowed[unit])
    nowhere = np.full(len(unit), NONE)
    c1, c2 = (c if len(c) == len(unit) else nowhere for c in (c1, c2))
    return unit[i], schedule, c1[i], c2[i], km[i]


def _keeps_pins(problem: Problem, routes: Routes, promises: Promises) -> Bools:
    """Whether centre and product are those of the unit's pinned appointments."""
    s = problem.schedules
    keep = np.ones(len(routes), dtype=np.bool_)
    for i in np.flatnonzero(promises.pinned):
        mine = routes.unit == promises.unit[i]
        first = promises.dose[i] == 1
        centre = routes.first_centre if first else routes.second_centre
        product = (s.first_product if first else s.second_product)[routes.schedule]
        keep &= ~mine | ((centre == promises.centre[i]) & (product == promises.product[i]))
    return keep
