"""A place for each of many units among what a plan leaves, centre by centre.

A look at days as bits comes first: at most centres nothing goes together for the unit, whatever the vials.
"""

import numpy as np

from solver.loops.compiled import compiled, compiled_within
from solver.loops.left import DAYS_A_WORD, pair_at, second_at


@compiled_within
def any_between(bits, low, high):
    """Whether some day from low to high is among these bits."""
    for w in range(low // DAYS_A_WORD, min(high // DAYS_A_WORD, len(bits) - 1) + 1):
        first, last = max(low - w * DAYS_A_WORD, 0), min(high - w * DAYS_A_WORD, DAYS_A_WORD - 1)
        if bits[w] >> first & ((1 << (last - first + 1)) - 1):
            return True
    return False


@compiled_within
def days_of(wish, u, bits):
    """The unit's days by the set of bands in which it can come, as bits."""
    bits[:] = 0
    for d in range(wish.bands.shape[1]):
        bits[wish.bands[u, d], d // DAYS_A_WORD] |= 1 << d % DAYS_A_WORD


@compiled_within
def days_at(left, bits, c, here):
    """The days on which somebody with such days finds a seat at the centre, as bits."""
    here[:] = 0
    for bands in range(1, 8):
        for w in range(len(here)):
            here[w] |= bits[bands, w] & left.roomy[c, bands, w]


@compiled_within
def add_second_days(left, c, here, second):
    """Add the days of these on which the centre has a dose, by product."""
    for p in range(len(second)):
        for w in range(len(here)):
            second[p, w] |= here[w] & left.able[c, p, w]


@compiled_within
def hopeful(ways, k, here, starts, second):
    """Whether some day to start and some day for the second dose go together, but for the last vials."""
    for j in range(ways.way_at[k], ways.way_at[k + 1]):
        s = ways.way_schedule[j]
        p2, soon, late = ways.second_product[s], ways.min_days[s], ways.max_days[s]
        for w in range(len(here)):
            word = here[w] & starts[s, w]
            if word == 0:
                continue
            if p2 < 0:
                return True
            for b in range(DAYS_A_WORD):
                d = w * DAYS_A_WORD + b
                if word >> b & 1 and any_between(second[p2], max(d + soon, 0), d + late):
                    return True
    return False


@compiled
def hopes(left, ways, wish, hope):
    """Unit × centre: whether the unit might begin there, if it could go anywhere for either dose."""
    words = left.able.shape[2]
    bits, here = np.zeros((8, words), np.int64), np.zeros(words, np.int64)
    second = np.zeros((left.able.shape[1], words), np.int64)
    for u in range(len(hope)):
        days_of(wish, u, bits)
        second[:] = 0
        for c in range(hope.shape[1] if wish.elsewhere[u] else 0):
            days_at(left, bits, c, here)
            add_second_days(left, c, here, second)
        for c in range(hope.shape[1]):
            days_at(left, bits, c, here)
            if not wish.elsewhere[u]:
                second[:] = 0
                add_second_days(left, c, here, second)
            starts = left.starts[c] if wish.elsewhere[u] else left.begins[c]
            hope[u, c] = wish.begun[u] or hopeful(ways, wish.ways[u], here, starts, second)


@compiled_within
def best_pair(left, ways, wish, u, i, best, nearest):
    """The best so far (place, longest way, first day), or a better one that begins at the i-th centre."""
    found, upto, after = best
    c, low = int(wish.near_centre[i]), wish.far_at[u]
    # Before the centres near the other place, if there is one: both doses here, or the only one.
    for f in range(low - 1, wish.far_at[u + 1]):
        c2, km = -1 if wish.elsewhere[u] else c, wish.near_km[i]
        if f >= low:
            c2, km = int(wish.far_centre[f]), max(km, wish.far_km[f])
        if km >= upto:
            continue
        s, d, d2 = pair_at(left, ways, wish, u, c, c2, after, nearest)
        if s >= 0:
            found = (s, c, d, c2 if d2 >= 0 else -1, d2)
            upto, after = (km, -1) if nearest else (upto, d)
    return found, upto, after


@compiled_within
def fit(left, ways, wish, u, nearest, scratch):
    """A place for the unit: schedule, centre, day, second centre, day; schedule -1 where there is none.

    The one with the shortest of longest ways, or else the one with the latest first dose.
    """
    best = (-1, -1, -1, -1, -1), np.inf, -1
    bits, here, second = scratch
    days_of(wish, u, bits)
    second[:] = 0
    for f in range(wish.far_at[u], wish.far_at[u + 1]):
        days_at(left, bits, wish.far_centre[f], here)
        add_second_days(left, wish.far_centre[f], here, second)
    for i in range(wish.near_at[u], wish.near_at[u + 1]):
        c, km = int(wish.near_centre[i]), wish.near_km[i]
        if km >= best[1]:
            continue
        if wish.begun[u]:
            s, d = second_at(left, ways, wish, u, c, best[2])
            if s >= 0:
                best = (s, -1, -1, c, d), (km if nearest else best[1]), (-1 if nearest else d)
            continue
        days_at(left, bits, c, here)
        if not wish.elsewhere[u]:
            second[:] = 0
            add_second_days(left, c, here, second)
        starts = left.starts[c] if wish.elsewhere[u] else left.begins[c]
        if hopeful(ways, wish.ways[u], here, starts, second):
            best = best_pair(left, ways, wish, u, i, best, nearest)
    return best[0]


@compiled
def fit_all(left, ways, wish, rows, nearest, option):
    """The same for these units."""
    words = left.able.shape[2]
    bits, here = np.zeros((8, words), np.int64), np.zeros(words, np.int64)
    scratch = bits, here, np.zeros((left.able.shape[1], words), np.int64)
    for i in range(len(rows)):
        found = fit(left, ways, wish, rows[i], nearest, scratch)
        for j in range(5):
            option[i, j] = found[j]


@compiled
def least_given(ways, wish, rows, least, weight):
    """The least weight a head of those who were given a dose that a unit could begin with; inf: nobody was.

    `least` tells it by centre and product.
    """
    for i in range(len(rows)):
        u = rows[i]
        weight[i] = np.inf
        k = wish.ways[u]
        for n in range(wish.near_at[u], wish.near_at[u + 1]):
            for j in range(ways.way_at[k], ways.way_at[k + 1]):
                s = ways.way_schedule[j]
                p = ways.second_product[s] if wish.begun[u] else ways.first_product[s]
                weight[i] = min(weight[i], least[wish.near_centre[n], p])
