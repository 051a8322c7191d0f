"""Slots for those who only have a seat in some band of a day."""

import numpy as np

from solver.loops.compiled import compiled, compiled_within


@compiled_within
def spread(wanted, left, band):
    """A band for each person, given the bands in which each can come and the seats left in each band.

    Moves people along to other bands until everybody has one (at most two moves for three bands).
    """
    room = left.copy()
    for i in range(len(wanted)):
        band[i] = -1
        came_from = np.full(3, -1)
        mover = np.full(3, -1)
        queue = np.zeros(3, np.int64)
        head, tail = 0, 0
        for b in range(3):
            if wanted[i] >> b & 1:
                came_from[b], mover[b] = b, i
                queue[tail] = b
                tail += 1
        end = -1
        while head < tail and end < 0:
            b = queue[head]
            head += 1
            if room[b] > 0:
                end = b
            for other in range(3):
                if came_from[other] >= 0:
                    continue
                for j in range(i):
                    if band[j] == b and wanted[j] >> other & 1:
                        came_from[other], mover[other] = b, j
                        queue[tail] = other
                        tail += 1
                        break
        if end < 0:
            return False
        room[end] -= 1
        while mover[end] != i:
            band[mover[end]] = end
            end = came_from[end]
        band[i] = end
    return True


@compiled
def seat_everybody(stand, crowd, slots):
    """Write a slot for each request and dose into `slots` (request × dose), those of `exact` included.

    Returns False where somebody found no seat, which the stand rules out.
    """
    days = stand.vials.shape[2]
    centres = stand.vials.shape[0]
    many = np.zeros(centres * days + 1, np.int64)
    for u in range(len(stand.option)):
        for k in range(2):
            if stand.option[u, 2 + 2 * k] >= 0:
                many[stand.option[u, 1 + 2 * k] * days + stand.option[u, 2 + 2 * k] + 1] += 1
    at = np.cumsum(many)
    people = np.zeros(at[-1], np.int64)
    turn = at[:-1].copy()
    for u in range(len(stand.option)):
        for k in range(2):
            if stand.option[u, 2 + 2 * k] >= 0:
                row = stand.option[u, 1 + 2 * k] * days + stand.option[u, 2 + 2 * k]
                people[turn[row]] = 2 * u + k
                turn[row] += 1
    for row in range(centres * days):
        if not seat_day(stand, crowd, slots, row, people[at[row] : at[row + 1]]):
            return False
    return True


@compiled_within
def seat_day(stand, crowd, slots, row, people):
    """The same for one centre and day."""
    days = stand.vials.shape[2]
    c, d = row // days, row % days
    waiting = np.zeros(len(people), np.int64)
    many = 0
    for i in range(len(people)):
        u, k = people[i] // 2, people[i] % 2
        if stand.exact[stand.members[stand.member_at[u]], k] >= 0:
            for m in range(stand.member_at[u], stand.member_at[u + 1]):
                slots[stand.members[m], k] = stand.exact[stand.members[m], k]
        else:
            waiting[many] = people[i]
            many += 1
    wanted = np.zeros(many, np.int64)
    for i in range(many):
        wanted[i] = crowd.bands[waiting[i] // 2, d] & stand.open_bands[c, d]
    band = np.zeros(many, np.int64)
    if not spread(wanted, stand.left[c, d], band):
        return False
    free = stand.free[stand.slot_at[row] : stand.slot_at[row + 1]].copy()
    cursor = np.zeros(3, np.int64)
    for i in range(many):
        b = band[i]
        while stand.slot_band[stand.slot_at[row] + cursor[b]] != b or free[cursor[b]] <= 0:
            cursor[b] += 1
        free[cursor[b]] -= 1
        slots[stand.members[stand.member_at[waiting[i] // 2]], waiting[i] % 2] = (
            stand.slot_at[row] + cursor[b]
        )
    return True
