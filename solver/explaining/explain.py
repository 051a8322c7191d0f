"""What is told to whom a plan leaves out: the reason, and the nearest change that would have helped."""

from dataclasses import dataclass

import numpy as np

from solver.classes import Units
from solver.contract import NONE, Floats, Ints, NearestChange, WhyUnplanned
from solver.explaining.advice import Advice
from solver.explaining.leftovers import Leftovers
from solver.explaining.obstacles import Obstacles
from solver.explaining.wishes import Asking, asking_of, each_alone
from solver.market import Market
from solver.measures import pieces
from solver.plan_stand import stand_of_plan
from solver.prices import Prices


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """One entry a request."""

    why: Ints
    """A `WhyUnplanned`."""
    change: Ints
    """A `NearestChange`."""
    amount: Floats


def explain(market: Market, units: Units, schedule: Ints, first_slot: Ints, second_slot: Ints) -> Explained:
    """Reason and nearest change of every request; whichever engine, or file, the plan comes from.

    Raises ValueError where the plan takes more seats or vials than there are.
    """
    plan = schedule, first_slot, second_slot
    stand = stand_of_plan(market, units, Prices.free(market.problem), plan)
    rows = np.flatnonzero(schedule[units.head] == NONE)
    asking, leftovers = asking_of(market, units, rows), Leftovers(market, stand)
    obstacles = Obstacles(asking, leftovers, units.weight[rows] / units.size[rows])
    obstacles.find()
    turn = np.repeat(np.arange(len(rows)), units.size[rows])
    members = units.members[pieces(units.member_at[rows], units.size[rows])]
    advice = Advice(asking, leftovers, ~obstacles.open)
    age, start = market.problem.requests.age[members], np.cumsum(units.size[rows]) - units.size[rows]
    if len(rows):
        advice.find(np.minimum.reduceat(age, start), np.maximum.reduceat(age, start))
    n = len(schedule)
    found = Explained(np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n))
    found.why[members], found.change[members] = obstacles.why[turn], advice.change[turn]
    found.amount[members] = advice.amount[turn]
    together = units.size[rows][turn] > 1
    _households(found, each_alone(asking, members[together], turn[together]), advice)
    return found


def _households(found: Explained, alone: Asking, advice: Advice) -> None:
    """What is true of one member only: that no schedule is allowed, and that it could come alone."""
    no_way = np.diff(alone.ways.way_at)[alone.wish.ways] == 0
    apart = found.why[alone.head] == WhyUnplanned.HOUSEHOLD_TOGETHER
    found.why[alone.head[apart & no_way]] = WhyUnplanned.NO_SCHEDULE_ALLOWED
    later = found.change[alone.head] > NearestChange.WITHOUT_HOUSEHOLD
    could = later & advice.members_alone(alone)
    found.change[alone.head[could]] = NearestChange.WITHOUT_HOUSEHOLD
    found.amount[alone.head[could]] = 0.0
