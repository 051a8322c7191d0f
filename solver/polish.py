"""The last touch, whichever engine the plan comes from: its people make room for each other once more.

Round after round a vial that is not open yet is charged more or less: where opening is dear people gather in
open vials and leave whole ones for others, where it is cheap they come nearer to their own best days.
"""

import time

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Problem
from solver.crowd import Options
from solver.learn import Learned
from solver.market import Market
from solver.prices import Prices
from solver.run import Run, Slots
from solver.stands import Fitting

OPENINGS = (60.0, 10.0, 2.0, 0.0)
"""What opening a vial of six is charged, in turn."""
SHARE = 0.94
"""By this share of the time limit the last touch must have ended."""


def polish(run: Run, units: Units, market: Market) -> None:
    """Better the plan in small moves, as long as that gains and time is left."""
    if run.slots is None or run.proof is None or run.proven:
        return
    everybody = np.arange(len(units))
    if time.monotonic() > run.deadline(SHARE):
        return
    look = market.look(run.proof, everybody)
    gained = True
    _use_what_is_left(run, units, market)
    while gained:
        gained = False
        for opening in OPENINGS:
            if time.monotonic() > run.deadline(SHARE):
                return
            start = Learned(everybody, run.proof, look, options_of(run.problem, units, run.slots))
            fitting = Fitting(market, units, start, opening)
            fitting.place()
            fitting.better(run.deadline(SHARE), run.params.seed, lambda: None)
            if run.offer(fitting.plan(), "improvement"):
                gained = True
                _use_what_is_left(run, units, market)
                run.tell("improvement")


def _use_what_is_left(run: Run, units: Units, market: Market) -> None:
    """Whoever finds a place that nobody else wants takes it, where that is worth a vial."""
    if run.slots is None:
        return
    everybody, free = np.arange(len(units)), Prices.free(run.problem)
    look = market.look(free, everybody)
    start = Learned(everybody, free, look, options_of(run.problem, units, run.slots))
    policy, vial = run.problem.policy, run.problem.products.doses_per_vial
    opening = 6.0 * policy.wasted_dose * float(((vial - 1) / vial).max(initial=0.0))
    fitting = Fitting(market, units, start, opening)
    fitting.place()
    run.offer(fitting.plan(), "improvement")


def options_of(problem: Problem, units: Units, slots: Slots) -> Options:
    """What each unit has in a plan."""
    z, option = problem.slots, np.full((len(units), 5), NONE, dtype=np.int16)
    option[:, 0] = slots[0][units.head]
    for dose, slot_of in enumerate(slots[1:]):
        slot = slot_of[units.head]
        given = np.flatnonzero(slot != NONE)
        option[given, 1 + 2 * dose] = z.centre[slot[given]]
        option[given, 2 + 2 * dose] = z.day[slot[given]]
    return option
