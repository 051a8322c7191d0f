"""People shared out over centres, so that none is more fought for than another."""

import numpy as np

from solver.loops.compiled import compiled, compiled_within

EVEN = 1.005
"""A nearer centre is taken while it is no more crowded than this, against the emptiest in reach."""


@compiled_within
def _crowding(measure, load, u, c):
    """How full the centre would be with this unit, by this measure; inf where it has nothing for its kind."""
    amount, kind, worth = measure
    k = kind[u]
    if k < 0:
        return 0.0
    return (load[k, c] + amount[u]) / worth[k, c] if worth[k, c] > 0 else np.inf


@compiled_within
def _move(measure, load, u, c, sign):
    """The unit comes to the centre, or leaves it."""
    amount, kind, _ = measure
    if kind[u] >= 0 and c >= 0:
        load[kind[u], c] += sign * amount[u]


@compiled
def balance(near_at, near_centre, doses, room, order, passes, chosen):
    """Choose a centre for each of the units in this order; -1 where none in reach has anything for its kind.

    `doses` and `room` are measures: what each unit takes, its kind (-1: it does not count), and what each
    centre has for a kind (kind × centre). A centre is as full as it is by the measure by which it is fuller.
    In each pass after the first everybody chooses again: so crowds move on from centre to centre.
    """
    paid, seated = np.zeros(doses[2].shape), np.zeros(room[2].shape)
    for turn in range(passes):
        for i in range(len(order)):
            u, least = order[i], np.inf
            if turn > 0:
                _move(doses, paid, u, chosen[u], -1)
                _move(room, seated, u, chosen[u], -1)
            for j in range(near_at[u], near_at[u + 1]):
                c = near_centre[j]
                least = min(least, max(_crowding(doses, paid, u, c), _crowding(room, seated, u, c)))
            chosen[u] = -1
            for j in range(near_at[u], near_at[u + 1]):
                c = near_centre[j]
                full = max(_crowding(doses, paid, u, c), _crowding(room, seated, u, c))
                if full < np.inf and full <= EVEN * least:
                    chosen[u] = c
                    break
            _move(doses, paid, u, chosen[u], 1)
            _move(room, seated, u, chosen[u], 1)
