"""People shared out over parts of a region, so that no part is more fought for than another."""

import numpy as np

from solver.loops.compiled import compiled

EVEN = 1.005
"""A nearer part is taken while it is no more crowded than this, against the emptiest in reach."""


@compiled
def balance(near_at, near_centre, part, amount, kind, worth, order, passes, chosen):
    """Choose a part for each of the units in this order; -1 where none in reach has anything for its kind.

    `part`: the part of each centre; `amount`: what a unit takes of the `worth` (kind × part) of its part.
    In each pass after the first everybody chooses again: so crowds move on from part to part.
    """
    load = np.zeros(worth.shape)
    for turn in range(passes):
        for i in range(len(order)):
            u = order[i]
            k, mine, least = kind[u], amount[u], np.inf
            if turn > 0 and chosen[u] >= 0:
                load[k, chosen[u]] -= mine
            for j in range(near_at[u], near_at[u + 1]):
                p = part[near_centre[j]]
                if worth[k, p] > 0:
                    least = min(least, (load[k, p] + mine) / worth[k, p])
            chosen[u] = -1
            for j in range(near_at[u], near_at[u + 1]):
                p = part[near_centre[j]]
                if worth[k, p] > 0 and (load[k, p] + mine) / worth[k, p] <= EVEN * least:
                    chosen[u] = p
                    load[k, p] += mine
                    break
