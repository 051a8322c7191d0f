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

from solver.contract import NONE, Ints
from solver.frozen import Options
from solver.large.alike import groups_of, in_order_of_kind
from solver.large.learn import BOX, CLOSE, SAMPLES, Limits, OnBound, Settling, learn, prices_of_samples
from solver.large.pooling import clusters_of, given_back, pooled
from solver.large.programme import Layout
from solver.large.sharing import shared_out
from solver.market import Learned, Market
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
    began = time.monotonic()
    look = market.look(prices, np.flatnonzero(np.diff(market.crowd.near_at) > 0))
    on_bound(look.bound)
    # Everybody has to look once more at the end, and that takes as long as it took just now.
    ends = deadline - 1.2 * (time.monotonic() - began)
    part_of_unit = shared_out(market, part, prices, look)
    many, at_once = int(part.max()) + 1, max(1, market.workers)
    seconds = (ends - time.monotonic()) / -(-many // at_once)
    world = _World(market, week, part, part_of_unit, prices, max(seconds, 0.1))
    learned = _put_together(world, _learn_parts(world, many, at_once))
    on_bound(learned.bound)
    return learned if learned.bound <= look.bound else replace(learned, prices=prices, look=look)


def _learn_parts(world: _World, many: int, at_once: int) -> list[tuple[Ints, Prices, Options]]:
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


def _learn_part(turn: int) -> tuple[Ints, Prices, Options]:
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
    return rows[found.units], found.prices, found.mixture


def _put_together(world: _World, found: list[tuple[Ints, Prices, Options]]) -> Learned:
    """The prices and mixtures of all parts, and what the prices prove of everybody."""
    seats, doses = world.prices.seats.copy(), world.prices.doses.copy()
    mixture = np.full((len(world.market.crowd.size), 5), NONE, dtype=np.int16)
    for turn, (units, prices, mixed) in enumerate(found):
        own = world.part_of_centre == turn
        seats[own], doses[own] = prices.seats[own], prices.doses[own]
        mixture[units] = mixed
    together = Prices(seats, doses)
    everybody = np.flatnonzero(np.diff(world.market.crowd.near_at) > 0)
    look = world.market.look(together, everybody)
    return Learned(everybody, together, look, mixture[everybody])
