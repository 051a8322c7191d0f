"""A race for places: one unit after the other takes the soonest that the nearest centre still has.

Nothing is weighed and nobody makes room. What is gone for everybody is remembered (`Live`), so that those who
come late need not look at every day of every centre again.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.contract import Bools
from solver.loops.choice import disturbance
from solver.loops.compiled import compiled, compiled_within
from solver.loops.placing import FIRST, SECOND, free_dose, seat_dose

ASK = -2


class Live(NamedTuple):
    """Days on which there is still something for somebody; what has ended once has ended for good."""

    later: Bools
    """Centre × schedule × first day: a second dose may be left."""
    skip: NDArray[np.int32]
    """Centre × set of schedules × day: a day from which on to look, this one or a later one."""
    ends: NDArray[np.int32]
    """Schedule × first day: scratch, when one unit with a second place would end; ASK where not known."""


@compiled
def race(stand, crowd, rules, live, order):
    """Place these units, one after the other; a promise is kept whole if it can be, or else its start."""
    for i in range(len(order)):
        u = order[i]
        if stand.option[u, 0] >= 0:
            continue
        tries = 2 if crowd.promise_at[u + 1] > crowd.promise_at[u] else 0
        while tries >= 0 and not enter_race(stand, crowd, rules, live, u, tries):
            tries -= 1


@compiled_within
def enter_race(stand, crowd, rules, live, u, strict):
    """Place one unit; 2: no appointment may move, 1: none of the first dose, 0: only pinned ones stay."""
    if crowd.elsewhere[u]:
        live.ends[:] = ASK
    for i in range(crowd.near_at[u], crowd.near_at[u + 1]):
        c = np.int64(crowd.near_centre[i])
        if crowd.begun[u]:
            if only_second(stand, crowd, rules, u, c, strict):
                return True
        elif at_nearest(stand, crowd, rules, live, u, c, strict):
            return True
    return False


@compiled_within
def admits(stand, crowd, rules, u, k, c, d, strict):
    """Whether the unit may come for this dose and finds a seat."""
    bands = crowd.bands[u, d]
    if bands == 0 or stand.seat[c, d, bands] == np.inf:
        return False
    if crowd.size[u] > 1 and rules.together[c, d, bands] < crowd.size[u]:
        return False
    most = 0.0 if strict > k else np.finfo(np.float64).max
    return disturbance(crowd, rules, u, k + 1, c, d) <= most


@compiled_within
def only_second(stand, crowd, rules, u, c, strict):
    """The soonest second dose of a unit whose first was given elsewhere, at this centre."""
    k, dose = crowd.ways[u], np.int64(SECOND)
    for d in range(crowd.earliest[u], crowd.bands.shape[1]):
        gap = d - crowd.first_day[u]
        for j in range(rules.way_at[k], rules.way_at[k + 1]):
            s = rules.way_schedule[j]
            p = rules.second_product[s]
            if gap < rules.min_days[s] or gap > rules.max_days[s] or stand.dose[c, p, d] == np.inf:
                continue
            if admits(stand, crowd, rules, u, dose, c, d, strict) and seat_dose(
                stand, crowd, u, dose, c, p, d
            ):
                stand.option[u, 0], stand.option[u, 3], stand.option[u, 4] = s, c, d
                return True
    return False


@compiled_within
def at_nearest(stand, crowd, rules, live, u, c, strict):
    """The soonest first dose at this centre that can be completed, and the soonest second after it."""
    days, k, d = crowd.bands.shape[1], crowd.ways[u], crowd.earliest[u]
    while True:
        if not crowd.elsewhere[u]:  # the others may end at another centre
            d = next_day(live.skip[c, k], d)
        if d >= days:
            return False
        if admits(stand, crowd, rules, u, np.int64(FIRST), c, d, strict) and on_day(
            stand, crowd, rules, live, u, c, d, strict
        ):
            return True
        if not crowd.elsewhere[u] and not stays_open(stand, rules, live, c, k, d):
            live.skip[c, k, d] = d + 1
        d += 1


@compiled_within
def next_day(skip, d):
    """The next day, this one included, on which there may be something; paths are shortened on the way."""
    end = d
    while end < len(skip) and skip[end] != end:
        end = skip[end]
    while d < end:
        after = skip[d]
        skip[d] = end
        d = after
    return end


@compiled_within
def stays_open(stand, rules, live, c, k, d):
    """Whether anybody with these schedules could still begin that day and end at the same centre."""
    if stand.seat[c, d, 7] == np.inf:
        return False
    for j in range(rules.way_at[k], rules.way_at[k + 1]):
        s = rules.way_schedule[j]
        begins = rules.valid_from[s] <= d <= rules.valid_to[s]
        begins = begins and stand.dose[c, rules.first_product[s], d] < np.inf
        if begins and (rules.second_product[s] < 0 or live.later[c, s, d]):
            return True
    return False


@compiled_within
def on_day(stand, crowd, rules, live, u, c, d, strict):
    """Begin that day, on the schedule that ends soonest and can be completed; False where none can."""
    k = crowd.ways[u]
    tried = (np.int64(-1), np.int64(-1))
    for _ in range(rules.way_at[k], rules.way_at[k + 1]):
        best = (np.int64(1 << 30), np.int64(-1))
        for j in range(rules.way_at[k], rules.way_at[k + 1]):
            s = rules.way_schedule[j]
            if not rules.valid_from[s] <= d <= rules.valid_to[s]:
                continue
            if stand.dose[c, rules.first_product[s], d] == np.inf:
                continue
            end = ends_at(stand, crowd, rules, live, u, s, c, d, strict)
            if end >= 0 and tried < (end, s) < best:
                best = (end, s)
        if best[1] < 0:
            return False
        if take(stand, crowd, rules, u, best[1], c, d, strict):
            return True
        tried = best
    return False


@compiled_within
def ends_at(stand, crowd, rules, live, u, s, c, d, strict):
    """Day of the last dose, if the first is given there and then; -1 where it cannot be ended."""
    if rules.second_product[s] < 0:
        return d
    if not crowd.elsewhere[u]:
        return soonest(stand, crowd, rules, live, u, s, c, d, strict)
    if live.ends[s, d] == ASK:
        live.ends[s, d] = -1
        for i in range(crowd.far_at[u], crowd.far_at[u + 1]):
            end = soonest(stand, crowd, rules, live, u, s, np.int64(crowd.far_centre[i]), d, strict)
            if end >= 0:
                live.ends[s, d] = end
                break
    return np.int64(live.ends[s, d])


@compiled_within
def soonest(stand, crowd, rules, live, u, s, c, d, strict):
    """The first day of the interval on which the unit finds a second dose at centre c; -1 where none is."""
    if not live.later[c, s, d]:
        return -1
    p, some = rules.second_product[s], False
    for g in range(rules.min_days[s], min(rules.max_days[s], crowd.bands.shape[1] - 1 - d) + 1):
        if stand.dose[c, p, d + g] < np.inf and stand.seat[c, d + g, 7] < np.inf:
            some = True
            if admits(stand, crowd, rules, u, np.int64(SECOND), c, d + g, strict):
                return d + g
    live.later[c, s, d] = some
    return -1


@compiled_within
def take(stand, crowd, rules, u, s, c, d, strict):
    """Seat the unit: first dose that day, the second at the nearest centre that then has one."""
    first = np.int64(FIRST)
    if not seat_dose(stand, crowd, u, first, c, rules.first_product[s], d):
        return False
    stand.option[u, 0], stand.option[u, 1], stand.option[u, 2] = s, c, d
    if rules.second_product[s] < 0:
        return True
    low, high = np.int64(0), np.int64(1)
    if crowd.elsewhere[u]:
        low, high = crowd.far_at[u], crowd.far_at[u + 1]
    for i in range(low, high):
        there = np.int64(crowd.far_centre[i]) if crowd.elsewhere[u] else c
        if take_second(stand, crowd, rules, u, s, there, d, strict):
            return True
    free_dose(stand, crowd, u, first, c, rules.first_product[s], d)
    stand.option[u, :] = -1
    return False


@compiled_within
def take_second(stand, crowd, rules, u, s, c, d, strict):
    """Seat the unit for its second dose at this centre, on the soonest day that fits."""
    second, p = np.int64(SECOND), rules.second_product[s]
    for g in range(rules.min_days[s], min(rules.max_days[s], crowd.bands.shape[1] - 1 - d) + 1):
        e = d + g
        comes = stand.dose[c, p, e] < np.inf and admits(stand, crowd, rules, u, second, c, e, strict)
        if comes and seat_dose(stand, crowd, u, second, c, p, e):
            stand.option[u, 3], stand.option[u, 4] = c, e
            return True
    return False
