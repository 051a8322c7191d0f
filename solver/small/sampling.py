"""The relaxation from small to large: prices learnt on a few units make the next, larger sample quick.

A sample has the same share of the units, the seats and the doses, so its prices are nearly those of the
whole, and the whole problem's units prove with them a bound for everybody. Learning on a tenth first is
several times faster than starting with everybody at prices of nothing, where all want the first day.
"""

import time

import numpy as np

from solver.prices import Prices
from solver.small.columns import Columns
from solver.small.pricing import Pricer
from solver.small.relaxation import OnBound, Relaxation, relax

FIRST_UNITS, FACTOR = 200, 3
"""Size of the first sample, and how much larger the next one is."""
LARGEST_PROGRAMME = 6_000
"""Samples stop growing here: a larger programme learns little more, and slowly."""
CLOSE_SAMPLE = 3e-3
"""A sample's prices need not be exact."""
WHOLE_FROM = 0.4
"""The last step to the whole begins only before this share of the time is gone: rounding needs it more."""


def relax_in_steps(pricer: Pricer, deadline: float, on_bound: OnBound) -> Relaxation:
    """Prices, bound and, where everybody took part, the options for a plan."""
    started = time.monotonic()
    many = len(pricer.units)
    best = _of_prices(pricer, Prices.free(pricer.problem))
    units = FIRST_UNITS
    while units * 2 < many and units <= LARGEST_PROGRAMME and time.monotonic() < deadline:
        share = units / many
        # Units are numbered by lot: the first ones are a fair sample.
        few = pricer.routes.where(pricer.routes.unit < units)
        sample = Pricer(pricer.problem, pricer.units, few, pricer.supply.scaled(share))
        found = relax(sample, deadline, start=best.prices, close=CLOSE_SAMPLE)
        best = _better(best, _of_prices(pricer, found.prices))
        on_bound(best.bound)
        units *= FACTOR
    late = time.monotonic() > started + (deadline - started) * WHOLE_FROM
    if many > LARGEST_PROGRAMME or late:
        return best
    found = relax(pricer, deadline, on_bound, start=best.prices)
    return found if found.bound <= best.bound else _better(best, found)


def _of_prices(pricer: Pricer, prices: Prices) -> Relaxation:
    """The bound that the prices prove, without options."""
    none = np.zeros(0, dtype=np.int64)
    bound = pricer.bound(prices, pricer.best(prices))
    return Relaxation(bound, prices, Columns(none, none, none, none, np.zeros(0)), False)


def _better(one: Relaxation, other: Relaxation) -> Relaxation:
    """The one with the lower bound."""
    return other if other.bound < one.bound else one
