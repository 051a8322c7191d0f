"""Prices of a region with many centres: by clusters of centres and by centre, and not day by day for each.

Whoever lives among forty centres goes to any of them for a little way: a dose on a day costs nearly the same
all around. So the programme has a row for the seats of a cluster on a day and for its doses in a run of days,
and one for all doses of a product at each centre. That leaves out what a centre lacks on single days, so its
prices still prove a bound; the people find their days when they are placed.
"""

import time
from dataclasses import replace

import numpy as np

from solver.alike import evenly, groups_of, in_order_of_kind
from solver.contract import Ints
from solver.learn import (
    BOX,
    CLOSE,
    GROUPS,
    SAMPLES,
    Learned,
    Limits,
    OnBound,
    Settling,
    learn,
    prices_of_samples,
)
from solver.market import Market
from solver.pooling import clusters_of, given_back, pooled
from solver.programme import Layout

TOGETHER = 16
"""Up to so many centres are priced day by day."""
CLUSTERS = 8
SAMPLE, SAMPLE_CLOSE, SAMPLE_SHARE = 60_000, 1e-3, 0.5
"""Size of the even sample that learns first, how closely, and in which share of the time."""


def learn_region(market: Market, week: Ints, deadline: float, on_bound: OnBound) -> Learned:
    """Prices, bound and mixture of a region; `week`: availability by unit."""
    centres = market.problem.centres
    if len(centres) <= TOGETHER:
        return learn(market, week, deadline, on_bound)
    started = time.monotonic()
    half = started + SAMPLE_SHARE * (deadline - started)
    weight = market.supply.seats_in[:, :, 7].sum(axis=1)
    cluster = clusters_of(centres, weight, CLUSTERS)
    whole = pooled(market, np.zeros_like(cluster))
    prices = prices_of_samples(whole, in_order_of_kind(whole, week), SAMPLES, half)
    prices = given_back(prices, np.zeros(int(cluster.max()) + 1, dtype=np.int64))
    small, order = pooled(market, cluster), in_order_of_kind(market, week)
    units, share = evenly(order, SAMPLE)
    few = replace(market, supply=market.supply.scaled(share))
    rows = replace(small, supply=small.supply.scaled(share))
    settling = Settling(few, Layout(rows, cluster, True), units, _groups(small, units, week))
    found = settling.run(settling.start(prices), Limits(2 * BOX, SAMPLE_CLOSE, half))
    settling = Settling(market, Layout(small, cluster, True), order, _groups(small, order, week))
    at = settling.start(prices)
    at[: min(len(at), len(found.at))] = found.at[: len(at)]
    return settling.run(at, Limits(BOX, CLOSE, deadline), on_bound)


def _groups(small: Market, units: Ints, week: Ints) -> Ints:
    return groups_of(small, units, week, GROUPS)
