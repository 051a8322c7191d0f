"""What seats and doses cost, and floors under it: what nobody of a habit can come for less.

A cost of inf closes a day. Floors say, for every centre, day and habit (a week in which many can come), what
nobody of that habit can come for less: most days of most centres are passed over without a look at their
second doses.
"""

from typing import NamedTuple

import numpy as np

from solver.contract import Floats
from solver.loops.compiled import compiled, compiled_within


class Costs(NamedTuple):
    """What a seat and a dose cost a head, and floors under them."""

    seat: Floats
    """Centre × day × set of bands in which one can come."""
    dose: Floats
    """Centre × product × day."""
    later: Floats
    """Centre × habit × schedule × first day: the second dose cannot cost less (0 for a single dose)."""
    floor: Floats
    """Centre × habit × set of schedules × first day: all doses together cannot cost less."""


@compiled
def floors(seat, dose, rules):
    """The floors under these costs, for each habit: a week in which many can come."""
    centres, _, days = dose.shape
    habits = len(rules.habits)
    later = np.zeros((centres, habits, len(rules.min_days), days))
    floor = np.full((centres, habits, len(rules.way_at) - 1, days), np.inf)
    for c in range(centres):
        for h in range(habits):
            for s in range(len(rules.min_days)):
                if rules.second_product[s] >= 0:
                    later_floor(seat, dose, rules, c, h, s, later[c, h, s])
            for k in range(len(rules.way_at) - 1):
                for i in range(rules.way_at[k], rules.way_at[k + 1]):
                    s = rules.way_schedule[i]
                    for d in range(rules.valid_from[s], rules.valid_to[s] + 1):
                        cost = dose[c, rules.first_product[s], d] + later[c, h, s, d]
                        cost += seat[c, d, rules.habits[h, d]]
                        floor[c, h, k, d] = min(floor[c, h, k, d], cost)
    return later, floor


@compiled_within
def later_floor(seat, dose, rules, c, h, s, later):
    """What the second dose of a schedule costs at least, by day of the first."""
    days, p = len(later), rules.second_product[s]
    for d in range(days):
        least = np.inf
        for g in range(rules.min_days[s], min(rules.max_days[s], days - 1 - d) + 1):
            cost = seat[c, d + g, rules.habits[h, d + g]] + dose[c, p, d + g]
            least = min(least, cost + rules.interval * abs(g - rules.ideal_days[s]))
        later[d] = least
