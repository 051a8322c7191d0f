"""Prices learnt from small to large, and the mixture of choices that goes with them.

A few hundred units, each for itself, tell the prices roughly; a few thousand, taken evenly from all kinds,
nearly; then everybody, in groups of alike, until bound and programme agree (Dantzig and Wolfe's
decomposition). At any moment the best prices prove a bound, since everybody was asked.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from solver.contract import NONE, Floats, Ints
from solver.frozen import Options
from solver.large.alike import evenly, groups_of, in_order_of_kind
from solver.large.box import BOX, FAR, Box
from solver.large.programme import Programme
from solver.large.whole_vials import vial_weights
from solver.market import Learned, Market
from solver.prices import Prices

SAMPLES = ((300, 1e-2), (1_000, 5e-3))
"""Sizes of the samples in which each unit is a group of its own, and how closely they settle."""
ALONE = 3_000
"""So many units are groups of their own."""
GROUPS = 500
PASSES = 60
CLOSE = 2e-4
"""Stop when bound and programme agree to this share."""
START_BOX = 40.0
"""From prices of a wider region a sample's may go so far in a step."""
PLAIN_SHARE = 0.6
"""In that share of the time prices are learnt; in the rest, how to fill whole vials."""
CLOSE_VIALS = 1e-3
COVER_EVERY = 4
GOLDEN = 0.6180339887498949

OnBound = Callable[[float], None]


def nobody_hears(bound: float) -> None:
    """For samples: what they prove is no bound for everybody."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far prices may go from the best in one step, and when to stop."""

    box: float
    """The width of a row's box to begin with."""
    close: float
    """Bound and programme agree to this share."""
    deadline: float
    """Of the monotonic clock."""


def learn(market: Market, week: Ints, deadline: float, on_bound: OnBound) -> Learned:
    """Prices, bound and mixture of all units that have a centre. `week`: availability by unit."""
    order = in_order_of_kind(market, week)
    prices = Prices.free(market.problem)
    whole = len(order) <= ALONE
    if time.monotonic() < deadline:
        prices = prices_of_samples(market, order, SAMPLES[: 1 if whole else 2], deadline)
    group = np.arange(len(order)) if whole else groups_of(market, order, week, GROUPS)
    if whole:
        return Settling(market, order, group).run(prices, Limits(FAR, CLOSE, deadline), on_bound)
    return learn_in_whole_vials(market, order, group, prices, deadline, on_bound)


def learn_in_whole_vials(
    market: Market, order: Ints, group: Ints, start: Prices, deadline: float, on_bound: OnBound = nobody_hears
) -> Learned:
    """Prices and bound of these units, and a mixture that leaves little in open vials, if time allows."""
    began = time.monotonic()
    plain_by = began + PLAIN_SHARE * (deadline - began)
    plain = Settling(market, order, group).run(start, Limits(BOX, CLOSE, plain_by), on_bound)
    weight = vial_weights(market, order, plain.mixture)
    if (weight == 1).all() or time.monotonic() > deadline:
        return plain
    filling = Settling(market, order, group, weight)
    whole = filling.run(plain.prices, Limits(BOX, CLOSE_VIALS, deadline))
    return replace(plain, mixture=whole.mixture, plain=plain.mixture)


def prices_of_samples(
    market: Market,
    order: Ints,
    samples: tuple[tuple[int, float], ...],
    deadline: float,
    start: Prices | None = None,
) -> Prices:
    """Prices learnt on even samples in which each unit is a group of its own, from these prices or none."""
    prices, box = (Prices.free(market.problem), FAR) if start is None else (start, START_BOX)
    for many, close in samples:
        if many * 2 < len(order):
            units, share = evenly(order, many)
            few = replace(market, supply=market.supply.scaled(share))
            settling = Settling(few, units, np.arange(len(units)))
            prices = settling.run(prices, Limits(box, close, deadline)).prices
    return prices


class Settling:
    """One programme from its first look to the agreement of bound and value."""

    def __init__(self, market: Market, units: Ints, group: Ints, weight: Floats | None = None) -> None:
        """`weight`: how many doses one takes of its lot (centre × product × day); None: itself."""
        self.market, self.units, self.group = market, units, group
        self.programme = Programme(market, units, group, weight)

    def run(self, start: Prices, limits: Limits, on_bound: OnBound = nobody_hears) -> Learned:
        """Look, mix and look again, from these prices, which stand at centres without rows."""
        self.programme.add_priced(start)
        at = self.programme.vector(start)
        prices = self.programme.prices(at, start)
        look = best = self.market.look(prices, self.units)
        proof, centre, shares = prices, at, np.ones((1, self.programme.many))
        box = Box(len(at), limits.box)
        for turn in range(PASSES):
            if look.bound < best.bound:
                best, proof, centre = look, prices, at
            elif turn:
                box.narrow()
            on_bound(best.bound)
            self.programme.add(look, prices)
            left = limits.deadline - time.monotonic()
            solved = self.programme.solve(centre, box.widths(centre), left) if left > 0 else None
            if solved is None:
                shares = np.pad(shares, ((0, turn + 1 - len(shares)), (0, 0)))
                break
            shares, at = solved.shares, solved.at
            box.stepped(at, centre)
            prices = self.programme.prices(at, start)
            done = best.bound - solved.value <= limits.close * abs(best.bound)
            if done or turn % COVER_EVERY == COVER_EVERY - 1:
                fresh = self._cover(shares)
                at, centre = (np.pad(row, (0, fresh)) for row in (at, centre))
                box.extend(fresh)
                done = done and not fresh
            if done:
                break
            look = self.market.look(prices, self.units)
        return Learned(self.units, proof, best, self._mixture(shares))

    def _cover(self, shares: Floats) -> int:
        return self.programme.cover_overfull(self._mixture(shares))

    def _mixture(self, shares: Floats) -> Options:
        """One of its group's choices for each unit, neighbours in the order taking different ones."""
        many = len(self.units)
        sorted_units = np.argsort(self.group, kind="stable")
        group = self.group[sorted_units]
        turn = np.arange(many) - np.searchsorted(group, group)
        point = (turn + 0.5) * GOLDEN % 1.0
        if self.programme.many == many:
            point = np.full(many, 0.5)
        upto = np.cumsum(shares, axis=0)
        chosen = np.zeros(many, dtype=np.int64)
        for line in upto[:-1]:
            chosen += point > line[group]
        option = np.full((many, 5), NONE, dtype=np.int16)
        for look in np.unique(chosen):
            rows = sorted_units[chosen == look]
            option[rows] = self.programme.options(int(look))[rows]
        return option
