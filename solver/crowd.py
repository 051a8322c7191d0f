"""The units of a problem laid out for compiled loops: who may have what, where and when.

A million people near forty centres have a hundred million routes, so routes are never listed: a unit keeps
its centres with their distances, and the loops go through its schedules and days when they are asked to.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.classes import Bytes, Promises, Units, promises_of
from solver.contract import ALWAYS, NONE, Bools, Floats, Ints, Problem
from solver.loops.reach import reach
from solver.objective import place_of
from solver.pins import REACH_TOLERANCE_KM, slot_rows
from solver.supply import Supply

HABITS = 16
"""So many weeks get floors of their own; everybody else goes by one that allows more."""
Reach: TypeAlias = tuple[Ints, NDArray[np.int32], Floats]


class Crowd(NamedTuple):
    """One row a unit; ragged columns are cut by their `…_at`."""

    size: Ints
    weight: Floats
    worth: Floats
    """Reward of all members together."""
    earliest: Ints
    bands: Bytes
    """Unit × day: bit b is set where the unit can come in band b (uint8)."""
    habit: Ints
    """A row of `Rules.habits` that allows all that the unit's own week does."""
    ways: Ints
    """Which set of schedules the unit may have (row of `Rules.way_at`)."""
    begun: Bools
    """Its first dose was given elsewhere."""
    first_day: Ints
    elsewhere: Bools
    """Its second dose is sought from another place."""
    near_at: Ints
    near_centre: NDArray[np.int32]
    near_km: Floats
    """Centres for the first dose that the plan owes, the nearest first."""
    far_at: Ints
    far_centre: NDArray[np.int32]
    far_km: Floats
    """Centres for the second dose of those with another place; nobody else has any."""
    least: Floats
    """What leaving the unit out costs (negative gain); -inf where it must be planned."""
    promise_at: Ints
    promise_dose: Ints
    promise_centre: Ints
    promise_day: Ints
    promise_pinned: Bools
    promise_slot: Ints
    """Row of the slot among those inside the horizon (see `inside_slots`); -1 where there is no such slot."""
    promise_request: Ints


class Rules(NamedTuple):
    """Schedules inside the horizon, the sets of them that people may have, and the prices of the policy."""

    first_product: Ints
    second_product: Ints
    valid_from: Ints
    valid_to: Ints
    min_days: Ints
    ideal_days: Ints
    max_days: Ints
    way_at: Ints
    way_schedule: Ints
    delay: float
    km: float
    interval: float
    moved: float
    habits: Bytes
    """Habit × day: the bands in which people of that habit can come; the first can always come."""
    together: Ints
    """Centre × day × set of bands: the most seats within half an hour."""


def crowd_of(problem: Problem, units: Units, supply: Supply) -> tuple[Crowd, Rules]:
    """The problem's units and rules, in the units' order."""
    q, policy, s = problem.requests, problem.policy, problem.schedules
    begun = q.first_product[units.head] != NONE
    elsewhere = ~np.isnan(q.second_lat[units.head]) & ~begun
    sets, ways = _sets_of_schedules(units.allowed)
    way_at = np.concatenate([[0], np.cumsum(sets.sum(axis=1))]).astype(np.int64)
    habits, habit = _habits(problem, units)
    near = _reach(problem, units, np.arange(len(units)), begun)
    far = _reach(problem, units, np.flatnonzero(elsewhere), np.ones(int(elsewhere.sum()), dtype=np.bool_))
    p = promises_of(problem, units)
    order = np.argsort(p.unit, kind="stable")
    promise_at = np.searchsorted(p.unit[order], np.arange(len(units) + 1))
    crowd = Crowd(
        units.size, units.weight, units.weight * policy.reward, units.earliest, units.bands,
        habit, ways, begun, q.first_day[units.head], elsewhere, *near, *far,
        np.where(units.held, -np.inf, -units.drop_price), promise_at.astype(np.int64),
        p.dose[order], p.centre[order], p.day[order], p.pinned[order],
        _promised_slots(problem, p)[order], p.request[order],
    )  # fmt: skip
    clipped = np.maximum(s.valid_from, 0), np.minimum(s.valid_to, policy.days - 1)
    # as floats, whatever the caller gave: another type would compile every loop again
    delay, km, interval, moved = map(
        float, (policy.delay_per_day, policy.km, policy.interval_per_day, policy.moved)
    )
    rules = Rules(
        s.first_product, s.second_product, *clipped, s.min_days, s.ideal_days, s.max_days, way_at,
        np.nonzero(sets)[1].astype(np.int64), delay, km, interval, moved, habits, supply.together,
    )  # fmt: skip
    return crowd, rules


def _sets_of_schedules(allowed: Bools) -> tuple[Bools, Ints]:
    """The different sets of schedules, and which of them each unit has."""
    packed = np.packbits(allowed, axis=1)
    columns = [packed[:, i].astype(np.int64) for i in range(packed.shape[1])]
    ways = np.zeros(len(allowed), dtype=np.int64)
    for column in columns:
        ways = np.unique(ways * 256 + column, return_inverse=True)[1].reshape(-1)
    first = np.unique(ways, return_index=True)[1]
    return allowed[first], ways


def _habits(problem: Problem, units: Units) -> tuple[Bytes, Ints]:
    """The commonest weeks, day by day, and for each unit one that allows all that its own does."""
    week = problem.requests.availability[units.head]
    weeks, turn, many = np.unique(week, return_inverse=True, return_counts=True)
    common = np.concatenate([[ALWAYS], weeks[np.argsort(-many, kind="stable")][: HABITS - 1]])
    room = np.array([int(w).bit_count() for w in common.tolist()])
    inside = (weeks[:, None] & ~common[None, :]) == 0
    best = np.where(inside, room, 99).argmin(axis=1)
    day = (problem.policy.first_weekday + np.arange(problem.policy.days)) % 7
    habits = (common[:, None] >> (3 * day) & 7).astype(np.uint8)
    return habits, best[turn.reshape(-1)].astype(np.int64)


def inside_slots(problem: Problem) -> Ints:
    """Rows of the slots inside the horizon, in their order: by centre, day and minute."""
    day = problem.slots.day
    return np.flatnonzero((day >= 0) & (day < problem.policy.days))


def _promised_slots(problem: Problem, p: Promises) -> Ints:
    """Where each promise stands among the slots inside the horizon."""
    turn = np.full(len(problem.slots) + 1, NONE)
    rows = inside_slots(problem)
    turn[rows] = np.arange(len(rows))
    return np.asarray(turn[slot_rows(problem, p.centre, p.day, p.minute)])


def _reach(problem: Problem, units: Units, rows: Ints, second: Bools) -> Reach:
    """Centres near enough to each unit, the nearest first; units that are not in `rows` have none."""
    c, q, head = problem.centres, problem.requests, units.head[rows]
    home, away = place_of(problem, head, False), place_of(problem, head, True)
    lat, lon = (np.where(second, b, a) for a, b in zip(home, away, strict=True))
    limit = q.max_km[head] + REACH_TOLERANCE_KM
    asked = np.radians(np.stack([lat, lon])), np.radians(np.stack([c.lat, c.lon])), limit
    wheels = units.wheelchair[rows], c.wheelchair
    at, nobody = np.zeros(len(rows) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)
    reach(*asked, *wheels, at, nobody, np.zeros(0))
    centre, far = np.zeros(at[-1], dtype=np.int32), np.zeros(at[-1])
    if at[-1]:
        reach(*asked, *wheels, at, centre, far)
    of_all = np.zeros(len(units) + 1, dtype=np.int64)
    of_all[rows + 1] = np.diff(at)
    return np.cumsum(of_all), centre, far
