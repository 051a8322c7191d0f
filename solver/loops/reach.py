"""Which centres are near enough to each unit, the nearest first."""

import numpy as np

from solver.loops.compiled import compiled
from solver.measures import EARTH_KM

CHORD_SLACK = 1e-9


@compiled
def reach(home, centres, limit, steps_free, step_free, at, centre, km):
    """Count (where `centre` is empty) or write each unit's centres and their distances.

    `home` and `centres` are latitude and longitude in radians; `limit` is how far each unit goes, in km;
    `steps_free` says whether it needs a step-free centre, `step_free` which centres are. `at` receives where
    each unit's centres begin. A chord through the earth rules out most centres without a sine.
    """
    counting = len(centre) == 0
    points = np.stack((np.cos(centres[0]) * np.cos(centres[1]), np.cos(centres[0]) * np.sin(centres[1])))
    height = np.sin(centres[0])
    many = 0
    for i in range(len(limit)):
        chord = 2 * np.sin(min(limit[i] / EARTH_KM, np.pi) / 2) + CHORD_SLACK
        x, y = np.cos(home[0, i]) * np.cos(home[1, i]), np.cos(home[0, i]) * np.sin(home[1, i])
        z, first = np.sin(home[0, i]), many
        for c in range(len(height)):
            square = (points[0, c] - x) ** 2 + (points[1, c] - y) ** 2 + (height[c] - z) ** 2
            if square > chord * chord or (steps_free[i] and not step_free[c]):
                continue
            half = np.sin((centres[0, c] - home[0, i]) / 2) ** 2
            half += np.cos(home[0, i]) * np.cos(centres[0, c]) * np.sin((centres[1, c] - home[1, i]) / 2) ** 2
            far = 2 * EARTH_KM * np.arcsin(np.sqrt(min(half, 1.0)))
            if far > limit[i]:
                continue
            if not counting:
                j = many
                while j > first and km[j - 1] > far:
                    km[j], centre[j] = km[j - 1], centre[j - 1]
                    j -= 1
                km[j], centre[j] = far, c
            many += 1
        at[i + 1] = many


@compiled
def pooled_reach(at, centre, km, cluster, many_clusters, new_at, new_centre, new_km):
    """The same by cluster of centres, with the distance to the nearest of each; how many were written."""
    best = np.full(many_clusters, np.inf)
    order = np.zeros(many_clusters, np.int64)
    total = 0
    for u in range(len(at) - 1):
        many = 0
        for i in range(at[u], at[u + 1]):
            k = cluster[centre[i]]
            if best[k] == np.inf:
                best[k] = km[i]
                order[many] = k
                many += 1
        for j in range(many):
            new_centre[total], new_km[total] = order[j], best[order[j]]
            best[order[j]] = np.inf
            total += 1
        new_at[u + 1] = total
    return total
