"""The linear programme behind the prices: groups of units share themselves out over what they once chose.

A column is what a group chose under some prices: its worth, and what it takes of seats and doses. Each group
takes a mixture of its columns; the mixture is within the supply. The dual values are the next prices. A box
keeps them near the best so far: what is missing can be bought a little above those prices, and what is
left is sold a little below.
"""

from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from solver.contract import Floats, Ints
from solver.frozen import Options
from solver.large.again import Again
from solver.loops.tally import seat_load, tally, tally_seats
from solver.market import Look, Market
from solver.prices import Prices

Row = tuple[int, int, int]
IDLE = 4
"""A column without a share in so many solutions is dropped."""
TOLERATED = 0.01
"""A set of bands may be so much over-full before it gets a row of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The programme's optimum: its value, share of each column (pass × group), and a price for each row."""

    value: float
    shares: Floats
    at: Floats


class Programme:
    """Groups, their columns so far, and the supply that they share."""

    def __init__(self, market: Market, units: Ints, group: Ints, weight: Floats | None = None) -> None:
        """`group`: the group of each of the units, numbered from 0.

        `weight`: how many doses one takes of its lot (centre × product × day); None: itself.
        """
        self.market, self.units, self.group = market, units, group
        self.many = int(group.max(initial=-1)) + 1
        self.model = mathopt.Model(name="programme")
        self.model.objective.is_maximize = True
        self._share = [self.model.add_linear_constraint(lb=1.0, ub=1.0) for _ in range(self.many)]
        self.dose_keys: list[Row] = []
        self.seat_keys: list[Row] = []
        self._rows: list[mathopt.LinearConstraint] = []
        self._bought: list[mathopt.Variable] = []
        self._sold: list[mathopt.Variable] = []
        self._columns: list[mathopt.Variable | None] = []
        """Pass × group; None where it was dropped."""
        self._idle = np.zeros(0, dtype=np.int64)
        """In how many of the last solutions each had no share."""
        self._looks: list[Look] = []
        problem, supply = market.problem, market.supply
        shape = len(problem.centres), len(problem.products), problem.policy.days
        self._own = np.ones(shape[0], dtype=np.bool_) if market.own is None else market.own
        self.weight = np.ones(shape) if weight is None else weight
        self.row_dose = np.full(shape, -1, dtype=np.int64)
        self.row_seat = np.full((*supply.open_bands.shape, 8), -1, dtype=np.int64)
        self._add_lots()
        open_days = (supply.seats_in[:, :, 7] > 0) & self._own[:, None]
        self.add_seats([tuple(key) for key in np.argwhere(open_days).tolist()], 7)
        self._again = Again(self.model)

    def _add_row(self, supply: float) -> mathopt.LinearConstraint:
        row = self.model.add_linear_constraint(ub=supply)
        for kind, sign in ((self._bought, -1.0), (self._sold, 1.0)):
            kind.append(self.model.add_variable(lb=0.0))
            row.set_coefficient(kind[-1], sign)
        self._rows.append(row)
        return row

    def _add_lots(self) -> None:
        """A row for each run of days on which the same lots can be used; each lot's doses go to its runs."""
        supply, lots = self.market.supply, self.market.problem.lots
        theirs = np.zeros(supply.foreign.shape)
        where = np.indices(theirs.shape)
        np.add.at(theirs, (where[0], where[1], supply.segment), supply.foreign)
        for lot, (low, high) in enumerate(supply.lot_days.tolist()):
            if low >= high or not lots.doses[lot] or not self._own[lots.centre[lot]]:
                continue
            given = self.model.add_linear_constraint(ub=float(supply.doses[lot]))
            centre, product = int(lots.centre[lot]), int(lots.product[lot])
            for day in np.unique(supply.segment[centre, product, low:high]).tolist():
                key = centre, product, day
                if self.row_dose[key] < 0:
                    self.row_dose[key] = len(self._rows)
                    self.dose_keys.append(key)
                    self._add_row(-float(theirs[key]))
                use = self.model.add_variable(lb=0.0)
                given.set_coefficient(use, 1.0)
                self._rows[self.row_dose[key]].set_coefficient(use, -1.0)
        # every day leads to the row of its run
        self.row_dose = np.take_along_axis(self.row_dose, supply.segment, axis=2)

    def add_seats(self, days: "list[tuple[int, ...]]", bands: int) -> None:
        """Rows that say that these centres' days are not over-full in these bands."""
        for centre, day in days:
            self.row_seat[centre, day, bands] = len(self._rows)
            self.seat_keys.append((centre, day, bands))
            self._add_row(float(self.market.supply.seats_in[centre, day, bands]))

    def add_priced(self, prices: Prices) -> None:
        """Rows for the sets of bands that cost something at these prices, before there are columns."""
        costs = (prices.seats > 0) & (self.row_seat < 0) & self._own[:, None, None]
        for bands in range(1, 7):
            self.add_seats([tuple(day) for day in np.argwhere(costs[:, :, bands]).tolist()], bands)

    def add(self, look: Look, prices: Prices) -> None:
        """What the groups chose under these prices, as a column each."""
        use, paid = np.zeros((self.many, len(self._rows))), np.zeros(self.many)
        rows = self.row_dose, self.row_seat, self.market.supply.open_bands, self.weight
        now = prices.doses, look.costs.seat
        tally(self.market.crowd, self.market.rules, self.units, self.group, look.option, rows, now, use, paid)
        value = np.bincount(self.group, weights=look.gain, minlength=self.many) + paid
        fresh = [self.model.add_variable(lb=0.0) for _ in range(self.many)]
        for group, column in enumerate(fresh):
            self._share[group].set_coefficient(column, 1.0)
            self.model.objective.set_linear_coefficient(column, float(value[group]))
        at, row = np.nonzero(use)
        for i, r, amount in zip(at.tolist(), row.tolist(), use[at, row].tolist(), strict=True):
            self._rows[r].set_coefficient(fresh[i], amount)
        self._columns += fresh
        self._idle = np.append(self._idle, np.zeros(self.many, dtype=np.int64))
        self._looks.append(look)

    def vector(self, prices: Prices) -> Floats:
        """Prices of seats and doses in the order of the rows."""
        found = np.zeros(len(self._rows))
        for keys, table, rows in self._tables(prices):
            found[rows] = table[keys]
        return found

    def _tables(self, prices: Prices):  # type: ignore[no-untyped-def]
        for keys, table, row in (
            (self.dose_keys, prices.doses, self.row_dose),
            (self.seat_keys, prices.seats, self.row_seat),
        ):
            if keys:
                at = tuple(np.array(keys).T)
                yield at, table, row[at]

    def prices(self, at: Floats, others: Prices) -> Prices:
        """What the rows' prices make a seat and a dose cost; for centres without rows, those of `others`."""
        found = Prices.free(self.market.problem)
        for keys, table, rows in self._tables(found):
            table[keys] = at[rows]
        doses = np.take_along_axis(found.doses, self.market.supply.segment, axis=2) * self.weight
        own = self._own[:, None, None]
        return Prices(
            np.where(own, found.seats, others.seats),
            np.where(own, doses, others.doses),
        )

    def solve(self, centre: Floats, width: Floats, seconds: float) -> Solved | None:
        """Mix the columns, with each row's price at most its width from the centre."""
        for variable, price in zip(self._bought, (-centre - width).tolist(), strict=True):
            self.model.objective.set_linear_coefficient(variable, price)
        for variable, price in zip(self._sold, np.maximum(centre - width, 0.0).tolist(), strict=True):
            self.model.objective.set_linear_coefficient(variable, price)
        result = self._again.optimum(seconds)
        if result is None:
            return None
        at = np.maximum(np.array(result.dual_values(self._rows)), 0.0)
        shares = self._shares(result)
        self._drop_idle(shares)
        return Solved(result.objective_value(), shares.reshape(len(self._looks), self.many), at)

    def _shares(self, result: mathopt.SolveResult) -> Floats:
        shares = np.zeros(len(self._columns))
        some = [at for at, column in enumerate(self._columns) if column is not None]
        shares[some] = result.variable_values([self._columns[at] for at in some])
        return shares

    def _drop_idle(self, shares: Floats) -> None:
        """Forget columns that nobody has wanted for long: the programme is solved the faster."""
        self._idle = np.where(shares > 0, 0, self._idle + 1)
        for at in np.flatnonzero(self._idle == IDLE).tolist():
            column = self._columns[at]
            if column is not None:
                self.model.delete_variable(column)
                self._columns[at] = None

    def options(self, look: int) -> Options:
        """What the units chose in that look, the first being 0."""
        return self._looks[look].option

    def cover_overfull(self, option: Options) -> int:
        """Rows for the sets of bands which these options of the units over-fill; how many were added."""
        supply = self.market.supply
        load = np.zeros(supply.seats_in.shape)
        seat_load(self.market.crowd, self.units, option, supply.open_bands, load)
        first = len(self._rows)
        for bands in range(1, 7):
            inside = load[:, :, [b for b in range(1, 8) if not b & ~bands]].sum(axis=2)
            over = inside > supply.seats_in[:, :, bands] * (1 + TOLERATED)
            fresh = np.argwhere(over & (self.row_seat[:, :, bands] < 0) & self._own[:, None])
            self.add_seats([tuple(day) for day in fresh.tolist()], bands)
        if len(self._rows) > first:
            self._fill_rows(first)
        return len(self._rows) - first

    def _fill_rows(self, first: int) -> None:
        """Write what all columns so far take of the seat rows from the `first` on."""
        row_seat = np.where(self.row_seat >= first, self.row_seat - first, -1)
        for turn, look in enumerate(self._looks):
            use = np.zeros((self.many, len(self._rows) - first))
            open_bands = self.market.supply.open_bands
            tally_seats(self.market.crowd, self.units, self.group, look.option, row_seat, open_bands, use)
            at, row = np.nonzero(use)
            for i, r, amount in zip(at.tolist(), row.tolist(), use[at, row].tolist(), strict=True):
                column = self._columns[turn * self.many + i]
                if column is not None:
                    self._rows[first + r].set_coefficient(column, amount)
