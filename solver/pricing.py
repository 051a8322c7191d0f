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
from solver.routes import Routes
from solver.supply import Supply

CHUNK_CELLS = 1_500_000
FINITE = 1e15


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What a seat costs whoever can come in the bands of a set only, and what a dose costs."""

    seats: Floats
    """Centre × day × set of bands (0 to 7): price of the row that says this set is not over-full."""
    doses: Floats
    """Centre × product × day."""

    @classmethod
    def free(cls, problem: Problem) -> "Prices":
        shape = len(problem.centres), problem.policy.days
        products = len(problem.products)
        return cls(np.zeros((*shape, 8)), np.zeros((shape[0], products, shape[1])))


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
        """Pieces of the routes, each of one schedule and small enough to price at once."""
        schedule = self.routes.schedule
        rows = max(1, CHUNK_CELLS // self.problem.policy.days)
        edges = np.flatnonzero(np.diff(schedule)) + 1
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
        s, schedule = self.problem.schedules, int(self.routes.schedule[rows.start])
        fresh = self.routes.first_centre[rows] != NONE
        delay = self._delay(rows)
        if s.second_product[schedule] == NONE:
            cost = self._dose_costs(rows, seat_cost, dose_cost, False) + delay + self._invalid_days(schedule)
            row, day = np.nonzero(cost <= most[:, None])
            yield row, day, np.full(len(row), NONE), cost[row, day]
            return
        second = self._dose_costs(rows, seat_cost, dose_cost, True)
        begun = np.where(fresh[:, None], np.inf, second + delay + self._from_given(rows, schedule))
        row, day = np.nonzero(begun <= most[:, None])
        yield row, np.full(len(row), NONE), day, begun[row, day]
        if not fresh.any():
            return
        first = self._dose_costs(rows, seat_cost, dose_cost, False) + delay + self._invalid_days(schedule)
        first[~fresh] = np.inf
        size = self.units.size[self.routes.unit[rows]]
        for gap in range(int(s.min_days[schedule]), min(int(s.max_days[schedule]), first.shape[1] - 1) + 1):
            price = self._interval_price(size, gap, schedule)
            total = first[:, : first.shape[1] - gap] + second[:, gap:] + price[:, None]
            row, day = np.nonzero(total <= most[:, None])
            yield row, day, day + gap, total[row, day]

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
        cost = np.full(prices.seats.shape, np.inf)
        open_bands = self.supply.open_bands
        for bands in range(1, 8):
            reduced = bands & open_bands
            total = sum(
                np.where((reduced & ~wider) == 0, prices.seats[:, :, wider], 0.0) for wider in range(1, 8)
            )
            cost[:, :, bands] = np.where(reduced > 0, total, np.inf)
        return cost

    def _dose_costs(self, rows: slice, seat_cost: Floats, dose_cost: Floats, second: bool) -> Floats:
        """Route × day: what seat and dose cost the unit, and the price of moving a promise."""
        routes, units = self.routes, self.units
        unit = routes.unit[rows]
        centre = (routes.second_centre if second else routes.first_centre)[rows]
        s = self.problem.schedules
        product = (s.second_product if second else s.first_product)[routes.schedule[rows.start]]
        days = np.arange(self.problem.policy.days)
        cost = seat_cost[centre[:, None], days, units.bands[unit]] + dose_cost[centre, product]
        size = units.size[unit]
        cost = np.asarray(cost * size[:, None])
        large = np.flatnonzero(size > 1)
        if len(large):
            most = self.supply.together[centre[large, None], days, units.bands[unit[large]]]
            cost[large] = np.where(most < size[large, None], np.inf, cost[large])
        if self.has_promises[unit].any():
            self._add_moves(cost, unit, centre, 2 if second else 1)
        return cost

    def _add_moves(self, cost: Floats, unit: Ints, centre: Ints, dose: int) -> None:
        """The price of not keeping promises; pinned ones leave one day only."""
        p: Promises = self.promises
        price = self.problem.policy.moved
        last = self.problem.policy.days - 1
        low, high = np.searchsorted(unit, p.unit, "left"), np.searchsorted(unit, p.unit, "right")
        for i in np.flatnonzero((p.dose == dose) & (low < high)):
            rows = np.arange(low[i], high[i])
            kept = rows[centre[rows] == p.centre[i]] if 0 <= p.day[i] <= last else rows[:0]
            day = min(max(int(p.day[i]), 0), last)
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

    def _cheapest(self, rows: slice, seat_cost: Floats, dose_cost: Floats) -> tuple[Floats, Ints, Ints]:
        """Least cost (inf: none) and days of the routes of one block."""
        schedule = int(self.routes.schedule[rows.start])
        if self.problem.schedules.second_product[schedule] == NONE:
            cost = self._dose_costs(rows, seat_cost, dose_cost, False) + self._delay(rows)
            cost += self._invalid_days(schedule)
            day = cost.argmin(axis=1)
            return np.asarray(cost[np.arange(len(day)), day]), day, np.full(len(day), NONE)
        second = self._dose_costs(rows, seat_cost, dose_cost, True)
        begun = self.routes.first_centre[rows] == NONE
        units_here = self.units.size[self.routes.unit[rows]]
        best, day_1, day_2 = (
            np.full(len(second), np.inf),
            np.full(len(second), NONE),
            np.full(len(second), NONE),
        )
        if begun.any():
            total = second[begun] + self._delay(rows)[begun] + self._from_given(rows, schedule)[begun]
            day_2[begun] = day = total.argmin(axis=1)
            best[begun] = total[np.arange(len(day)), day]
        if not begun.all():
            first = self._dose_costs(rows, seat_cost, dose_cost, False) + self._delay(rows)
            fresh = ~begun
            best[fresh], day_1[fresh], day_2[fresh] = self._pair(
                schedule, first[fresh], second[fresh], units_here[fresh]
            )
        return best, day_1, day_2

    def _delay(self, rows: slice) -> Floats:
        units, unit = self.units, self.routes.unit[rows]
        days = np.arange(self.problem.policy.days)
        price = self.problem.policy.delay_per_day * units.weight[unit]
        return np.asarray(price[:, None] * (days - units.earliest[unit][:, None]))

    def _invalid_days(self, schedule: int) -> Floats:
        """inf on the first-dose days for which the schedule does not hold."""
        days, s = np.arange(self.problem.policy.days), self.problem.schedules
        return np.where((days < s.valid_from[schedule]) | (days > s.valid_to[schedule]), np.inf, 0.0)

    def _interval_price(self, unit_size: Ints, gap: Ints | int, schedule: int) -> Floats:
        ideal = self.problem.schedules.ideal_days[schedule]
        return np.asarray(self.problem.policy.interval_per_day * np.abs(gap - ideal) * unit_size)

    def _from_given(self, rows: slice, schedule: int) -> Floats:
        """Price of the interval since the first dose given elsewhere; inf where it is not allowed."""
        units, s = self.units, self.problem.schedules
        unit = self.routes.unit[rows]
        given = self.problem.requests.first_day[units.head[unit]]
        gap = np.arange(self.problem.policy.days) - given[:, None]
        price = self._interval_price(units.size[unit][:, None], gap, schedule)
        inside = (gap >= s.min_days[schedule]) & (gap <= s.max_days[schedule])
        return np.where(inside, price, np.inf)

    def _pair(self, schedule: int, first: Floats, second: Floats, size: Ints) -> tuple[Floats, Ints, Ints]:
        """Cheapest pair of days in the schedule's interval."""
        s, days = self.problem.schedules, self.problem.policy.days
        least, ideal, most = (int(column[schedule]) for column in (s.min_days, s.ideal_days, s.max_days))
        low, high = max(0, int(s.valid_from[schedule])), min(days - 1 - least, int(s.valid_to[schedule]))
        n = len(first)
        if low > high:
            return np.full(n, np.inf), np.full(n, NONE), np.full(n, NONE)
        span = high - low + 1
        padded = np.full((n, span + most - least), np.inf)
        upto = min(days, low + least + padded.shape[1])
        padded[:, : upto - low - least] = second[:, low + least : upto]
        price = (self.problem.policy.interval_per_day * size)[:, None]
        then = np.full((n, span), np.inf)
        for gap in range(least, most + 1):
            np.minimum(then, padded[:, gap - least : gap - least + span] + price * abs(gap - ideal), out=then)
        total = first[:, low : high + 1] + then
        at = total.argmin(axis=1)
        row = np.arange(n)
        gaps = np.arange(least, most + 1)
        later = padded[row[:, None], at[:, None] + gaps - least] + price * np.abs(gaps - ideal)
        return total[row, at], at + low, at + low + gaps[later.argmin(axis=1)]
