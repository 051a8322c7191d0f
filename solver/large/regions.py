"""Prices of a region with many centres: part by part, as many at once as there are cores.

Whoever lives among forty centres goes to any of them for a little way, so a dose costs nearly the same all
around. People are shared out over small parts of the region so that each part has the same of every kind for
its doses: then each part, priced for itself, comes to nearly the same prices. Those of all centres pooled,
mixed with the parts' own, prove a bound for everybody, with all centres in reach.
"""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Floats, Ints
from solver.frozen import Options
from solver.large.alike import groups_of, in_order_of_kind
from solver.large.learn import SAMPLES, OnBound, learn, learn_in_whole_vials, prices_of_samples
from solver.large.levels import levelled
from solver.large.pooling import clusters_of, given_back, pooled
from solver.large.sharing import shared_out
from solver.market import Learned, Look, Market
from solver.prices import Prices
from solver.stands import placed

TOGETHER = 16
"""Up to so many centres are priced together."""
CENTRES_A_PART = 3
GROUPS = 250
PART_SAMPLE = 1_000, 5e-3
"""First a sample of a part's units tells its prices, and how closely they settle."""
LEARN_SHARE = 0.85
"""In this share of its time a part learns its prices; in the rest its people make room for each other."""
SAMPLE_SHARE = 0.3
"""The sample may take that share of a part's time."""
POOLED_SHARE = 0.12
"""Prices for a start, all centres pooled, may take so much of the time for learning."""
LEVELS_SHARE = 0.05
"""And telling centres apart so much more, before and after."""


@dataclass(frozen=True, slots=True, eq=False)
class _World:
    """What forked workers inherit."""

    market: Market
    units: Units
    part_of_centre: Ints
    part_of_unit: Ints
    prices: Prices
    easy_first: Ints
    """The parts in their turns."""
    at_once: int
    ends: float
    """Of the monotonic clock."""

    def seconds(self, turn: int) -> float:
        """What this turn's part may take: what easy ones did not need is left to the hard ones."""
        left = (self.ends - time.monotonic()) * self.at_once / (len(self.easy_first) - turn)
        return max(min(left, self.ends - time.monotonic()), 0.1)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What came of one part."""

    units: Ints
    asked: Ints
    """Those of them who can reach it."""
    prices: Prices
    placed: Options
    """What each unit has."""
    option: Options
    """What each of the asked would choose."""
    gain: Floats


_WORLDS: list[_World] = []


def is_in_parts(market: Market, together: int = TOGETHER) -> bool:
    """Whether the market has too many centres to be priced at once."""
    return len(market.problem.centres) > together


def learn_region(
    market: Market, units: Units, deadline: float, on_bound: OnBound, together: int = TOGETHER
) -> Learned:
    """Prices, bound and mixture of a region; of one with many centres, what its parts have made of it."""
    centres, week = market.problem.centres, market.problem.requests.availability[units.head]
    if not is_in_parts(market, together):
        return learn(market, week, deadline, on_bound)
    started = time.monotonic()
    seats = market.supply.seats_in[:, :, 7]
    weight = 1.0 + seats.sum(axis=1) / max(float(seats.sum(axis=1).mean()), 1.0)
    part = clusters_of(centres, weight, -(-len(centres) // CENTRES_A_PART))
    whole = pooled(market, np.zeros_like(part))
    until = started + POOLED_SHARE * (deadline - started)
    prices = prices_of_samples(whole, in_order_of_kind(whole, week), SAMPLES, until)
    prices = given_back(prices, np.zeros_like(part))
    order, levelling = in_order_of_kind(market, week), LEVELS_SHARE * (deadline - started)
    prices = levelled(market, order, (prices,), time.monotonic() + levelling)
    began = time.monotonic()
    everybody = np.flatnonzero(np.diff(market.crowd.near_at) > 0)
    look = market.look(prices, everybody)
    on_bound(look.bound)
    # Everybody has to look once more at the end, and that takes as long as it took just now.
    ends = deadline - levelling - 1.2 * (time.monotonic() - began)
    part_of_unit = shared_out(market, part, prices, look, week)
    rows = np.bincount(part, weights=(seats > 0).sum(axis=1))
    turns = np.argsort(rows, kind="stable")
    world = _World(market, units, part, part_of_unit, prices, turns, max(1, market.workers), ends)
    learned = _put_together(world, look, _learn_parts(world))
    # Who pays more in a part on its own has nowhere else to go: there its own prices prove more.
    mixed = levelled(market, order, (prices, learned.prices), time.monotonic() + levelling)
    on_bound(market.look(mixed, everybody).bound)
    return learned


def _learn_parts(world: _World) -> list[_Part]:
    """Every part, in its turn."""
    _WORLDS[:] = [world]
    turns, at_once = range(len(world.easy_first)), world.at_once
    if at_once > 1:
        # Forked workers inherit the market, which would take longer to hand over than to use.
        with ProcessPoolExecutor(at_once, mp_context=multiprocessing.get_context("fork")) as pool:
            found = list(pool.map(_learn_part, turns))
    else:
        found = [_learn_part(turn) for turn in turns]
    _WORLDS.clear()
    return found


def _learn_part(turn: int) -> _Part:
    (world,) = _WORLDS
    began, seconds = time.monotonic(), world.seconds(turn)
    number = world.easy_first[turn]
    rows = np.flatnonzero(world.part_of_unit == number)
    own = world.part_of_centre == number
    part = replace(world.market, workers=1).restricted(rows, own)
    units = world.units.only(rows)
    week = part.problem.requests.availability[units.head]
    order = in_order_of_kind(part, week)
    group = groups_of(part, order, week, GROUPS)
    sampled_by, learned_by = began + SAMPLE_SHARE * seconds, began + LEARN_SHARE * seconds
    prices = prices_of_samples(part, order, (PART_SAMPLE,), sampled_by, world.prices)
    found = learn_in_whole_vials(part, order, group, prices, learned_by)
    fitting = placed(part, units, found, began + seconds)
    fitting.better(began + seconds, int(number), lambda: None)
    look = found.look
    return _Part(rows, rows[found.units], found.prices, fitting.stand.option, look.option, look.gain)


def _put_together(world: _World, look: Look, found: list[_Part]) -> Learned:
    """The prices, choices and mixtures of all parts; `look`: what proves the bound, of whom it asked."""
    crowd = world.market.crowd
    seats, doses = world.prices.seats.copy(), world.prices.doses.copy()
    mixture = np.full((len(crowd.size), 5), NONE, dtype=np.int16)
    option, gain = mixture.copy(), np.where(np.isfinite(crowd.least), crowd.least, 0.0)
    for number, part in zip(world.easy_first, found, strict=True):
        own = world.part_of_centre == number
        seats[own], doses[own] = part.prices.seats[own], part.prices.doses[own]
        mixture[part.units], option[part.asked], gain[part.asked] = part.placed, part.option, part.gain
    together = Prices(seats, doses)
    everybody = np.flatnonzero(np.diff(crowd.near_at) > 0)
    costs = world.market.costs(together)
    chosen = Look(gain[everybody], option[everybody], costs, look.bound)
    return Learned(everybody, together, chosen, mixture[everybody])
