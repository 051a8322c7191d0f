"""Prices mixed centre by centre: a factor for each of some price lists, and a charge on the centre's seats.

Most centres of a region are as good as each other, and the prices of all pooled hold for them; the few on
their own are not, and pooled prices promise their people too much. Cutting planes (Kelley, 1960), within a
box around the best so far, on an even sample of the people: what a group of neighbours gains is a convex
function of the factors, and each look at them is a tangent.
"""

import time
from dataclasses import replace

import numpy as np
from ortools.math_opt.python import mathopt

from solver.contract import Floats, Ints
from solver.frozen import Options
from solver.large.again import Again
from solver.large.alike import evenly, nearest_centre
from solver.market import Market
from solver.prices import Prices, seat_cost

SAMPLE = 30_000
ROUNDS = 25
SCALE, TINY = 1e4, 1.0
"""GLOP wants numbers near one; who pays so little in points tells nothing."""
STEP, CHARGE = 0.15, 30.0
"""How far a factor and a charge may go in one round."""


def levelled(market: Market, order: Ints, lists: tuple[Prices, ...], deadline: float) -> Prices:
    """The mixture of these price lists by which a sample proves the least; of the first alone to begin with.

    `order`: the units that reach a centre, such that neighbours are alike.
    """
    levels = _Levels(market, order, lists)
    for _ in range(ROUNDS):
        if time.monotonic() > deadline or not levels.improve(deadline):
            break
    return levels.priced(levels.best)


class _Levels:
    """The programme of tangents. A point is a factor for each list (list × centre), then the charges."""

    def __init__(self, market: Market, order: Ints, lists: tuple[Prices, ...]) -> None:
        self.units, share = evenly(order, SAMPLE)
        self.market = replace(market, supply=market.supply.scaled(share))
        most = float((market.crowd.worth / market.crowd.size).max(initial=0.0))
        self.lists = [Prices(np.minimum(p.seats, most), np.minimum(p.doses, most)) for p in lists]
        self.many = len(market.problem.centres)
        self.group: Ints = np.unique(nearest_centre(market)[self.units], return_inverse=True)[1].reshape(-1)
        self.least, self.best = np.inf, np.repeat([1.0] + [0.0] * len(lists), self.many)
        self.at = self.best
        self.model = mathopt.Model(name="levels")
        self._gain = [self.model.add_variable() for _ in range(int(self.group.max(initial=-1)) + 1)]
        self._point = [self.model.add_variable(lb=0.0) for _ in self.best]
        self.model.objective.is_maximize = False
        for variable in self._gain:
            self.model.objective.set_linear_coefficient(variable, 1.0)
        for variable, worth in zip(self._point, self._worth().tolist(), strict=True):
            self.model.objective.set_linear_coefficient(variable, worth / SCALE)
        self._again = Again(self.model)

    def _worth(self) -> Floats:
        """What each centre has is worth by each list, at most; then its seats."""
        supply, centre = self.market.supply, self.market.problem.lots.centre
        found = []
        for prices in self.lists:
            doses = np.bincount(centre, weights=supply.worth_by_lot(prices.doses), minlength=self.many)
            theirs = (prices.doses * supply.foreign).sum(axis=(1, 2))
            found.append(doses - theirs + (prices.seats * supply.seats_in).sum(axis=(1, 2)))
        return np.concatenate([*found, supply.seats_in[:, :, 7].sum(axis=1)])

    def priced(self, point: Floats) -> Prices:
        """The prices at these factors and charges."""
        *factors, charge = point.reshape(-1, self.many)
        mixed = Prices.free(self.market.problem)
        for factor, prices in zip(factors, self.lists, strict=True):
            mixed.seats[:] += prices.seats * factor[:, None, None]
            mixed.doses[:] += prices.doses * factor[:, None, None]
        mixed.seats[:, :, 7] += charge[:, None]
        return mixed

    def improve(self, deadline: float) -> bool:
        """Look where the tangents are lowest, and add what is found to them; False where that is known."""
        look = self.market.look(self.priced(self.at), self.units)
        if look.bound < self.least:
            self.least, self.best = look.bound, self.at
        slope = self._slope(look.option)
        gain = np.bincount(self.group, weights=look.gain, minlength=len(self._gain))
        slope = np.where(slope > TINY, slope / SCALE, 0.0)
        for group, here in enumerate((gain / SCALE + slope @ self.at).tolist()):
            row = self.model.add_linear_constraint(lb=here)
            row.set_coefficient(self._gain[group], 1.0)
            for column in np.flatnonzero(slope[group]).tolist():
                row.set_coefficient(self._point[column], float(slope[group, column]))
        return self._lowest(deadline)

    def _slope(self, option: Options) -> Floats:
        """How much less a group gains for a higher factor or charge: what it pays, and the seats it takes."""
        rules, crowd = self.market.rules, self.market.crowd
        slope = np.zeros((len(self._gain), len(self.lists) + 1, self.many))
        seats = [seat_cost(prices, self.market.supply.open_bands) for prices in self.lists]
        for at, product in ((1, rules.first_product), (3, rules.second_product)):
            rows = np.flatnonzero((option[:, 0] >= 0) & (option[:, at + 1] >= 0))
            unit, centre, day = self.units[rows], option[rows, at].astype(np.int64), option[rows, at + 1]
            size, bands, group = crowd.size[unit], crowd.bands[unit, day], self.group[rows]
            for turn, prices in enumerate(self.lists):
                paid = prices.doses[centre, product[option[rows, 0]], day] + seats[turn][centre, day, bands]
                np.add.at(slope[:, turn], (group, centre), size * paid)
            np.add.at(slope[:, -1], (group, centre), size)
        return slope.reshape(len(self._gain), -1)

    def _lowest(self, deadline: float) -> bool:
        step = np.repeat([STEP] * len(self.lists) + [CHARGE], self.many)
        for variable, low, high in zip(
            self._point, np.maximum(self.best - step, 0.0).tolist(), (self.best + step).tolist(), strict=True
        ):
            variable.lower_bound, variable.upper_bound = low, high
        result = self._again.optimum(deadline - time.monotonic())
        if result is None:
            return False
        self.at = np.array(result.variable_values(self._point))
        return True
