"""What became of promised appointments: which stand, which moved how far, and who was dropped. Numpy only."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from solver.contract import NONE, Bools, Ints, Plan, Problem
from solver.measures import band_of


class Fate(IntEnum):
    """What a plan makes of a promised appointment. The names stand in `moved.csv`."""

    STANDS = 0
    OTHER_PRODUCT = 1
    """Centre, date and start stand, but the vaccine is another. The policy has no price for it."""
    SAME_HALF_DAY = 2
    """Moved to another start in the same part of the same day at the same centre."""
    SAME_CENTRE = 3
    OTHER_CENTRE = 4
    NOT_OWED = 5
    """The request is planned on a schedule without this dose. The policy has no price for it."""
    DROPPED = 6
    """The request is left out."""


MOVED = (Fate.SAME_HALF_DAY, Fate.SAME_CENTRE, Fate.OTHER_CENTRE)


@dataclass(frozen=True, slots=True, eq=False)
class Disturbance:
    """One row a promise that a plan can keep or break."""

    promise: Ints
    """Row of `Promised`."""
    request: Ints
    dose: Ints
    slot: Ints
    """Where the plan gives this dose; NONE where it does not."""
    fate: Ints
    dropped: int
    """Requests with a promise that are left out."""
    fresh: int
    """Requests planned that had no promise."""

    def count(self, *fates: Fate, dose: int | None = None) -> int:
        """How many promises met one of these fates."""
        mine = np.isin(self.fate, fates)
        return int((mine if dose is None else mine & (self.dose == dose)).sum())

    @property
    def moved(self) -> int:
        """What the policy prices as moved."""
        return self.count(*MOVED)

    @property
    def otherwise(self) -> int:
        """What stands neither, though the policy has no price for it."""
        return self.count(Fate.OTHER_PRODUCT, Fate.NOT_OWED)

    @property
    def people(self) -> int:
        """Requests of which some promise does not stand: so many must be told."""
        return len(np.unique(self.request[self.fate != Fate.STANDS]))


def breakable(problem: Problem) -> Ints:
    """Rows of the promises that a plan can keep or break: to people of the problem, not history."""
    p = problem.promised
    rows = np.flatnonzero((p.request != NONE) & (p.day >= 0))
    given = problem.requests.first_product[p.request[rows]] != NONE
    return np.asarray(rows[~(given & (p.dose[rows] == 1))])


def disturbance_of(problem: Problem, plan: Plan) -> Disturbance:
    """What the plan makes of every promise of the problem."""
    rows, p, s = breakable(problem), problem.promised, problem.schedules
    request, dose = p.request[rows], p.dose[rows]
    planned = plan.schedule[request] != NONE
    slot = np.where(dose == 1, plan.first_slot[request], plan.second_slot[request])
    slot = np.where(planned, slot, NONE)
    product = np.append(s.first_product, NONE)[plan.schedule[request]]
    product = np.where(dose == 1, product, np.append(s.second_product, NONE)[plan.schedule[request]])
    fate = np.where(product == p.product[rows], Fate.STANDS, Fate.OTHER_PRODUCT)
    for differs, worse in _distances(problem, rows, slot):
        fate[differs] = worse
    fate[planned & (slot == NONE)] = Fate.NOT_OWED
    fate[~planned] = Fate.DROPPED
    told = np.zeros(len(problem.requests), dtype=np.bool_)
    told[request] = True
    out = plan.schedule == NONE
    return Disturbance(rows, request, dose, slot, fate, int((told & out).sum()), int((~told & ~out).sum()))


def _distances(problem: Problem, rows: Ints, slot: Ints) -> list[tuple[Bools, Fate]]:
    """Promises whose dose is elsewhere or at another time, the smaller differences first."""
    p, z = problem.promised, problem.slots
    if not len(z):
        return []
    at = np.maximum(slot, 0)
    other_centre = z.centre[at] != p.centre[rows]
    other_day = other_centre | (z.day[at] != p.day[rows])
    other_band = other_day | (band_of(z.minute[at]) != band_of(p.minute[rows]))
    other_start = other_band | (z.minute[at] != p.minute[rows])
    steps = (
        (other_start, Fate.SAME_HALF_DAY),
        (other_band, Fate.SAME_CENTRE),
        (other_centre, Fate.OTHER_CENTRE),
    )
    return [(mask & (slot != NONE), fate) for mask, fate in steps]
