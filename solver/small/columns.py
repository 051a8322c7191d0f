"""Options of units with their days fixed: what each is worth, and which seats and doses it takes."""

from dataclasses import dataclass, replace

import numpy as np

from solver.contract import NONE, Floats, Ints
from solver.prices import Prices
from solver.small.pricing import Choices, Pricer


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One row an option: a route with its days, worth `value` over leaving the unit out."""

    route: Ints
    unit: Ints
    first_day: Ints
    second_day: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.route)

    def where(self, rows: Ints) -> "Columns":
        days = self.first_day[rows], self.second_day[rows]
        return Columns(self.route[rows], self.unit[rows], *days, self.value[rows])

    @classmethod
    def joined(cls, parts: "list[Columns]") -> "Columns":
        """All of them, each option once."""
        route, unit, first, second = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("route", "unit", "first_day", "second_day")
        )
        value = np.concatenate([part.value for part in parts])
        _, once = np.unique(np.stack([route, first, second]), axis=1, return_index=True)
        once.sort()
        return cls(route, unit, first, second, value).where(once)


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """The doses that columns take: one row a column and dose, `many` persons at once."""

    column: Ints
    centre: Ints
    product: Ints
    day: Ints
    bands: Ints
    """The open bands in which the unit can come on that day, as a set."""
    many: Ints


def columns_of(pricer: Pricer, choices: Choices, prices: Prices, rows: Ints) -> Columns:
    """The chosen routes with their days, and what they are worth without the prices."""
    routes, units = pricer.routes, pricer.units
    unit = routes.unit[rows]
    bare = Columns(rows, unit, choices.first_day[rows], choices.second_day[rows], choices.gain[rows])
    value = bare.value + paid(pricer, bare, prices) + units.drop_price[unit]
    return Columns(rows, unit, bare.first_day, bare.second_day, value)


def uses_of(pricer: Pricer, columns: Columns) -> Uses:
    """Every dose of every column."""
    routes, s = pricer.routes, pricer.problem.schedules
    parts = []
    for day, centre_of, product_of in (
        (columns.first_day, routes.first_centre, s.first_product),
        (columns.second_day, routes.second_centre, s.second_product),
    ):
        rows = np.flatnonzero(day != NONE)
        route = columns.route[rows]
        centre, unit = centre_of[route], columns.unit[rows]
        bands = pricer.units.bands[unit, day[rows]] & pricer.supply.open_bands[centre, day[rows]]
        product = product_of[routes.schedule[route]]
        parts.append((rows, centre, product, day[rows], bands, pricer.units.size[unit]))
    return Uses(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def paid(pricer: Pricer, columns: Columns, prices: Prices) -> Floats:
    """What each column pays for its seats and doses at these prices."""
    uses = uses_of(pricer, columns)
    cost = prices.doses[uses.centre, uses.product, uses.day]
    for wider in range(1, 8):
        inside = (uses.bands & ~wider) == 0
        cost = cost + np.where(inside, prices.seats[uses.centre, uses.day, wider], 0.0)
    return np.bincount(uses.column, weights=cost * uses.many, minlength=len(columns)).astype(np.float64)


def valued(pricer: Pricer, route: Ints, first_day: Ints, second_day: Ints) -> Columns:
    """These routes with these days, and what they are worth; for a few columns only."""
    units, policy, s = pricer.units, pricer.problem.policy, pricer.problem.schedules
    unit, schedule = pricer.routes.unit[route], pricer.routes.schedule[route]
    begins = np.where(first_day == NONE, second_day, first_day)
    value = pricer.routes.worth[route] + units.drop_price[unit]
    value = value - policy.delay_per_day * units.weight[unit] * (begins - units.earliest[unit])
    given = pricer.problem.requests.first_day[units.head[unit]]
    gap = second_day - np.where(first_day == NONE, given, first_day)
    off = np.where(second_day == NONE, 0, np.abs(gap - s.ideal_days[schedule]))
    value -= policy.interval_per_day * units.size[unit] * off
    return Columns(route, unit, first_day, second_day, value - pricer.moves(route, first_day, second_day))


def every_column(pricer: Pricer, prices: Prices, least: Floats) -> Columns:
    """Every option of every unit that gains at least the unit's `least` under these prices."""
    parts = pricer.every(prices, least)
    none = np.zeros(0, dtype=np.int64)
    route, first, second = (np.concatenate([none, *(part[i] for part in parts)]) for i in range(3))
    gain = np.concatenate([np.zeros(0), *(part[3] for part in parts)])
    unit = pricer.routes.unit[route]
    bare = Columns(route, unit, first, second, gain)
    return replace(bare, value=gain + paid(pricer, bare, prices) + pricer.units.drop_price[unit])


def best_of_each(columns: Columns, gain: Floats, most: int) -> Columns:
    """At most so many columns of each unit, those of the greatest gain."""
    order = np.lexsort((-gain, columns.unit))
    unit = columns.unit[order]
    start = np.flatnonzero(np.concatenate([[True], np.diff(unit) != 0])) if len(unit) else unit
    turn = np.arange(len(unit)) - np.repeat(start, np.diff(np.append(start, len(unit))))
    return columns.where(np.sort(order[turn < most]))


def good_columns(pricer: Pricer, choices: Choices, prices: Prices, least: Floats, most: int) -> Columns:
    """Of each unit at most `most` routes that gain more than its `least`, best first."""
    unit = pricer.routes.unit
    rows = np.flatnonzero(choices.gain > least[unit])
    found = columns_of(pricer, choices, prices, rows)
    return best_of_each(found, choices.gain[rows], most)
