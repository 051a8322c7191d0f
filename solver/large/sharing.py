"""Units shared out over small parts of a region, so that all parts come to much the same prices.

Each unit gets a home: a centre in reach, and with it a part. Whoever takes something at the prices of all
centres pooled is shared out by what it pays, against what a centre has to sell; who takes nothing by weight
and products. Those who can come at few times only (evenings, weekends) are shared out by the seats at those
times as well.

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
FEW = 0.5
"""Who can use a smaller share of all seats comes at few times."""
NOTHING = 0.01
"""What somebody counts who takes nothing at these prices."""
Measure = tuple[Floats, Ints, Floats]
"""What each unit takes, its kind, and what each centre has for a kind."""


def shared_out(market: Market, part: Ints, prices: Prices, look: Look, week: Ints) -> Ints:
    """A part for each unit; `look`: what the units that reach a centre choose at these prices, in order.

    `part`: of each centre; `week`: availability by unit.
    """
    crowd = market.crowd
    share = _Sharing(market, part, prices, look, week)
    anywhere = np.where(np.isfinite(crowd.least), crowd.least, 0.0)
    anywhere[np.diff(crowd.near_at) > 0] = look.gain
    chosen = share.out(np.ones(len(crowd.near_centre), dtype=np.bool_))
    low = share.low_enough(anywhere)
    sad = np.flatnonzero(share.gains_of(chosen) < low)
    return share.out(share.content(chosen, sad, low)) if len(sad) else chosen


class _Sharing:
    """A market, its parts, and what units gain in a part at some prices."""

    def __init__(self, market: Market, part: Ints, prices: Prices, look: Look, week: Ints) -> None:
        self.market, self.part, self.prices = market, part, prices
        self.many = int(part.max()) + 1
        held = _worth_of_centres(market, prices)
        kind, worth = _kinds(market, held)
        paid, doses = _taken(market, look)
        kind = np.where(paid > 0, len(worth), kind)
        worth = np.vstack([worth, held.sum(axis=0)])
        self.doses = np.where(paid > 0, paid, market.crowd.size.astype(float)), kind, worth
        self.room = _room(market, week, doses, paid.sum() / max(float(held.sum()), 1.0))

    def low_enough(self, gain: Floats) -> Floats:
        """From what gain on a unit does not mind where it goes, if that is its gain anywhere."""
        return gain - (1 - NEARLY) * np.abs(gain) - SLIGHTLY * self.market.problem.policy.reward

    def out(self, allowed: Bools) -> Ints:
        """A part for each unit, who comes at few times first, then the least flexible.

        `allowed`: which entries of their reach.
        """
        crowd = self.market.crowd
        at = np.concatenate([[0], np.cumsum(allowed)])[crowd.near_at]
        order = np.lexsort((np.diff(at), self.room[1] == NONE))
        home = np.full(len(crowd.size), NONE, dtype=np.int64)
        balance(at, crowd.near_centre[allowed], self.doses, self.room, order, PASSES, home)
        return np.where(home == NONE, NONE, self.part[home])

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


def _taken(market: Market, look: Look) -> tuple[Floats, Floats]:
    """What each unit pays for doses at the look's prices, and how many it takes."""
    rules, costs = market.rules, look.costs
    some = np.flatnonzero(np.diff(market.crowd.near_at) > 0)
    paid, doses = np.zeros(len(market.crowd.size)), np.zeros(len(market.crowd.size))
    for at, product in ((1, rules.first_product), (3, rules.second_product)):
        rows = np.flatnonzero((look.option[:, 0] >= 0) & (look.option[:, at + 1] >= 0))
        schedule, centre, day = look.option[rows, 0], look.option[rows, at], look.option[rows, at + 1]
        paid[some[rows]] += costs.dose[centre, product[schedule], day]
        doses[some[rows]] += 1
    return paid * market.crowd.size, doses * market.crowd.size


def _room(market: Market, week: Ints, doses: Floats, share: float) -> Measure:
    """Of those who come at few times: the seats that they take, and those that each centre has at such times.

    `share`: of the doses' worth, what is paid; the seats are scaled to be as full.
    """
    supply, first = market.supply, market.problem.policy.first_weekday
    weekday = (first + np.arange(market.problem.policy.days)) % 7
    cells = [(day, band) for day in range(7) for band in range(3)]
    seats = np.stack(
        [supply.seats_in[:, weekday == day, 1 << band].sum(axis=1) for day, band in cells], axis=1
    )
    comes = np.stack([(week >> 3 * day + band & 1) > 0 for day, band in cells], axis=1)
    few = comes @ (seats.sum(axis=0) / max(float(seats.sum()), 1.0)) < FEW
    usable = seats @ comes[few].mean(axis=0) if few.any() else seats.sum(axis=1)
    taken = np.maximum(doses, NOTHING)
    scale = float(taken[few].sum()) / max(share * float(usable.sum()), NOTHING)
    return taken, np.where(few, 0, NONE), (usable * scale)[None, :]


def _worth_of_centres(market: Market, prices: Prices) -> Floats:
    """What all doses of a product are worth that a centre has (product × centre)."""
    lots = market.problem.lots
    worth = np.zeros((len(market.problem.products), len(market.problem.centres)))
    np.add.at(worth, (lots.product, lots.centre), market.supply.worth_by_lot(prices.doses))
    return worth


def _kinds(market: Market, held: Floats) -> tuple[Ints, Floats]:
    """A kind for each unit, by weight and by what it may have; what each centre's doses for it are worth.

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
