"""Prices of a region with many centres: part by part, as many at once as there are cores.

Whoever lives among forty centres goes to any of them for a little way, so a dose costs nearly the same all
around. People are shared out over small parts of the region so that each part has the same of every kind for
its doses: then each part, priced for itself, comes to nearly the same prices, and these together prove a
bound for everybody, with all centres in reach.
"""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from solver.contract import NONE, Floats, Ints
from solver.frozen import Options
from solver.large.alike import groups_of, in_order_of_kind
from solver.large.learn import BOX, CLOSE, SAMPLES, Limits, OnBound, Settling, learn, prices_of_samples
from solver.large.pooling import clusters_of, given_back, pooled
from solver.large.programme import Layout
from solver.large.sharing import shared_out
from solver.market import Learned, Look, Market
from solver.prices import Prices

TOGETHER = 16
"""Up to so many centres are priced together."""
CENTRES_A_PART = 3
GROUPS = 250
POOLED_SHARE = 0.2
"""Prices for a start, all centres pooled, may take so much of the time for learning."""


@dataclass(frozen=True, slots=True, eq=False)
class _World:
    """What forked workers inherit."""

    market: Market
    week: Ints
    part_of_centre: Ints
    part_of_unit: Ints
    prices: Prices
    seconds: float
    """What each part may take."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What was learnt of one part: its units, and what they choose and are to have there."""

    units: Ints
    prices: Prices
    mixture: Options
    option: Options
    gain: Floats


_WORLDS: list[_World] = []


def learn_region(
    market: Market, week: Ints, deadline: float, on_bound: OnBound, together: int = TOGETHER
) -> Learned:
    """Prices, bound and mixture of a region; `week`: availability by unit."""
    centres = market.problem.centres
    if len(centres) <= together:
        return learn(market, week, deadline, on_bound)
    started = time.monotonic()
    weight = market.supply.seats_in[:, :, 7].sum(axis=1)
    part = clusters_of(centres, weight, -(-len(centres) // CENTRES_A_PART))
    whole = pooled(market, np.zeros_like(part))
    until = started + POOLED_SHARE * (deadline - started)
    prices = prices_of_samples(whole, in_order_of_kind(whole, week), SAMPLES, until)
    prices = given_back(prices, np.zeros_like(part))
    look = market.look(prices, np.flatnonzero(np.diff(market.crowd.near_at) > 0))
    on_bound(look.bound)
    part_of_unit = shared_out(market, part, prices, look)
    many, at_once = int(part.max()) + 1, max(1, market.workers)
    seconds = (deadline - time.monotonic()) / -(-many // at_once)
    world = _World(market, week, part, part_of_unit, prices, max(seconds, 0.1))
    return _put_together(world, look, _learn_parts(world, many, at_once))


def _learn_parts(world: _World, many: int, at_once: int) -> list[_Part]:
    """Every part, in order."""
    _WORLDS[:] = [world]
    if at_once > 1:
        # Forked workers inherit the market, which would take longer to hand over than to use.
        with ProcessPoolExecutor(at_once, mp_context=multiprocessing.get_context("fork")) as pool:
            found = list(pool.map(_learn_part, range(many)))
    else:
        found = [_learn_part(turn) for turn in range(many)]
    _WORLDS.clear()
    return found


def _learn_part(turn: int) -> _Part:
    (world,) = _WORLDS
    deadline = time.monotonic() + world.seconds
    rows = np.flatnonzero(world.part_of_unit == turn)
    own = world.part_of_centre == turn
    part = replace(world.market, workers=1).restricted(rows, own)
    order = in_order_of_kind(part, world.week[rows])
    group = groups_of(part, order, world.week[rows], GROUPS)
    settling = Settling(part, Layout.plain(part), order, group)
    settling.others = world.prices
    found = settling.run(settling.start(world.prices), Limits(BOX, CLOSE, deadline))
    return _Part(rows[found.units], found.prices, found.mixture, found.look.option, found.look.gain)


def _put_together(world: _World, look: Look, found: list[_Part]) -> Learned:
    """The prices, choices and mixtures of all parts; `look`: what proves the bound, of whom it asked."""
    crowd = world.market.crowd
    seats, doses = world.prices.seats.copy(), world.prices.doses.copy()
    mixture = np.full((len(crowd.size), 5), NONE, dtype=np.int16)
    option, gain = mixture.copy(), np.where(np.isfinite(crowd.least), crowd.least, 0.0)
    for turn, part in enumerate(found):
        own = world.part_of_centre == turn
        seats[own], doses[own] = part.prices.seats[own], part.prices.doses[own]
        mixture[part.units], option[part.units], gain[part.units] = part.mixture, part.option, part.gain
    together = Prices(seats, doses)
    everybody = np.flatnonzero(np.diff(crowd.near_at) > 0)
    costs = world.market.costs(together)
    chosen = Look(gain[everybody], option[everybody], costs, look.bound)
    return Learned(everybody, together, chosen, mixture[everybody])
