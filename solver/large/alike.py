"""Units in an order in which neighbours are alike: for even samples, for groups, and for sharing out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.contract import NONE, Ints
from solver.market import Market


def nearest_centre(market: Market) -> Ints:
    """The unit's nearest centre, of the market's own if that has some; NONE where none is in reach."""
    crowd = market.crowd
    own = np.ones(len(market.problem.centres), dtype=np.bool_) if market.own is None else market.own
    mine = np.flatnonzero(own[crowd.near_centre])
    at = np.append(mine, len(crowd.near_centre))[np.searchsorted(mine, crowd.near_at[:-1])]
    first = np.full(len(crowd.size), NONE, dtype=np.int64)
    some = at < crowd.near_at[1:]
    first[some] = crowd.near_centre[at[some]]
    return first


def in_order_of_kind(market: Market, week: Ints) -> Ints:
    """The units that have a centre in the market, sorted so that neighbours are alike.

    `week`: availability by unit.
    """
    crowd = market.crowd
    first, reach = nearest_centre(market), np.diff(crowd.near_at)
    columns = [crowd.earliest, crowd.size, week, crowd.weight / crowd.size, reach, first]
    order = np.lexsort([*columns, crowd.ways, crowd.begun])
    return np.asarray(order[first[order] != NONE])


def evenly(order: Ints, many: int) -> tuple[Ints, float]:
    """So many units, evenly taken from the order, and which share of all they are."""
    if many >= len(order):
        return order, 1.0
    step = len(order) / many
    return order[((np.arange(many) + 0.5) * step).astype(np.int64)], 1 / step


def groups_of(market: Market, units: Ints, week: Ints, most: int) -> Ints:
    """A group number for each of the units: alike in place, weight and week; at most about `most` groups.

    What is told apart first matters most; a further difference counts while the groups are not too many.
    """
    crowd = market.crowd
    days: NDArray[np.bool_] = np.stack([(week[units] >> 3 * day & 7) > 0 for day in range(7)])
    differences: list[NDArray[Any]] = [
        nearest_centre(market)[units],
        np.round(crowd.weight[units] / crowd.size[units]).astype(np.int64),
        days[:5].sum(axis=0) >= 4,
        crowd.begun[units],
        days[5] | days[6],
        np.minimum(crowd.earliest[units] // 14, 2),
    ]
    group = np.zeros(len(units), dtype=np.int64)
    for difference in differences:
        finer = np.unique(np.stack([group, difference.astype(np.int64)]), axis=1, return_inverse=True)[1]
        finer = finer.reshape(-1)
        if int(finer.max(initial=0)) >= most:
            break
        group = finer
    return group
