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
def keep_promises(stand, crowd, u, k, c, d, only_pinned):
    """The promised slots of members with a promise on this day; change nothing and say no if one is lost."""
    kept, lost = 0, False
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        here = crowd.promise_centre[i] == c and crowd.promise_day[i] == d
        here = here and (crowd.promise_pinned[i] or not only_pinned)
        if crowd.promise_dose[i] == k + 1 and here:
            z = crowd.promise_slot[i]
            if z < 0 or stand.free[z] <= 0 or not crowd.bands[u, d] >> stand.slot_band[z] & 1:
                lost = True
            else:
                take_slot(stand, crowd.promise_request[i], k, z, c, d)
                kept += 1
    if kept and (lost or not holds(stand, c, d)):
        give_slots_back(stand, u, k, c, d)
        return False
    return kept > 0


@compiled_within
def must_keep(crowd, u, k):
    """Whether some member's promise of this dose is pinned."""
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        if crowd.promise_dose[i] == k + 1 and crowd.promise_pinned[i]:
            return True
    return False


@compiled_within
def sit_as_promised(stand, crowd, u, k, c, d, only_pinned):
    """Promised slots and seats beside them for all members, or change nothing and say no."""
    if not keep_promises(stand, crowd, u, k, c, d, only_pinned):
        return False
    row = c * stand.vials.shape[2] + d
    if crowd.size[u] == 1 or take_together(
        stand, u, k, c, d, crowd.bands[u, d], stand.slot_at[row], stand.slot_at[row + 1]
    ):
        return True
    give_slots_back(stand, u, k, c, d)
    return False


@compiled_within
def take_seats(stand, crowd, u, k, c, d):
    """Seats for all members of the unit, or change nothing and say no.

    All that is promised here is kept if that can be, else what is pinned: no promise that may move keeps a
    household from its pin.
    """
    if sit_as_promised(stand, crowd, u, k, c, d, np.bool_(False)):
        return True
    if must_keep(crowd, u, k):
        return sit_as_promised(stand, crowd, u, k, c, d, np.bool_(True))
    size, bands, row = crowd.size[u], crowd.bands[u, d], c * stand.vials.shape[2] + d
    if size > 1:
        return take_together(stand, u, k, c, d, bands, stand.slot_at[row], stand.slot_at[row + 1])
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
