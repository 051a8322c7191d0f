"""A published plan mended: whoever can stay stays, the others move as little as possible.

Second doses of vaccinations that were begun elsewhere stand before everything else. Of the others, those
whose first dose comes early stay first, so that their second doses, weeks later, stand before anybody's first
dose of that time; among those of the same weeks the urgent stay first.
"""

import resource
import time
from dataclasses import dataclass, field, replace

import numpy as np

from solver.classes import Bytes, Units
from solver.contract import NONE, Bools, Floats, Ints, Params, Plan, PlanStatus, Problem
from solver.crowd import Crowd, inside_slots
from solver.explaining.explain import explain
from solver.frozen import Options
from solver.loops.floors import Costs, floors
from solver.loops.keeping import keep_all
from solver.loops.moves import fill
from solver.loops.stand import Stand
from solver.market import Market, market_of
from solver.measures import band_of
from solver.objective import terms_of
from solver.prices import Prices
from solver.replanning.least_moves import whom_to_keep
from solver.replanning.promises import at_promised_centres, promised_options
from solver.stands import plan_of, stand_of

MOVE = 1e6
"""So much dearer than everything else that the least moves are sought first."""
ROUNDS = 5
"""How often the plan is begun again because a second dose found no place."""


def repaired(problem: Problem, params: Params) -> Plan:
    """The problem's promises kept as far as can be. The bound is that of seats and doses without a price."""
    began = time.monotonic()
    market, units = market_of(problem, params.workers)
    # The loops would be compiled anew for each mixture of whole and other numbers.
    rules = market.rules
    rules = rules._replace(delay=float(rules.delay), km=float(rules.km), moved=float(rules.moved))
    rules = rules._replace(interval=float(rules.interval))
    market = replace(market, rules=rules)
    free = Prices.free(problem)
    repair = Repair(market, units, free)
    schedule, first, second = chosen = repair.run()
    terms = terms_of(problem, *chosen)
    score = sum(terms.values())
    bound = max(score, market.look(free, np.arange(len(units))).bound)
    told = explain(market, units, *chosen)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = {"total": time.monotonic() - began}
    outcome = PlanStatus.FEASIBLE, "repair", (), seconds, memory
    return Plan(
        schedule, first, second, told.why, terms, score, bound, *outcome, None, told.change, told.amount
    )


@dataclass
class Repair:
    """One plan in the mending."""

    market: Market
    units: Units
    prices: Prices
    """What free seats and doses are charged: prices that were learnt keep the scarce ones for the urgent."""
    promised: Options = field(init=False)
    suggested: Bools = field(init=False)
    """Units of which the most can keep all together."""
    stand: Stand = field(init=False)
    costs: Costs = field(init=False)

    def __post_init__(self) -> None:
        self.promised = promised_options(self.market.problem, self.units)
        self.suggested = self._suggested()
        self._empty()

    def _empty(self) -> None:
        self.stand = stand_of(self.market, self.units, self.prices)
        at = floors(self.stand.seat, self.stand.dose, self.market.rules)
        self.costs = Costs(self.stand.seat, self.stand.dose, *at)

    def run(self) -> tuple[Ints, Ints, Ints]:
        """Schedule, first slot and second slot of every request."""
        crowd = self.market.crowd
        order = self._order()
        urgent = order[np.isneginf(crowd.least[order])]
        self._place(order, urgent)
        left = self._begun_left(order)
        for _ in range(ROUNDS):
            late = left[~np.isin(left, urgent)]
            if not len(late):
                break
            # Nothing is left for them unless they come before those who have not begun.
            urgent, before = np.concatenate([urgent, late]), self.stand
            self._empty()
            self._place(order, urgent)
            still = self._begun_left(order)
            if len(still) >= len(left):
                self.stand = before
                break
            left = still
        return plan_of(self.market, self.stand)

    def _begun_left(self, order: Ints) -> Ints:
        """Those without a place whose first dose was given elsewhere."""
        return np.asarray(order[self.market.crowd.begun[order] & (self.stand.option[order, 0] < 0)])

    def _place(self, order: Ints, urgent: Ints) -> None:
        """The urgent, then whoever can stay, then those who cannot, then whoever else finds a place."""
        crowd = self.market.crowd
        held = urgent[np.isneginf(crowd.least[urgent])]
        self._keep(urgent)
        self._move(held)
        self._keep(order[crowd.begun[order]])
        self._move(urgent)
        self._keep(order[self.suggested[order]])
        self._keep(order)
        self._move(order)
        others = np.flatnonzero((np.diff(crowd.promise_at) == 0) & (self.stand.option[:, 0] < 0))
        others = others[np.lexsort((-crowd.weight[others] / crowd.size[others], ~crowd.begun[others]))]
        fill(self.stand, crowd, self.market.rules, self.costs, others)

    def _keep(self, order: Ints) -> None:
        keep_all(self.stand, self.market.crowd, self.market.rules, order, self.promised[order])

    def _move(self, order: Ints) -> None:
        """Those who have no place: no day moves, or one of both doses, or whatever is worth it.

        For each of these the promised centre and parts of the day are tried first, then the centre at any
        time, then all centres.
        """
        crowd, rules = self.market.crowd, self.market.rules
        left = order[self.stand.option[order, 0] < 0]
        here = at_promised_centres(crowd, left)
        usual = here._replace(bands=self._promised_bands(left))
        dear = rules._replace(moved=MOVE)
        for moves in (0, 1):
            limit = crowd.worth - (moves + 0.5) * MOVE * crowd.size
            for people in (usual, here, crowd):
                fill(self.stand, people._replace(least=limit), dear, self.costs, left)
        for people in (usual, here, crowd):
            fill(self.stand, people, rules, self.costs, left)

    def _promised_bands(self, left: Ints) -> Bytes:
        """Bands in which each unit can come; for these only the ones in which it was to come."""
        crowd, z = self.market.crowd, self.market.problem.slots
        band = np.append(band_of(z.minute[inside_slots(self.market.problem)]), NONE)[crowd.promise_slot]
        unit = np.repeat(np.arange(len(crowd.size)), np.diff(crowd.promise_at))
        wanted = np.zeros(len(crowd.size), dtype=np.uint8)
        np.bitwise_or.at(wanted, unit[band >= 0], (1 << band[band >= 0]).astype(np.uint8))
        bands = crowd.bands.copy()
        bands[left] &= wanted[left, None]
        return bands

    def _suggested(self) -> Bools:
        """Units all of whose members are to keep their promises, so that the most people keep them."""
        crowd, units = self.market.crowd, self.units
        order = self._order()
        weeks, weight = self._importance(order)
        steps = np.diff(weeks, prepend=-1) | (np.diff(np.round(weight), prepend=-1) != 0)
        rank = np.zeros(len(crowd.size), dtype=np.int64)
        rank[order] = np.cumsum(steps != 0) - 1
        of_request = np.zeros(len(self.market.problem.requests), dtype=np.int64)
        of_request[units.members] = np.repeat(rank, units.size)
        keep = whom_to_keep(self.market.problem, self.market.supply, of_request)
        lost = np.bincount(np.repeat(np.arange(len(units)), units.size), ~keep[units.members])
        return np.asarray(lost == 0)

    def _order(self) -> Ints:
        """Units with a promise, those first who are to stay first."""
        crowd = self.market.crowd
        some = np.flatnonzero(np.diff(crowd.promise_at) > 0)
        weeks, weight = self._importance(some)
        held = np.isneginf(crowd.least[some])
        starts = _first_days(crowd)[some]
        return np.asarray(some[np.lexsort((starts, -weight, weeks, ~crowd.begun[some], ~held))])

    def _importance(self, rows: Ints) -> tuple[Ints, Floats]:
        """In which span of days (the shortest interval) each unit first comes, and its weight a head."""
        crowd, s = self.market.crowd, self.market.problem.schedules
        gaps = s.min_days[s.second_product != NONE]
        span = max(1, int(gaps.min(initial=21)))
        return _first_days(crowd)[rows] // span, crowd.weight[rows] / crowd.size[rows]


def _first_days(crowd: Crowd) -> Ints:
    """The first day that each unit was promised."""
    days = np.full(len(crowd.size), np.iinfo(np.int64).max)
    unit = np.repeat(np.arange(len(crowd.size)), np.diff(crowd.promise_at))
    np.minimum.at(days, unit, crowd.promise_day)
    return days
