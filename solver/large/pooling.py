"""Centres pooled into clusters: a small market whose prices are nearly those of the large one.

Whoever reaches a centre of a cluster may use all that the cluster has. That allows more than the truth, so
the pooled prices, given back to every centre of the cluster, prove a bound for the true market that is no
worse.
"""

from dataclasses import replace

import numpy as np

from solver.contract import Centres, Floats, Ints, Lots, Problem
from solver.crowd import Crowd
from solver.loops.reach import pooled_reach
from solver.market import Market
from solver.prices import Prices
from solver.supply import Supply, segments_of


def clusters_of(centres: Centres, weight: Floats, many: int) -> Ints:
    """A cluster for each centre: the heaviest is halved along its longer side until there are so many."""
    at = np.stack([centres.lat, centres.lon * np.cos(np.radians(centres.lat.mean()))])
    cluster = np.zeros(len(centres), dtype=np.int64)
    for fresh in range(1, min(many, len(centres))):
        load = np.bincount(cluster, weights=weight, minlength=fresh)
        load[np.bincount(cluster, minlength=fresh) < 2] = -1.0
        rows = np.flatnonzero(cluster == load.argmax())
        side = at[np.ptp(at[:, rows], axis=1).argmax(), rows]
        order = rows[np.argsort(side, kind="stable")]
        half = np.searchsorted(np.cumsum(weight[order]), weight[order].sum() / 2)
        cluster[order[min(max(int(half), 1), len(order) - 1) :]] = fresh
    return cluster


def pooled(market: Market, cluster: Ints) -> Market:
    """The market in which each cluster is one centre."""
    many = int(cluster.max()) + 1
    problem = _problem(market.problem, cluster, many)
    supply = _supply(market.supply, problem, cluster, many)
    rules = market.rules._replace(together=_most(market.rules.together, cluster, many))
    return replace(
        market, problem=problem, crowd=_crowd(market.crowd, cluster, many), rules=rules, supply=supply
    )


def given_back(prices: Prices, cluster: Ints) -> Prices:
    """The pooled prices at every centre of each cluster."""
    return Prices(prices.seats[cluster], prices.doses[cluster])


def _sum(table, cluster: Ints, many: int):  # type: ignore[no-untyped-def]
    found = np.zeros((many, *table.shape[1:]), dtype=table.dtype)
    np.add.at(found, cluster, table)
    return found


def _most(table, cluster: Ints, many: int):  # type: ignore[no-untyped-def]
    found = np.zeros((many, *table.shape[1:]), dtype=table.dtype)
    np.maximum.at(found, cluster, table)
    return found


def _problem(problem: Problem, cluster: Ints, many: int) -> Problem:
    """Lots of one cluster, product and dates are one lot."""
    lots = problem.lots
    same = np.stack([cluster[lots.centre], lots.product, lots.first_day, lots.last_day])
    rows, lot = np.unique(same, axis=1, return_inverse=True)
    doses = np.bincount(lot.reshape(-1), weights=lots.doses, minlength=rows.shape[1])
    c = problem.centres
    size = np.bincount(cluster, minlength=many)
    lat, lon = (np.bincount(cluster, weights=column, minlength=many) / size for column in (c.lat, c.lon))
    return replace(
        problem,
        centres=Centres(lat, lon, np.ones(many, dtype=np.bool_)),
        lots=Lots(rows[0], rows[1], doses.astype(np.int64), rows[2], rows[3]),
    )


def _supply(supply: Supply, problem: Problem, cluster: Ints, many: int) -> Supply:
    lots, days = problem.lots, problem.policy.days
    lot_days = np.stack([np.maximum(lots.first_day, 0), np.minimum(lots.last_day + 1, days)], 1)
    open_bands = np.zeros((many, days), dtype=np.int64)
    np.bitwise_or.at(open_bands, cluster, supply.open_bands)
    return replace(
        supply,
        seats_in=_sum(supply.seats_in, cluster, many),
        open_bands=open_bands,
        foreign=_sum(supply.foreign, cluster, many),
        lot_days=lot_days,
        together=_most(supply.together, cluster, many),
        stocked=_most(supply.stocked, cluster, many),
        segment=segments_of(problem, lot_days),
        doses=lots.doses.astype(np.float64),
        problem=problem,
    )


def _crowd(crowd: Crowd, cluster: Ints, many: int) -> Crowd:
    near = _reach(crowd.near_at, crowd.near_centre, crowd.near_km, cluster, many)
    far = _reach(crowd.far_at, crowd.far_centre, crowd.far_km, cluster, many)
    moved = cluster[crowd.promise_centre] if len(crowd.promise_centre) else crowd.promise_centre
    return crowd._replace(
        near_at=near[0], near_centre=near[1], near_km=near[2],
        far_at=far[0], far_centre=far[1], far_km=far[2], promise_centre=moved,
    )  # fmt: skip


def _reach(at: Ints, centre, km: Floats, cluster: Ints, many: int):  # type: ignore[no-untyped-def]
    fresh = np.zeros_like(at), np.zeros(len(centre), dtype=np.int32), np.zeros(len(centre))
    total = pooled_reach(at, centre, km, cluster, many, *fresh)
    return fresh[0], fresh[1][:total].copy(), fresh[2][:total].copy()
