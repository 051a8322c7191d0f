"""A finished plan put back on a stand, everybody in the very slot that the plan gives them."""

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Ints
from solver.crowd import inside_slots
from solver.loops.stand import Stand, start
from solver.market import Market
from solver.prices import Prices
from solver.stands import stand_of


def stand_of_plan(
    market: Market, units: Units, prices: Prices, plan: tuple[Ints, Ints, Ints], opening: float = 0.0
) -> Stand:
    """The plan (schedule, first slot, second slot by request) on a stand at these prices.

    Raises ValueError where the plan takes more seats or vials than there are: judge it before.
    """
    schedule, *slots = plan
    stand, problem = stand_of(market, units, prices, opening), market.problem
    z, s = problem.slots, problem.schedules
    turn = np.full(len(z) + 1, NONE)
    inside = inside_slots(problem)
    turn[inside] = np.arange(len(inside))
    stand.option[:, 0] = schedule[units.head]
    for k, (slot, product) in enumerate(zip(slots, (s.first_product, s.second_product), strict=True)):
        units_with = np.flatnonzero(slot[units.head] != NONE)
        at = slot[units.head[units_with]]
        stand.option[units_with, 1 + 2 * k], stand.option[units_with, 2 + 2 * k] = z.centre[at], z.day[at]
        who = np.flatnonzero(slot != NONE)
        at = slot[who]
        stand.exact[who, k] = turn[at]
        stand.free[:] -= np.bincount(turn[at], minlength=len(inside))
        band = market.supply.band[at]
        np.subtract.at(stand.left, (z.centre[at], z.day[at], band), 1)
        np.add.at(stand.used, (z.centre[at], product[schedule[who]], z.day[at]), 1)
    stand.vials[:] = -(-stand.used // stand.vial[:, None])
    if (stand.free < 0).any() or not start(stand):
        raise ValueError("the plan takes more seats or vials than there are")
    return stand
