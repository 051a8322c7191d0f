"""Prices of a region with many centres: pooled first, then part by part, on as many cores as there are.

Centres are pooled into a few clusters. The pooled market shares everybody out to one cluster each, so that
every cluster has as many people as it can serve; then the clusters' own centres are priced, each cluster for
itself. The prices of all clusters together prove a bound for everybody, with all centres in reach.
"""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from solver.alike import evenly, groups_of, in_order_of_kind, nearest_centre
from solver.contract import NONE, Bools, Ints
from solver.crowd import Options
from solver.learn import BOX, CLOSE, FAR, GROUPS, SAMPLES, Learned, OnBound, Settling, learn
from solver.market import Market
from solver.pooling import clusters_of, given_back, pooled
from solver.prices import Prices

TOGETHER = 16
"""Up to so many centres are priced together."""
CENTRES_A_CLUSTER = 12
POOLED_UNITS, POOLED_GROUPS, POOLED_CLOSE = 40_000, 300, 2e-3
POOLED_SHARE = 0.25
"""The pooled market may take so much of the time for learning."""


def learn_region(market: Market, week: Ints, deadline: float, on_bound: OnBound) -> Learned:
    """Prices, bound and mixture of a region; `week`: availability by unit."""
    centres = market.problem.centres
    if len(centres) <= TOGETHER:
        return learn(market, week, deadline, on_bound)
    weight = market.supply.seats_in[:, :, 7].sum(axis=1)
    cluster = clusters_of(centres, weight, -(-len(centres) // CENTRES_A_CLUSTER))
    started = time.monotonic()
    prices, part = _pooled_prices(market, week, cluster, started + POOLED_SHARE * (deadline - started))
    return _by_parts(market, week, _Parts(cluster, part, prices), deadline, on_bound)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The cluster of each centre and of each unit, and prices to begin with."""

    cluster: Ints
    unit: Ints
    prices: Prices


def _pooled_prices(market: Market, week: Ints, cluster: Ints, deadline: float) -> tuple[Prices, Ints]:
    """Prices of the clusters, given back to their centres; and the cluster that each unit is to use."""
    whole = pooled(market, np.zeros_like(cluster))
    order, prices = in_order_of_kind(whole, week), Prices.free(whole.problem)
    for many, close in SAMPLES:
        units, share = evenly(order, many)
        few = replace(whole, supply=whole.supply.scaled(share))
        prices = Settling(few, units, np.arange(len(units)), prices).run(FAR, close, deadline).prices
    small = pooled(market, cluster)
    prices = given_back(prices, np.zeros(int(cluster.max()) + 1, dtype=np.int64))
    order = in_order_of_kind(small, week)
    units, share = evenly(order, POOLED_UNITS)
    few = replace(small, supply=small.supply.scaled(share))
    group = groups_of(few, units, week, POOLED_GROUPS)
    found = Settling(few, units, group, prices).run(2 * BOX, POOLED_CLOSE, deadline)
    return given_back(found.prices, cluster), _shared_out(small, order, found)


def _shared_out(small: Market, order: Ints, found: Learned) -> Ints:
    """A cluster for each unit: that of the nearest of its kind in the sample, where it is in reach."""
    crowd, unit = small.crowd, nearest_centre(small)
    at = np.minimum((np.arange(len(order)) * len(found.units)) // max(len(order), 1), len(found.units) - 1)
    mixed = np.where(found.mixture[:, 2] >= 0, found.mixture[:, 1], found.mixture[:, 3])[at]
    owner = np.repeat(np.arange(len(crowd.size)), np.diff(crowd.near_at))
    many = len(small.problem.centres)
    reaches = np.zeros((len(crowd.size), many), dtype=np.bool_)
    reaches[owner, crowd.near_centre] = True
    can = (mixed != NONE) & reaches[order, np.maximum(mixed, 0)]
    unit[order[can]] = mixed[can]
    return unit


def _by_parts(market: Market, week: Ints, parts: _Parts, deadline: float, on_bound: OnBound) -> Learned:
    """Learn every part, put the prices together, and prove the bound with everybody."""
    many = int(parts.cluster.max()) + 1
    at_once = max(1, min(market.workers, many))
    started = time.monotonic()
    seconds = (deadline - started) / -(-many // at_once)
    _WORLD.clear()
    _WORLD.extend([market, week, parts, seconds])
    size = np.bincount(parts.unit[parts.unit != NONE], minlength=many)
    turns = np.argsort(-size).tolist()
    if at_once > 1:
        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(at_once, mp_context=fork) as pool:
            found = list(pool.map(_learn_part, turns))
    else:
        found = [_learn_part(turn) for turn in turns]
    _WORLD.clear()
    seats, doses = parts.prices.seats.copy(), parts.prices.doses.copy()
    everybody = np.flatnonzero(np.diff(market.crowd.near_at) > 0)
    mixture = np.full((len(market.crowd.size), 5), NONE, dtype=np.int16)
    for turn, (units, prices, mixed) in zip(turns, found, strict=True):
        own = parts.cluster == turn
        seats[own], doses[own] = prices.seats[own], prices.doses[own]
        mixture[units] = mixed
    together = Prices(seats, doses)
    look = market.look(together, everybody)
    on_bound(look.bound)
    return Learned(everybody, together, look, mixture[everybody])


_WORLD: list = []  # type: ignore[type-arg]
"""What forked workers inherit: market, weeks, parts, and the seconds that each part may take."""


def _learn_part(turn: int) -> tuple[Ints, Prices, Options]:
    market, week, parts, seconds = _WORLD
    deadline = time.monotonic() + seconds
    rows = np.flatnonzero(parts.unit == turn)
    part = _restricted(replace(market, workers=1), rows, parts.cluster == turn)
    order = in_order_of_kind(part, week[rows])
    group = groups_of(part, order, week[rows], GROUPS)
    found = Settling(part, order, group, parts.prices).run(BOX, CLOSE, deadline)
    return rows[found.units], found.prices, found.mixture


def _restricted(market: Market, rows: Ints, own: Bools) -> Market:
    """The market of these units, who go to these centres only."""
    crowd = market.crowd
    columns = {}
    for name in crowd._fields:
        if not name.startswith(("near_", "far_", "promise_")):
            columns[name] = getattr(crowd, name)[rows]
    for name in ("near", "far"):
        at, centre, km = (getattr(crowd, f"{name}_{column}") for column in ("at", "centre", "km"))
        columns |= _cut(name, at, {"centre": centre, "km": km}, rows, own[centre])
    promised = {
        name.removeprefix("promise_"): getattr(crowd, name)
        for name in crowd._fields
        if name.startswith("promise_") and name != "promise_at"
    }
    everything = np.ones(len(crowd.promise_dose), dtype=np.bool_)
    columns |= _cut("promise", crowd.promise_at, promised, rows, everything)
    return replace(market, crowd=type(crowd)(**columns), own=own)


def _cut(name: str, at: Ints, columns, rows: Ints, keep: Bools):  # type: ignore[no-untyped-def]
    """The ragged columns of these rows, without what is not kept."""
    many = np.diff(at)[rows]
    inside = np.repeat(at[rows], many) + np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    owner = np.repeat(np.arange(len(rows)), many)
    kept = keep[inside]
    fresh = np.concatenate([[0], np.cumsum(np.bincount(owner[kept], minlength=len(rows)))])
    found = {f"{name}_at": fresh.astype(np.int64)}
    return found | {f"{name}_{key}": column[inside[kept]] for key, column in columns.items()}
