"""The linear relaxation: prices of seats and doses, a proven bound, and the options for a good plan.

Options are generated: the programme over those found so far prices seats and doses; under these prices every
route looks for better days; and so on until no unit finds anything better, or time ends. Whatever the moment,
the prices prove a bound (see `pricing`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solver.contract import Floats
from solver.prices import Prices
from solver.small.columns import Columns, good_columns
from solver.small.master import Master
from solver.small.pricing import Pricer

PER_UNIT = 4
"""So many options of a unit enter the programme in one round."""
CLOSE = 1e-4
"""Stop when bound and programme agree to this share."""
ROUNDS = 500
WORTHWHILE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """What the relaxation found."""

    bound: float
    prices: Prices
    """The prices that prove the bound."""
    columns: Columns
    """Every option found; none where there was no time to look for any."""
    converged: bool


OnBound = Callable[[float], None]


def relax(
    pricer: Pricer,
    deadline: float,
    on_bound: OnBound = lambda bound: None,
    start: Prices | None = None,
    close: float = CLOSE,
) -> Relaxation:
    """Generate options until the bound is nearly tight or the deadline (monotonic clock) has come."""
    master = Master(pricer)
    search = _Search(pricer, on_bound)
    dropped = float(pricer.units.drop_price.sum())
    least = -pricer.units.drop_price
    converged = False
    prices = start or Prices.free(pricer.problem)
    for _ in range(ROUNDS):
        found = search.look(prices, least)
        if time.monotonic() > deadline:
            break
        master.add(found)
        solved = master.solve(deadline - time.monotonic())
        if solved is None:
            break
        value, fractions, its_prices, unit = solved
        added = master.add_overfull(fractions)
        value -= dropped + master.pinned_bonus
        if not added and search.bound - value <= close * abs(search.bound):
            converged = True
            break
        least = unit - pricer.units.drop_price - master.must + WORTHWHILE
        prices = search.between(its_prices)
    columns = Columns.joined(master.columns) if master.columns else search.nothing
    return Relaxation(search.bound, search.prices, columns, converged)


class _Search:
    """The prices that proved the least bound so far, and new options under other prices."""

    def __init__(self, pricer: Pricer, on_bound: OnBound) -> None:
        self.pricer, self.on_bound = pricer, on_bound
        self.bound, self.prices = np.inf, Prices.free(pricer.problem)
        none = np.zeros(0, dtype=np.int64)
        self.nothing = Columns(none, none, none, none, np.zeros(0))

    def look(self, prices: Prices, least: Floats) -> Columns:
        choices = self.pricer.best(prices)
        bound = self.pricer.bound(prices, choices)
        if bound < self.bound:
            self.bound, self.prices = bound, prices
            self.on_bound(bound)
        return good_columns(self.pricer, choices, prices, least, PER_UNIT)

    def between(self, prices: Prices) -> Prices:
        """Half-way from the best prices to these; the programme's own jump about while it knows little."""
        seats = (self.prices.seats + prices.seats) / 2
        return Prices(seats, (self.prices.doses + prices.doses) / 2)
