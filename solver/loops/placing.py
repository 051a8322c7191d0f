"""Units placed on a stand and taken off again: all doses or none, promises kept where the day is kept."""

import numpy as np

from solver.loops.compiled import compiled_within
from solver.loops.stand import (
    give,
    give_slots_back,
    holds,
    refresh_seats,
    take_slot,
    take_together,
)

FIRST, SECOND = 0, 1
"""Doses, passed as np.int64(…) only: for a bare constant the compiler makes everything below once more."""


@compiled_within
def keep_promises(stand, crowd, u, k, c, d):
    """The promised slots of members with a promise on this day: 1 all kept, 0 none here, -1 not to be had."""
    kept, lost = 0, False
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        here = crowd.promise_centre[i] == c and crowd.promise_day[i] == d
        if crowd.promise_dose[i] == k + 1 and here:
            z = crowd.promise_slot[i]
            if z < 0 or stand.free[z] <= 0 or not crowd.bands[u, d] >> stand.slot_band[z] & 1:
                lost = True
            else:
                take_slot(stand, crowd.promise_request[i], k, z, c, d)
                kept += 1
    if kept and (lost or not holds(stand, c, d)):
        give_slots_back(stand, u, k, c, d)
        lost = True
    if lost:
        return -1
    return 1 if kept else 0


@compiled_within
def must_keep(crowd, u, k):
    """Whether some member's promise of this dose is pinned."""
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        if crowd.promise_dose[i] == k + 1 and crowd.promise_pinned[i]:
            return True
    return False


@compiled_within
def take_seats(stand, crowd, u, k, c, d):
    """Seats for all members of the unit, or change nothing and say no."""
    size, bands, days = crowd.size[u], crowd.bands[u, d], stand.vials.shape[2]
    kept = keep_promises(stand, crowd, u, k, c, d)
    if kept < 0 and must_keep(crowd, u, k):
        return False
    if size > 1:
        low, high = stand.slot_at[c * days + d], stand.slot_at[c * days + d + 1]
        if take_together(stand, u, k, c, d, bands, low, high):
            return True
        give_slots_back(stand, u, k, c, d)
        if kept > 0 and not must_keep(crowd, u, k):
            return take_together(stand, u, k, c, d, bands, low, high)
        return False
    if kept > 0:
        return True
    if stand.seat[c, d, bands] == np.inf:
        return False
    stand.sitting[c, d, bands & stand.open_bands[c, d]] += 1
    return True


@compiled_within
def seat_dose(stand, crowd, u, k, c, p, d):
    """Seats and doses of one dose of the unit, or change nothing and say no."""
    if not give(stand, c, p, d, crowd.size[u]):
        return False
    if not take_seats(stand, crowd, u, k, c, d):
        give(stand, c, p, d, -crowd.size[u])
        return False
    refresh_seats(stand, c, d)
    return True


@compiled_within
def free_dose(stand, crowd, u, k, c, p, d):
    """Give seats and doses back."""
    if stand.exact[stand.members[stand.member_at[u]], k] >= 0:
        give_slots_back(stand, u, k, c, d)
    else:
        stand.sitting[c, d, crowd.bands[u, d] & stand.open_bands[c, d]] -= 1
    refresh_seats(stand, c, d)
    give(stand, c, p, d, -crowd.size[u])


@compiled_within
def five(row):
    """The option in a row as five plain numbers: what takes options is compiled for one kind only."""
    return np.int64(row[0]), np.int64(row[1]), np.int64(row[2]), np.int64(row[3]), np.int64(row[4])


@compiled_within
def place(stand, crowd, rules, u, option):
    """Give the unit these days (five plain numbers), all doses or none."""
    s, c1, d1, c2, d2 = option
    first, second = np.int64(FIRST), np.int64(SECOND)
    if d1 >= 0 and not seat_dose(stand, crowd, u, first, c1, rules.first_product[s], d1):
        return False
    if d2 >= 0 and not seat_dose(stand, crowd, u, second, c2, rules.second_product[s], d2):
        if d1 >= 0:
            free_dose(stand, crowd, u, first, c1, rules.first_product[s], d1)
        return False
    for i in range(5):
        stand.option[u, i] = option[i]
    return True


@compiled_within
def remove(stand, crowd, rules, u):
    """Take the unit off and tell what it had; its seats and doses are free again."""
    s, c1, d1, c2, d2 = five(stand.option[u])
    if d1 >= 0:
        free_dose(stand, crowd, u, np.int64(FIRST), c1, rules.first_product[s], d1)
    if d2 >= 0:
        free_dose(stand, crowd, u, np.int64(SECOND), c2, rules.second_product[s], d2)
    stand.option[u, :] = -1
    return s, c1, d1, c2, d2
