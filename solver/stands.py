"""A stand made for a problem, filled, bettered and read as a plan."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solver.classes import Units
from solver.contract import NONE, Ints, Problem
from solver.crowd import inside_slots
from solver.loops.floors import Costs
from solver.loops.moves import better, costs_now, fill, list_people, place_all
from solver.loops.racing import Live, race
from solver.loops.seating import seat_everybody
from solver.loops.stand import Stand, start
from solver.market import Learned, Market
from solver.objective import terms_of
from solver.prices import Prices, seat_cost

OPENING = 0.5
"""What opening a vial of six is charged beyond its doses: people would rather share one that is open."""
People = NDArray[np.int32]
LEAST, TRIES = 0.005, 8
"""A move is worth making from that share of one reward on; so many people are asked to make room."""
ROUNDS = 15
CHUNK = 5_000
"""So many people look for what is left between two looks at the clock."""
STALE = 2e-5
"""Stop when a round gains less than this share of the bound."""


def stand_of(market: Market, units: Units, prices: Prices, opening: float = OPENING) -> Stand:
    """An empty stand at these prices; people outside have what they were promised."""
    problem, supply = market.problem, market.supply
    shape = len(problem.centres), len(problem.products), problem.policy.days
    by_day, vial = (shape[0], shape[2]), problem.products.doses_per_vial
    used = supply.foreign.astype(np.int64)
    rows = inside_slots(problem)
    z = problem.slots
    left = np.zeros((*by_day, 3), dtype=np.int64)
    np.add.at(left, (z.centre[rows], z.day[rows], supply.band[rows]), supply.seats[rows])
    slot_at = np.searchsorted(z.centre[rows] * shape[2] + z.day[rows], np.arange(shape[0] * shape[2] + 1))
    lot_at, first, last, vials = _lots(problem)
    option = np.full((len(units), 5), NONE, dtype=np.int16)
    exact = np.full((len(problem.requests), 2), NONE, dtype=np.int64)
    stand = Stand(
        option, exact, np.zeros((*by_day, 8), dtype=np.int64), left, supply.seats[rows].copy(),
        used, -(-used // vial[:, None]), np.zeros(shape, dtype=np.bool_),
        np.full((*by_day, 8), np.inf), np.full(shape, np.inf),
        supply.open_bands, slot_at, z.minute[rows], supply.band[rows],
        lot_at, first, last, vials, np.zeros((len(vials) + 1, shape[2]), dtype=np.bool_), vial,
        seat_cost(prices, supply.open_bands), prices.doses, opening * vial / 6,
        units.member_at, units.members,
    )  # fmt: skip
    start(stand)
    return stand


def _lots(problem: Problem) -> tuple[Ints, Ints, Ints, Ints]:
    """Where the lots of centre and product begin; first day, last day and vials, first expired first."""
    lots, products = problem.lots, len(problem.products)
    vials = _vials_left(problem)
    some = np.flatnonzero((vials > 0) & (lots.last_day >= 0) & (lots.first_day < problem.policy.days))
    shelf = lots.centre * products + lots.product
    some = some[np.lexsort((lots.first_day[some], lots.last_day[some], shelf[some]))]
    at = np.searchsorted(shelf[some], np.arange(len(problem.centres) * products + 1))
    return at.astype(np.int64), np.maximum(lots.first_day[some], 0), lots.last_day[some], vials[some]


def _vials_left(problem: Problem) -> Ints:
    """Vials by lot, less what people outside will have after the horizon.

    The last day chooses first, and of its lots the one that comes last: it serves the plan least.
    """
    lots, p, vial = problem.lots, problem.promised, problem.products.doses_per_vial
    vials = lots.doses // vial[lots.product]
    late = np.flatnonzero((p.request == NONE) & (p.day >= problem.policy.days))
    keys = np.stack([p.centre[late], p.product[late], -p.day[late]])
    uses, doses = np.unique(keys, axis=1, return_counts=True)
    for (centre, product, minus_day), many in zip(uses.T.tolist(), doses.tolist(), strict=True):
        need = -(-many // int(vial[product]))
        mine = (lots.centre == centre) & (lots.product == product)
        mine &= (lots.first_day <= -minus_day) & (-minus_day <= lots.last_day)
        rows = np.flatnonzero(mine)
        for lot in rows[np.argsort(-lots.first_day[rows], kind="stable")].tolist():
            taken = min(need, int(vials[lot]))
            vials[lot] -= taken
            need -= taken
    return vials


class Fitting:
    """People placed on one stand: as mixed, then at what is left, then by making room for each other."""

    def __init__(self, market: Market, units: Units, learned: Learned, opening: float = OPENING) -> None:
        self.market, self.learned = market, learned
        self.stand = stand_of(market, units, learned.prices, opening)
        at = learned.look.costs
        self.costs = Costs(self.stand.seat, self.stand.dose, at.later, at.floor)
        crowd = market.crowd
        self.ideal = np.full((len(crowd.size), 5), NONE, dtype=np.int16)
        self.ideal[learned.units] = learned.look.option
        self.gain = np.where(np.isfinite(crowd.least), crowd.least, 0.0)
        self.gain[learned.units] = learned.look.gain
        self.ideal_cost = crowd.worth - self.gain

    def place(self, deadline: float = np.inf) -> None:
        """Those who must be planned first; households, who need slots side by side, before the others.

        After the deadline nobody else looks for what is left.
        """
        crowd = self.market.crowd
        held = np.isneginf(crowd.least)
        order = np.lexsort((-self.gain / crowd.size, crowd.size == 1, ~held))
        mixture = np.full((len(crowd.size), 5), NONE, dtype=np.int16)
        mixture[self.learned.units] = self.learned.mixture
        must = order[: int(held.sum())]
        world = self.stand, crowd, self.market.rules
        place_all(*world, must, mixture[must])
        fill(*world, self.costs, must)
        race(*world, everything_live(self.market), must)  # whom the cheapest pair of one last vial failed
        place_all(*world, order, mixture[order])
        hopeful = order[self.gain[order] > crowd.least[order] + 1e-9]
        for low in range(0, len(hopeful), CHUNK):
            if time.monotonic() > deadline:
                break
            fill(*world, self.costs, hopeful[low : low + CHUNK])

    def better(self, deadline: float, seed: int, on_round: Callable[[], None]) -> None:
        """Rounds of making room, until nothing much is gained or time ends."""
        crowd, rules = self.market.crowd, self.market.rules
        who = self._lists()
        list_people(self.stand, who)
        random = np.random.default_rng([seed & 0x7FFFFFFF, 4])
        least = LEAST * self.market.problem.policy.reward
        for _ in range(ROUNDS):
            if time.monotonic() > deadline:
                break
            cost = np.zeros(len(crowd.size))
            costs_now(self.stand, crowd, rules, cost)
            regret = (cost - self.ideal_cost) / crowd.size
            some = np.flatnonzero(regret > least)
            some = some[np.argsort(-regret[some] + 6 * least * random.random(len(some)), kind="stable")]
            gained = 0.0
            for piece in np.array_split(some, max(1, len(some) // 2000)):
                limits = (least, float(TRIES), float(random.integers(2**31)))
                ideal = self.ideal, self.ideal_cost
                gained += better(self.stand, crowd, rules, self.costs, who, piece, *ideal, limits)
                if time.monotonic() > deadline:
                    break
            on_round()
            if gained < STALE * abs(self.learned.bound):
                break

    def _lists(self) -> tuple[Ints, People, People, People]:
        """Room for the lists of people by centre and day."""
        seats = self.market.supply.seats_in[:, :, 7].astype(np.int64).reshape(-1)
        at = np.concatenate([[0], np.cumsum(seats)])
        position = np.full((len(self.stand.option), 2), NONE, dtype=np.int32)
        return at, np.zeros(int(at[-1]) + 1, dtype=np.int32), np.zeros(len(seats), dtype=np.int32), position

    def plan(self) -> tuple[Ints, Ints, Ints]:
        """Schedule, first slot and second slot of every request."""
        return plan_of(self.market, self.stand)

    def score(self) -> float:
        """What the plan is worth."""
        return sum(terms_of(self.market.problem, *self.plan()).values())


def placed(market: Market, units: Units, learned: Learned, deadline: float) -> Fitting:
    """People placed as mixed; where there are two mixtures, by that whose plan is worth more."""
    fittings = [Fitting(market, units, learned)]
    if learned.plain is not None:
        fittings.append(Fitting(market, units, replace(learned, mixture=learned.plain)))
    for fitting in fittings:
        fitting.place(deadline)
    return max(fittings, key=Fitting.score) if len(fittings) > 1 else fittings[0]


def everything_live(market: Market) -> Live:
    """What a race begins with: there may be something everywhere."""
    rules, (centres, _, days) = market.rules, market.supply.stocked.shape
    later = np.ones((centres, len(rules.min_days), days), dtype=np.bool_)
    skip = np.tile(np.arange(days, dtype=np.int32), (centres, len(rules.way_at) - 1, 1))
    return Live(later, skip, np.zeros((len(rules.min_days), days), dtype=np.int32))


def plan_of(market: Market, stand: Stand) -> tuple[Ints, Ints, Ints]:
    """Schedule, first slot and second slot of every request on the stand."""
    many = len(market.problem.requests)
    slots = np.full((many, 2), NONE, dtype=np.int64)
    if not seat_everybody(stand, market.crowd, slots):
        raise AssertionError("more people on the stand than seats")
    rows = np.append(inside_slots(market.problem), NONE)
    schedule = np.full(many, NONE, dtype=np.int64)
    schedule[stand.members] = np.repeat(stand.option[:, 0], np.diff(stand.member_at))
    return schedule, rows[slots[:, 0]], rows[slots[:, 1]]
