"""The last touch, whichever engine the plan comes from: its people make room for each other once more.

Round after round a vial that is not open yet is charged more or less: where opening is dear people gather in
open vials and leave whole ones for others, where it is cheap they come nearer to their own best days.
"""

import time

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Problem
from solver.frozen import Options
from solver.market import Learned, Look, Market
from solver.prices import Prices
from solver.run import Run, Slots
from solver.stands import Fitting

OPENINGS = (60.0, 10.0, 2.0, 0.0)
"""What opening a vial of six is charged, in turn."""
CYCLES = 6
SHARE = 0.94
"""By this share of the time limit the last touch must have ended."""


def polish(run: Run, units: Units, market: Market) -> None:
    """Better the plan in small moves, as long as that gains and time is left."""
    if run.slots is None or run.proof is None or run.proven:
        return
    with run.phase("polish"):
        _Polish(run, units, market, run.proof).run_all()


class _Polish:
    """One last touch; each go is begun only if the slowest so far would end in time."""

    def __init__(self, run: Run, units: Units, market: Market, prices: Prices) -> None:
        self.run, self.units, self.market = run, units, market
        self.deadline, self.slowest = run.deadline(SHARE), 0.0
        self.looks: dict[bool, Look] = {}
        self.prices = {False: prices, True: Prices.free(run.problem)}

    def run_all(self) -> None:
        self.use_what_is_left()
        for _ in range(CYCLES):
            before = self.run.score
            for opening in OPENINGS:
                if self._go(opening, free=False):
                    self.use_what_is_left()
            if self.run.score <= before:
                return

    def use_what_is_left(self) -> None:
        """Whoever finds a place that nobody else wants takes it, where that is worth a vial."""
        policy, vial = self.run.problem.policy, self.run.problem.products.doses_per_vial
        self._go(6.0 * policy.wasted_dose * float(((vial - 1) / vial).max(initial=0.0)), free=True)

    def _go(self, opening: float, free: bool) -> bool:
        """Everybody as in the best plan, then better; whether the plan gained."""
        began, run = time.monotonic(), self.run
        if run.slots is None or began + self.slowest > self.deadline:
            return False
        everybody = np.arange(len(self.units))
        if free not in self.looks:
            self.looks[free] = self.market.look(self.prices[free], everybody)
        mixture = options_of(run.problem, self.units, run.slots)
        start = Learned(everybody, self.prices[free], self.looks[free], mixture)
        fitting = Fitting(self.market, self.units, start, opening)
        fitting.place(self.deadline)
        if not free:
            fitting.better(self.deadline, run.params.seed, lambda: None)
        gained = run.offer(fitting.plan(), "improvement")
        self.slowest = max(self.slowest, time.monotonic() - began)
        run.tell("improvement")
        return gained


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
