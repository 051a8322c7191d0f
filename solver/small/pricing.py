"""The best days of every route under given prices of seats and doses, and the bound that the prices prove.

Give each scarce thing (a seat of a centre, day and band; a dose of a centre, product and day) any price of at
least zero, let every unit choose its best option as if it paid them, and add what all seats and all lots are
worth at these prices: no plan that keeps the rules can score more. This holds whatever the prices are, so the
bound does not rest on a solver's tolerances; an optimiser only finds the prices that make it small.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from solver.classes import Promises, Units, promises_of
from solver.contract import NONE, Floats, Ints, Problem
from solver.prices import Prices, seat_cost
from solver.small.routes import PAIR, SECOND, SINGLE, Routes
from solver.supply import Supply

CHUNK_CELLS = 1_500_000
FINITE = 1e15


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The best days of each route, and what the unit gains there after paying the prices."""

    gain: Floats
    first_day: Ints
    second_day: Ints


class Pricer:
    """Looks for every route's best days, again and again under other prices."""

    def __init__(self, problem: Problem, units: Units, routes: Routes, supply: Supply) -> None:
        self.problem, self.units, self.routes, self.supply = problem, units, routes, supply
        self.promises = promises_of(problem, units)
        self.has_promises = np.zeros(len(units), dtype=np.bool_)
        self.has_promises[self.promises.unit] = True
        self.blocks = list(self._blocks())

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Pieces of the routes, each of one schedule and kind, and small enough to price at once."""
        schedule, begun = self.routes.schedule, self.routes.first_centre == NONE
        rows = max(1, CHUNK_CELLS // self.problem.policy.days)
        edges = np.flatnonzero((np.diff(schedule) != 0) | (np.diff(begun) != 0)) + 1
        ends = [0, *edges.tolist(), len(schedule)]
        for low, high in zip(ends[:-1], ends[1:], strict=True):
            for start in range(low, high, rows):
                yield start, min(high, start + rows)

    def best(self, prices: Prices) -> Choices:
        """For every route under these prices."""
        return self.choose(self.seat_cost(prices), np.where(self.supply.stocked, prices.doses, np.inf))

    def choose(self, seat_cost: Floats, dose_cost: Floats) -> Choices:
        """For every route; a cost of inf closes a day, and the gain is -inf where none is left."""
        n = len(self.routes)
        gain, first, second = np.full(n, -np.inf), np.full(n, NONE), np.full(n, NONE)
        for low, high in self.blocks:
            cost, first[low:high], second[low:high] = self._cheapest(slice(low, high), seat_cost, dose_cost)
            gain[low:high] = self.routes.worth[low:high] - cost
        return Choices(gain, first, second)

    def every(self, prices: Prices, least: Floats) -> "list[tuple[Ints, Ints, Ints, Floats]]":
        """Route, days and gain of every option that gains at least its unit's `least` under these prices."""
        costs = self.seat_cost(prices), np.where(self.supply.stocked, prices.doses, np.inf)
        found = []
        for low, high in self.blocks:
            rows = slice(low, high)
            # Finite, so that a closed day (a cost of inf) is never cheap enough.
            gains = np.minimum(self.routes.worth[rows] - least[self.routes.unit[rows]], FINITE)
            found += [
                (route + low, day_1, day_2, self.routes.worth[route + low] - cost)
                for route, day_1, day_2, cost in self._options(rows, *costs, gains)
            ]
        return found

    def _options(
        self, rows: slice, seat_cost: Floats, dose_cost: Floats, most: Floats
    ) -> Iterator[tuple[Ints, Ints, Ints, Floats]]:
        """Row in the block, days and cost of all options that cost no more than `most` of their row."""
        kind, one, two = self._days(rows)
        if kind != PAIR:
            days = one if kind == SINGLE else two
            cost = self._alone(rows, seat_cost, dose_cost, kind, days)
            row, at = np.nonzero(cost <= most[:, None])
            none = np.full(len(row), NONE)
            both = (days[at], none) if kind == SINGLE else (none, days[at])
            yield row, *both, cost[row, at]
            return
        first, padded = self._both(rows, seat_cost, dose_cost, one, two)
        schedule = int(self.routes.schedule[rows.start])
        size = self.units.size[self.routes.unit[rows]]
        least = int(self.problem.schedules.min_days[schedule])
        for late in range(padded.shape[1] - len(one) + 1):
            price = self._interval_price(size, least + late, schedule)
            total = first + padded[:, late : late + len(one)] + price[:, None]
            row, at = np.nonzero(total <= most[:, None])
            yield row, one[at], one[at] + least + late, total[row, at]

    def bound(self, prices: Prices, choices: Choices) -> float:
        """No plan scores more than this."""
        units = self.units
        best = np.where(units.held, -np.inf, -units.drop_price)
        np.maximum.at(best, self.routes.unit, choices.gain)
        seats = float((prices.seats * self.supply.seats_in).sum())
        doses = prices.doses
        return float(best.sum()) + seats + self.supply.worth_of_lots(doses) - self._theirs(doses)

    def _theirs(self, doses: Floats) -> float:
        """Doses that people outside the problem take from the lots, at these prices."""
        return float((doses * self.supply.foreign).sum())

    def seat_cost(self, prices: Prices) -> Floats:
        """Centre × day × set of bands in which the unit can come: the price of its seat, inf where none."""
        return seat_cost(prices, self.supply.open_bands)

    def _dose_costs(
        self, rows: slice, seat_cost: Floats, dose_cost: Floats, second: bool, days: Ints
    ) -> Floats:
        """Route × day: what seat and dose cost the unit, and the price of moving a promise."""
        routes, units = self.routes, self.units
        unit = routes.unit[rows]
        centre = (routes.second_centre if second else routes.first_centre)[rows]
        s = self.problem.schedules
        product = (s.second_product if second else s.first_product)[routes.schedule[rows.start]]
        part = slice(int(days[0]), int(days[-1]) + 1)
        bands = units.bands[unit, part]
        cost = seat_cost[centre[:, None], days, bands] + dose_cost[:, product, part][centre]
        size = units.size[unit]
        cost = np.asarray(cost * size[:, None])
        large = np.flatnonzero(size > 1)
        if len(large):
            most = self.supply.together[centre[large, None], days, bands[large]]
            cost[large] = np.where(most < size[large, None], np.inf, cost[large])
        if self.has_promises[unit].any():
            self._add_moves(cost, unit, centre, 2 if second else 1, days)
        return cost

    def _add_moves(self, cost: Floats, unit: Ints, centre: Ints, dose: int, days: Ints) -> None:
        """The price of not keeping promises; pinned ones leave one day only."""
        p: Promises = self.promises
        price = self.problem.policy.moved
        low, high = np.searchsorted(unit, p.unit, "left"), np.searchsorted(unit, p.unit, "right")
        for i in np.flatnonzero((p.dose == dose) & (low < high)):
            rows = np.arange(low[i], high[i])
            inside = days[0] <= p.day[i] <= days[-1]
            kept = rows[centre[rows] == p.centre[i]] if inside else rows[:0]
            day = int(p.day[i] - days[0]) if inside else 0
            if p.pinned[i]:
                alone = cost[kept, day]
                cost[rows] = np.inf
                cost[kept, day] = alone
            else:
                cost[rows] += price
                cost[kept, day] -= price

    def moves(self, route: Ints, first_day: Ints, second_day: Ints) -> Floats:
        """What these options cost in promised appointments moved."""
        p, routes = self.promises, self.routes
        cost = np.zeros(len(route))
        for i in range(len(p.unit)):
            day, centre = (
                (first_day, routes.first_centre) if p.dose[i] == 1 else (second_day, routes.second_centre)
            )
            given = (routes.unit[route] == p.unit[i]) & (day != NONE)
            kept = (centre[route] == p.centre[i]) & (day == p.day[i])
            cost += np.where(given & ~kept, self.problem.policy.moved, 0.0)
        return cost

    def _days(self, rows: slice) -> tuple[int, Ints, Ints]:
        """Kind of the block, and the days on which its first and its second dose can be."""
        s, horizon = self.problem.schedules, self.problem.policy.days
        schedule = int(self.routes.schedule[rows.start])
        if self.routes.first_centre[rows.start] == NONE:
            return SECOND, np.arange(0), np.arange(horizon)
        low, high = max(0, int(s.valid_from[schedule])), min(horizon - 1, int(s.valid_to[schedule]))
        if s.second_product[schedule] == NONE:
            return SINGLE, np.arange(low, high + 1), np.arange(0)
        least, most = int(s.min_days[schedule]), int(s.max_days[schedule])
        high = min(high, horizon - 1 - least)
        later = np.arange(low + least, min(horizon, high + most + 1)) if low <= high else np.arange(0)
        return PAIR, np.arange(low, high + 1), later

    def _cheapest(self, rows: slice, seat_cost: Floats, dose_cost: Floats) -> tuple[Floats, Ints, Ints]:
        """Least cost (inf: none) and days of the routes of one block."""
        kind, one, two = self._days(rows)
        n = rows.stop - rows.start
        none = np.full(n, NONE)
        days = two if kind == SECOND else one
        if not len(days):
            return np.full(n, np.inf), none, none
        if kind == PAIR:
            return self._pair(rows, seat_cost, dose_cost, one, two)
        cost = self._alone(rows, seat_cost, dose_cost, kind, days)
        at = cost.argmin(axis=1)
        both = (days[at], none) if kind == SINGLE else (none, days[at])
        return np.asarray(cost[np.arange(n), at]), *both

    def _alone(self, rows: slice, seat_cost: Floats, dose_cost: Floats, kind: int, days: Ints) -> Floats:
        """Route × day: cost of the one dose that the plan owes."""
        if not len(days):
            return np.zeros((rows.stop - rows.start, 0))
        cost = self._dose_costs(rows, seat_cost, dose_cost, kind == SECOND, days) + self._delay(rows, days)
        return cost if kind == SINGLE else cost + self._from_given(rows, days)

    def _both(
        self, rows: slice, seat_cost: Floats, dose_cost: Floats, one: Ints, two: Ints
    ) -> tuple[Floats, Floats]:
        """Route × day: cost of the first dose, and of the second from the least gap after it on."""
        s, schedule = self.problem.schedules, int(self.routes.schedule[rows.start])
        n, spread = rows.stop - rows.start, int(s.max_days[schedule] - s.min_days[schedule])
        padded = np.full((n, len(one) + spread), np.inf)
        if not len(one):
            return np.zeros((n, 0)), padded
        padded[:, : len(two)] = self._dose_costs(rows, seat_cost, dose_cost, True, two)
        first = self._dose_costs(rows, seat_cost, dose_cost, False, one) + self._delay(rows, one)
        return first, padded

    def _pair(
        self, rows: slice, seat_cost: Floats, dose_cost: Floats, one: Ints, two: Ints
    ) -> tuple[Floats, Ints, Ints]:
        """Cheapest pair of days in the schedule's interval."""
        s, schedule = self.problem.schedules, int(self.routes.schedule[rows.start])
        least, ideal, most = (int(column[schedule]) for column in (s.min_days, s.ideal_days, s.max_days))
        first, padded = self._both(rows, seat_cost, dose_cost, one, two)
        size = self.units.size[self.routes.unit[rows]]
        price = (self.problem.policy.interval_per_day * size)[:, None]
        then, span = np.full(first.shape, np.inf), len(one)
        for late in range(most - least + 1):
            off = abs(least + late - ideal)
            np.minimum(then, padded[:, late : late + span] + price * off, out=then)
        total = first + then
        at = total.argmin(axis=1)
        row, gaps = np.arange(len(first)), np.arange(least, most + 1)
        later = padded[row[:, None], at[:, None] + gaps - least] + price * np.abs(gaps - ideal)
        return np.asarray(total[row, at]), one[at], one[at] + gaps[later.argmin(axis=1)]

    def _delay(self, rows: slice, days: Ints) -> Floats:
        units, unit = self.units, self.routes.unit[rows]
        price = self.problem.policy.delay_per_day * units.weight[unit]
        return np.asarray(price[:, None] * (days - units.earliest[unit][:, None]))

    def _interval_price(self, unit_size: Ints, gap: Ints | int, schedule: int) -> Floats:
        ideal = self.problem.schedules.ideal_days[schedule]
        return np.asarray(self.problem.policy.interval_per_day * np.abs(gap - ideal) * unit_size)

    def _from_given(self, rows: slice, days: Ints) -> Floats:
        """Price of the interval since the first dose given elsewhere; inf where it is not allowed."""
        units, s, schedule = self.units, self.problem.schedules, int(self.routes.schedule[rows.start])
        unit = self.routes.unit[rows]
        gap = days - self.problem.requests.first_day[units.head[unit]][:, None]
        price = self._interval_price(units.size[unit][:, None], gap, schedule)
        inside = (gap >= s.min_days[schedule]) & (gap <= s.max_days[schedule])
        return np.where(inside, price, np.inf)
