"""Units shared out over small parts of a region, so that all parts come to much the same prices.

Whoever takes something at the prices of all centres pooled is shared out by what it pays, against what a part
has to sell; who takes nothing by weight and products.

Nearly all units do as well in one part of those in reach as in another. Some do not: their product is in few
centres, or nobody there opens when they can come. Those go where they do well.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from solver.contract import NONE, Bools, Floats, Ints
from solver.loops.balance import balance
from solver.market import Look, Market
from solver.prices import Prices

PASSES = 10
NEARLY, SLIGHTLY = 0.99, 0.02
"""A part is as good as any other from that share of the best gain on, less that share of one reward."""


def shared_out(market: Market, part: Ints, prices: Prices, look: Look) -> Ints:
    """A part for each unit; `look`: what the units that reach a centre choose at these prices, in order."""
    crowd = market.crowd
    share = _Sharing(market, part, prices, look)
    anywhere = np.where(np.isfinite(crowd.least), crowd.least, 0.0)
    anywhere[np.diff(crowd.near_at) > 0] = look.gain
    chosen = share.out(np.ones(len(crowd.near_centre), dtype=np.bool_))
    low = share.low_enough(anywhere)
    sad = np.flatnonzero(share.gains_of(chosen) < low)
    return share.out(share.content(chosen, sad, low)) if len(sad) else chosen


class _Sharing:
    """A market, its parts, and what units gain in a part at some prices."""

    def __init__(self, market: Market, part: Ints, prices: Prices, look: Look) -> None:
        self.market, self.part, self.prices = market, part, prices
        self.many = int(part.max()) + 1
        held = worth_of_parts(market, part, prices)
        kind, worth = _kinds(market, held)
        paid = _paid(market, look)
        self.kind = np.where(paid > 0, len(worth), kind)
        self.worth = np.vstack([worth, held.sum(axis=0)])
        self.amount = np.where(paid > 0, paid, market.crowd.size)

    def low_enough(self, gain: Floats) -> Floats:
        """From what gain on a unit does not mind where it goes, if that is its gain anywhere."""
        return gain - (1 - NEARLY) * np.abs(gain) - SLIGHTLY * self.market.problem.policy.reward

    def out(self, allowed: Bools) -> Ints:
        """A part for each unit, the least flexible first; `allowed`: which entries of their reach."""
        crowd = self.market.crowd
        at = np.concatenate([[0], np.cumsum(allowed)])[crowd.near_at]
        order = np.lexsort((np.arange(len(self.kind)), np.diff(at)))
        chosen = np.full(len(self.kind), NONE, dtype=np.int64)
        near = at, crowd.near_centre[allowed]
        balance(*near, self.part, self.amount, self.kind, self.worth, order, PASSES, chosen)
        return chosen

    def gains_of(self, chosen: Ints) -> Floats:
        """Each unit's gain in its part; where it has none, nothing that could be low."""
        gain = np.full(len(chosen), np.inf)
        rows = [np.flatnonzero(chosen == turn) for turn in range(self.many)]
        for mine, found in zip(rows, self._looks(rows), strict=True):
            gain[mine] = found
        return gain

    def content(self, chosen: Ints, sad: Ints, low: Floats) -> Bools:
        """Which entries of the reach are left when the sad ones keep only the parts where they do well.

        The others stay where they are, or some of them would be sad in turn. Who does well in no part (a
        second place elsewhere, mostly) keeps the best.
        """
        crowd = self.market.crowd
        is_sad = np.zeros(len(crowd.size), dtype=np.bool_)
        is_sad[sad] = True
        owner = np.repeat(np.arange(len(crowd.size)), np.diff(crowd.near_at))
        theirs = np.flatnonzero(is_sad[owner])
        pair = owner[theirs] * self.many + self.part[crowd.near_centre[theirs]]
        pairs, which = np.unique(pair, return_inverse=True)
        rows = [pairs[pairs % self.many == turn] // self.many for turn in range(self.many)]
        gain = np.zeros(len(pairs))
        for turn, found in enumerate(self._looks(rows)):
            gain[pairs % self.many == turn] = found
        best = np.full(len(crowd.size), -np.inf)
        np.maximum.at(best, pairs // self.many, gain)
        unit = pairs // self.many
        allowed: Bools = self.part[crowd.near_centre] == chosen[owner]
        allowed[theirs] = (gain >= np.minimum(low, self.low_enough(best))[unit])[which.reshape(-1)]
        return allowed

    def _looks(self, rows: list[Ints]) -> Iterator[Floats]:
        """What these units of each part would gain there."""

        def gain(turn: int) -> Floats:
            alone = self.market.restricted(rows[turn], self.part == turn)
            return alone.look(self.prices, np.arange(len(rows[turn]))).gain

        with ThreadPoolExecutor(max(1, self.market.workers)) as pool:
            yield from pool.map(gain, range(self.many))


def _paid(market: Market, look: Look) -> Floats:
    """What each unit pays for doses at the look's prices; 0 where it takes none."""
    rules, costs = market.rules, look.costs
    some = np.flatnonzero(np.diff(market.crowd.near_at) > 0)
    paid = np.zeros(len(market.crowd.size))
    for at, product in ((1, rules.first_product), (3, rules.second_product)):
        rows = np.flatnonzero((look.option[:, 0] >= 0) & (look.option[:, at + 1] >= 0))
        schedule, centre, day = look.option[rows, 0], look.option[rows, at], look.option[rows, at + 1]
        paid[some[rows]] += costs.dose[centre, product[schedule], day]
    return paid * market.crowd.size


def worth_of_parts(market: Market, part: Ints, prices: Prices) -> Floats:
    """What all doses of a product are worth that a part has (product × part)."""
    lots = market.problem.lots
    worth = np.zeros((len(market.problem.products), int(part.max()) + 1))
    np.add.at(worth, (lots.product, part[lots.centre]), market.supply.worth_by_lot(prices.doses))
    return worth


def _kinds(market: Market, held: Floats) -> tuple[Ints, Floats]:
    """A kind for each unit, by weight and by what it may have; what each part's doses for it are worth.

    Worth, not number: a dose of the first week is fought for, one of the last is not.
    """
    crowd, rules = market.crowd, market.rules
    weight = np.unique(np.round(crowd.weight / crowd.size).astype(np.int64), return_inverse=True)[1]
    sets = len(rules.way_at) - 1
    usable = np.zeros((sets, len(market.problem.products)), dtype=np.bool_)
    for k in range(sets):
        schedules = rules.way_schedule[rules.way_at[k] : rules.way_at[k + 1]]
        usable[k, rules.first_product[schedules]] = True
    worth = np.tile(usable @ held, (int(weight.max(initial=0)) + 1, 1))
    return weight.reshape(-1) * sets + crowd.ways, worth
