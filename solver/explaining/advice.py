"""The nearest change that would have let a unit into the plan, found by making it and asking again.

All others stay where the plan has them. Changes are tried one at a time, in the order of `NearestChange`;
the first that opens a place is the advice.
"""

from collections.abc import Callable

import numpy as np

from solver.contract import Bools, Floats, Ints, NearestChange
from solver.explaining.leftovers import Doses, Leftovers, Seats, some_centres
from solver.explaining.wishes import (
    ALL_BANDS,
    CHUNK,
    Asking,
    Calendar,
    calendar_of,
    kinds_of,
    place_by_dose,
    reaching,
    with_any_product,
)
from solver.loops.fitting import hopes
from solver.measures import great_circle_km

Amount = Callable[[Ints, Ints], Floats]
"""How much of a change these units need for these places."""


class Advice:
    """What would have helped units that find no place among what a plan leaves."""

    def __init__(self, asking: Asking, leftovers: Leftovers, stopped: Bools) -> None:
        """`stopped`: the units that find no place as they are."""
        self.asking, self.leftovers, self.open = asking, leftovers, stopped.copy()
        self.change = np.where(stopped, NearestChange.NO_CHANGE_HELPS, NearestChange.NONE).astype(np.int64)
        self.amount = np.zeros(len(stopped))
        self.left = leftovers.of(Seats.LEFT, Doses.LEFT, asking.ways)
        """What the plan leaves."""

    def find(self, young: Ints, old: Ints) -> None:
        """What each could change, or else the region; with the ages of the youngest and oldest member."""
        near = self.asking.near_only(some_centres(self.left))
        self._come_at_other_times(near)
        at_home = ~near.wish.elsewhere
        self._take(NearestChange.SECOND_ELSEWHERE, near.second_elsewhere(), at_home, self._second_km)
        self._travel_farther()
        self._accept_products(with_any_product(near, young, old))
        self._get_more()

    def _offer(self, code: NearestChange, rows: Ints, option: Ints, amount: Amount) -> None:
        """Keep the change as the advice of those of the units to whom it opened a place."""
        helped = option[:, 0] >= 0
        rows, option = rows[helped], option[helped]
        self.change[rows], self.amount[rows], self.open[rows] = code, amount(rows, option), False

    def _take(
        self, code: NearestChange, asking: Asking, some: Bools, amount: Amount, nearest: bool = True
    ) -> None:
        """Ask those of some units that are still open, with other wishes, for what the plan leaves."""
        rows = np.flatnonzero(self.open & some)
        self._offer(code, rows, self.leftovers.ask(self.left, asking, rows, nearest), amount)

    def _come_at_other_times(self, near: Asking) -> None:
        calendar = calendar_of(self.asking)
        week, late, away = calendar.week, calendar.late, calendar.away
        nothing, always = np.zeros_like(week), np.full_like(week, ALL_BANDS)
        accepting = near.with_bands(np.where(late, week, nothing))
        earlier = near.with_bands(np.where(away, nothing, week))
        at_any_time = near.with_bands(np.where(late & ~away, always, nothing))
        for code, asking, amount, nearest in (
            (NearestChange.ACCEPT_ABSENCE_DATES, accepting, _days_in(away), True),
            (NearestChange.EARLIER, earlier, self._days_early, False),
            (NearestChange.MORE_TIMES, at_any_time, self._strange(calendar), True),
        ):
            differs = (asking.wish.bands != near.wish.bands).any(axis=1)
            self._take(code, asking, differs, amount, nearest)

    def _days_early(self, rows: Ints, option: Ints) -> Floats:
        begin = np.where(option[:, 2] >= 0, option[:, 2], option[:, 4])
        return (self.asking.earliest[rows] - begin).astype(np.float64)

    def _strange(self, calendar: Calendar) -> Amount:
        """Doses at times that lie outside the unit's own week."""
        room, size = self.left.room, self.asking.wish.size

        def count(rows: Ints, option: Ints) -> Floats:
            total = np.zeros(len(rows))
            for centre, day in ((option[:, 1], option[:, 2]), (option[:, 3], option[:, 4])):
                own = room[centre, day, calendar.week[rows, day]]
                total += (day >= 0) & (own < size[rows])
            return total

        return count

    def _second_km(self, rows: Ints, option: Ints) -> Floats:
        return self._km(rows, option[:, 3], np.ones(len(rows), dtype=np.bool_))

    def _longest_km(self, rows: Ints, option: Ints) -> Floats:
        wish = self.asking.wish
        second = self._km(rows, option[:, 3], wish.begun[rows] | wish.elsewhere[rows])
        return np.maximum(self._km(rows, option[:, 1], np.zeros(len(rows), dtype=np.bool_)), second)

    def _km(self, rows: Ints, centre: Ints, second: Bools) -> Floats:
        """The way from the place for the first dose or for the second; 0 where there is no centre."""
        problem = self.asking.problem
        lat, lon = place_by_dose(problem, self.asking.head[rows], second)
        km = great_circle_km(lat, lon, problem.centres.lat[centre], problem.centres.lon[centre])
        return np.where(centre >= 0, km, 0.0)

    def _travel_farther(self) -> None:
        """Whichever way, to any centre at which something is left."""
        centres = np.flatnonzero(some_centres(self.left))
        some = np.flatnonzero(self.open & (np.diff(self.asking.ways.way_at)[self.asking.wish.ways] > 0))
        kinds, kind = kinds_of(self.asking)
        hope = np.zeros((len(kinds.size), len(self.left.room)), dtype=np.bool_)
        hopes(self.left, self.asking.ways, kinds, hope)
        for low in range(0, len(some), CHUNK):
            rows = some[low : low + CHUNK]
            asking = reaching(self.asking, rows, centres, hope[kind[rows]][:, centres])
            option = self.leftovers.ask(self.left, asking, np.arange(len(rows)))
            self._offer(NearestChange.FARTHER, rows, option, self._longest_km)

    def _accept_products(self, asking: Asking) -> None:
        accepted, ways = asking.problem.requests.products[asking.head], asking.ways

        def count(rows: Ints, option: Ints) -> Floats:
            total = np.zeros(len(rows))
            for day, product in ((option[:, 2], ways.first_product), (option[:, 4], ways.second_product)):
                known = accepted[rows] >> np.maximum(product[option[:, 0]], 0) & 1 == 1
                total += (day >= 0) & ~known
            return total

        self._take(NearestChange.OTHER_PRODUCT, asking, self.open, count)

    def members_alone(self, alone: Asking) -> Bools:
        """Which of these requests, each as if alone, find a place in their own reach."""
        centres, found = np.flatnonzero(some_centres(self.left)), np.zeros(len(alone.head), dtype=np.bool_)
        for low in range(0, len(found), CHUNK):
            rows = np.arange(low, min(low + CHUNK, len(found)))
            asking = reaching(alone, rows, centres)
            found[rows] = self.leftovers.ask(self.left, asking, np.arange(len(rows)))[:, 0] >= 0
        return found

    def _get_more(self) -> None:
        """Seats or doses that are not there: what the person could do nothing about."""
        for code, seats, doses in (
            (NearestChange.MORE_DOSES, Seats.LEFT, Doses.ENDLESS),
            (NearestChange.MORE_SEATS, Seats.ENDLESS, Doses.LEFT),
            (NearestChange.MORE_SEATS_AND_DOSES, Seats.ENDLESS, Doses.ENDLESS),
        ):
            left, rows = self.leftovers.of(seats, doses, self.asking.ways), np.flatnonzero(self.open)
            option = self.leftovers.ask(left, self.asking.near_only(some_centres(left)), rows)
            self._offer(code, rows, option, self._all_doses)

    def _all_doses(self, rows: Ints, option: Ints) -> Floats:
        """As many as all members take in both doses."""
        doses = (option[:, 2] >= 0).astype(np.int64) + (option[:, 4] >= 0)
        return (doses * self.asking.wish.size[rows]).astype(np.float64)


def _days_in(ruled_out: Bools) -> Amount:
    """Days of a place that were ruled out."""

    def count(rows: Ints, option: Ints) -> Floats:
        first, second = option[:, 2], option[:, 4]
        total = ruled_out[rows, first] & (first >= 0)
        other = ruled_out[rows, second] & (second >= 0) & (second != first)
        return np.asarray(total.astype(np.float64) + other)

    return count
