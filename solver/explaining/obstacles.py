"""Why a unit has no place: asked again with one obstacle after the other put back, the first one last.

The first obstacle that stops the unit is the reason.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from solver.contract import NONE, Bools, Floats, WhyUnplanned
from solver.explaining.leftovers import ENDLESS, Doses, Leftovers, Seats
from solver.explaining.wishes import Asking
from solver.loops.fitting import least_given


class Obstacles:
    """Units that a plan leaves out, and the reason of each."""

    def __init__(self, asking: Asking, leftovers: Leftovers, weight: Floats) -> None:
        """`weight`: a head, by asking unit."""
        self.asking, self.leftovers, self.weight = asking, leftovers, weight
        self.why = np.full(len(asking.head), WhyUnplanned.PLACE_NOT_USED, dtype=np.int64)
        self.open = np.ones(len(asking.head), dtype=np.bool_)
        """No reason is found yet. In the end: a place is left that would do."""

    def find(self) -> None:
        """The reason of each."""
        size, ways = self.asking.wish.size, self.asking.ways
        self._stop(WhyUnplanned.NO_CENTRE_IN_REACH, ~self._has_centre())
        no_way = np.diff(ways.way_at)[self.asking.wish.ways] == 0
        self._stop(WhyUnplanned.NO_SCHEDULE_ALLOWED, no_way & (size == 1))
        self._stop(WhyUnplanned.HOUSEHOLD_TOGETHER, no_way)
        for code, stopped in self._tried():
            self._stop(code, stopped)

    def _stop(self, code: WhyUnplanned, stopped: Bools) -> None:
        self.why[self.open & stopped] = code
        self.open &= ~stopped

    def _has_centre(self) -> Bools:
        """Whether some centre is in reach, for each dose that is owed."""
        wish, ways = self.asking.wish, self.asking.ways
        single = np.append(ways.second_product[ways.way_schedule] < 0, False)
        one_dose = np.add.reduceat(single, ways.way_at[:-1]) * (np.diff(ways.way_at) > 0) > 0
        near, far = np.diff(wish.near_at) > 0, np.diff(wish.far_at) > 0
        return near & (far | ~wish.elsewhere | one_dose[wish.ways])

    def _tried(self) -> Iterator[tuple[WhyUnplanned, Bools]]:
        """Codes in the order in which they are looked at, and the units that each stops."""
        asking, alone = self.asking, self.asking.each_single()
        # Most pass this; whoever does passes what is asked for before, too.
        early = self._cannot(Seats.ALL, Doses.STOCKED, asking)
        yield WhyUnplanned.NO_SESSION_WHEN_AVAILABLE, self._cannot_begin(alone, early)
        second = self._cannot(Seats.ALL, Doses.ENDLESS, alone, early)
        yield WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL, second
        yield WhyUnplanned.HOUSEHOLD_TOGETHER, self._cannot(Seats.ALL, Doses.ENDLESS, asking, early)
        yield WhyUnplanned.OUT_OF_DOSES, early
        # A free seat that they could use, had it a dose: doses are what lacks, even if some lie elsewhere.
        yield WhyUnplanned.OUT_OF_SEATS, self._cannot(Seats.LEFT, Doses.STOCKED, alone)
        without = self._cannot(Seats.LEFT, Doses.LEFT, alone)
        yield WhyUnplanned.LOWER_PRIORITY, without & self._outranked(without)
        yield WhyUnplanned.OUT_OF_DOSES, without
        yield WhyUnplanned.HOUSEHOLD_TOGETHER, self._cannot(Seats.LEFT, Doses.LEFT, asking)

    def _cannot(self, seats: Seats, doses: Doses, asking: Asking, some: Bools | None = None) -> Bools:
        """Those of the open units (or of some of them) that find no place among these seats and doses."""
        left = self.leftovers.of(seats, doses, asking.ways)
        rows = np.flatnonzero(self.open if some is None else self.open & some)
        option = self.leftovers.ask(left, asking, rows)
        cannot = np.zeros(len(self.open), dtype=np.bool_)
        cannot[rows[option[:, 0] < 0]] = True
        return cannot

    def _cannot_begin(self, alone: Asking, some: Bools) -> Bools:
        """Those of some open units that find no session for the first dose that the plan owes them."""
        ways, begun = alone.ways, alone.wish.begun
        here = replace(alone, wish=alone.wish._replace(elsewhere=np.zeros_like(begun)))
        single = ways._replace(second_product=np.full_like(ways.second_product, NONE))
        soon, late = np.full_like(ways.min_days, -ENDLESS), np.full_like(ways.max_days, ENDLESS)
        any_day = ways._replace(min_days=soon, max_days=late)
        fresh = self._cannot(Seats.ALL, Doses.ENDLESS, replace(here, ways=single), some & ~begun)
        return fresh | self._cannot(Seats.ALL, Doses.ENDLESS, replace(here, ways=any_day), some & begun)

    def _outranked(self, some: Bools) -> Bools:
        """Units with less weight a head than everybody who was given a dose that they could have had.

        Where the plan gave nobody such a dose, nobody was preferred: the doses are simply gone.
        """
        least, theirs = self._least(), np.full(len(self.open), np.inf)
        rows = np.flatnonzero(some)
        found = np.full(len(rows), np.inf)
        least_given(self.asking.ways, self.asking.wish, rows, least, found)
        theirs[rows] = found
        return (theirs < np.inf) & (self.weight < theirs)

    def _least(self) -> Floats:
        """Centre × product: the least weight a head of those who were given one."""
        market, ways = self.leftovers.market, self.asking.ways
        crowd, option = market.crowd, self.leftovers.stand.option
        least = np.full(self.leftovers.spare.shape[:2], np.inf)
        for centre, product in ((option[:, 1], ways.first_product), (option[:, 3], ways.second_product)):
            rows = np.flatnonzero((option[:, 0] >= 0) & (centre >= 0))
            at = centre[rows], product[option[rows, 0]]
            np.minimum.at(least, at, crowd.weight[rows] / crowd.size[rows])
        return least
