"""Two yardsticks, and the last resort: first come, first served, and first served by urgency.

Everybody takes the earliest pair that is left at the nearest centre that has one, in the order of the
requests or of their weight. Whole vials and all other rules hold here, too. Appointments come before
requests: nobody's click takes what another was promised.
"""

import time
from itertools import pairwise

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Bools, Floats, Ints, Problem
from solver.loops.racing import race
from solver.loops.stand import Stand
from solver.market import Market
from solver.prices import Prices
from solver.stands import everything_live, stand_of

CHUNK = 50_000
"""So many units race between two looks at the clock."""


def open_stand(market: Market, units: Units) -> Stand:
    """An empty stand on which nothing has a price."""
    return stand_of(market, units, Prices.free(market.problem), opening=0.0)


def first_come(market: Market, units: Units, stand: Stand, deadline: float = np.inf) -> None:
    """Place units in the order in which their first member asked: what a race of clicks gives."""
    order = np.lexsort((_asked(units), *_promised_first(market.problem, units)))
    _run(market, units, stand, order, deadline)


def by_priority(market: Market, units: Units, stand: Stand, deadline: float = np.inf) -> None:
    """Place the most urgent first, by weight a head; among equals who asked first."""
    urgency: Floats = -units.weight / units.size
    order = np.lexsort((_asked(units), urgency, *_promised_first(market.problem, units)))
    _run(market, units, stand, order, deadline)


def nobody_held_is_left_out(units: Units, stand: Stand) -> bool:
    """Whether everybody who must be planned is, for else the stand is no plan."""
    return bool((stand.option[units.held, 0] != NONE).all())


def _asked(units: Units) -> Ints:
    """The request with which each unit asked first."""
    return np.minimum.reduceat(units.members, units.member_at[:-1]) if len(units) else units.head


def _promised_first(problem: Problem, units: Units) -> tuple[Bools, Ints]:
    """Keys of an order, the last counting most: those with pins, then those with promises, then all others.

    Of those with pins the ones come first who have the fewest doses left to choose: they must not find their
    seats taken by somebody who could sit elsewhere, be it another member of a pinned household.
    """
    p, q = problem.promised, problem.requests
    ours = (p.request != NONE) & (p.day >= 0)
    loose, promised = np.ones((len(q), 2), dtype=np.int64), np.zeros(len(q), dtype=np.bool_)
    loose[p.request[ours & p.pinned], p.dose[ours & p.pinned] - 1] = 0
    loose[q.first_product != NONE, 0] = 0
    promised[p.request[ours]] = True
    if not len(units):
        return units.held, units.head
    some = np.logical_or.reduceat(promised[units.members], units.member_at[:-1])
    choices = np.add.reduceat(loose.sum(axis=1)[units.members], units.member_at[:-1])
    return ~some, np.where(units.held, choices, choices.max() + 1)


def _run(market: Market, units: Units, stand: Stand, order: Ints, deadline: float) -> None:
    """Everybody in this order; after the deadline only who must be planned, and the first chunk."""
    live, must = everything_live(market), int(units.held.sum())
    edges = [0, *range(must, len(order), CHUNK), len(order)]
    for low, high in pairwise(edges):
        if low <= must or time.monotonic() <= deadline:
            race(stand, market.crowd, market.rules, live, order[low:high])
