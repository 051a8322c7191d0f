"""People shared out over parts of a region, so that each part has the same of every kind for its doses."""

import numpy as np

from solver.loops.compiled import compiled

EVEN = 1.03
"""A nearer part is taken while it is no more crowded than this, against the emptiest in reach."""


@compiled
def balance(near_at, near_centre, part, size, kind, doses, order, chosen):
    """Choose a part for each of the units in this order; -1 where none in reach has a dose for its kind.

    `part`: the part of each centre; `doses` (kind × part): what a part has for a kind.
    """
    load = np.zeros(doses.shape)
    for i in range(len(order)):
        u = order[i]
        k, least = kind[u], np.inf
        for j in range(near_at[u], near_at[u + 1]):
            p = part[near_centre[j]]
            if doses[k, p] > 0:
                least = min(least, (load[k, p] + size[u]) / doses[k, p])
        chosen[u] = -1
        for j in range(near_at[u], near_at[u + 1]):
            p = part[near_centre[j]]
            if doses[k, p] > 0 and (load[k, p] + size[u]) / doses[k, p] <= EVEN * least:
                chosen[u] = p
                load[k, p] += size[u]
                break
