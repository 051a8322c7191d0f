"""The linear programme over the options found so far: each unit at most once, seats and doses as there are.

GLOP keeps its basis while options and seat rows are added, so each round starts where the last ended.
"""

import datetime

import numpy as np
from ortools.math_opt.python import mathopt

from solver.contract import Floats
from solver.prices import Prices
from solver.small.columns import Columns, Uses, uses_of
from solver.small.pricing import Pricer

UNPLANNED_PIN = 1e5
"""Price of not (yet) planning a unit that must be planned; far above anything an option earns."""


class Master:
    """The restricted programme, its prices and its fractions."""

    def __init__(self, pricer: Pricer, by_day: bool = False) -> None:
        """Doses are counted by runs of days on which the same lots can be used, or day by day."""
        self.pricer = pricer
        segment = pricer.supply.segment
        self.row_day = np.broadcast_to(np.arange(segment.shape[2]), segment.shape) if by_day else segment
        self.model = mathopt.Model(name="master")
        self.model.objective.is_maximize = True
        self.columns: list[Columns] = []
        self.must = np.where(pricer.units.held, UNPLANNED_PIN, 0.0)
        self.pinned_bonus = float(self.must.sum())
        self.variables: list[mathopt.Variable] = []
        self._units = [self.model.add_linear_constraint(ub=1.0) for _ in range(len(pricer.units))]
        self.opened: dict[tuple[int, int, int], mathopt.Variable] = {}
        """Doses in the vials opened, by centre, product and day."""
        self._doses: dict[tuple[int, int, int], mathopt.LinearConstraint] = {}
        self._seats: dict[tuple[int, int, int], mathopt.LinearConstraint] = {}
        self._add_lots()
        self._uses: list[Uses] = []
        self._solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)

    def _add_lots(self) -> None:
        """Each lot's doses go to the days on which it can be used."""
        supply, lots = self.pricer.supply, self.pricer.problem.lots
        foreign = np.zeros(supply.foreign.shape)
        where = np.indices(foreign.shape)
        np.add.at(foreign, (where[0], where[1], self.row_day), supply.foreign)
        drawn: dict[tuple[int, int, int], mathopt.LinearConstraint] = {}
        for lot, (low, high) in enumerate(supply.lot_days.tolist()):
            if low >= high or not lots.doses[lot]:
                continue
            row = self.model.add_linear_constraint(ub=float(supply.doses[lot]))
            centre, product = int(lots.centre[lot]), int(lots.product[lot])
            for day in np.unique(self.row_day[centre, product, low:high]).tolist():
                key = centre, product, day
                if key not in drawn:
                    self.opened[key] = self.model.add_variable(lb=0.0)
                    self._doses[key] = self.model.add_linear_constraint(ub=-float(foreign[key]))
                    self._doses[key].set_coefficient(self.opened[key], -1.0)
                    drawn[key] = self.model.add_linear_constraint(ub=0.0)
                    drawn[key].set_coefficient(self.opened[key], 1.0)
                use = self.model.add_variable(lb=0.0)
                row.set_coefficient(use, 1.0)
                drawn[key].set_coefficient(use, -1.0)

    def add(self, columns: Columns) -> None:
        """More options. Those that need a product of which there is never any are left out."""
        uses = uses_of(self.pricer, columns)
        row_day = self.row_day[uses.centre, uses.product, uses.day]
        keys = list(zip(uses.centre.tolist(), uses.product.tolist(), row_day.tolist(), strict=True))
        supplied = np.array([key in self._doses for key in keys], dtype=np.bool_)
        lost = np.zeros(len(columns), dtype=np.bool_)
        lost[uses.column[~supplied]] = True
        if lost.any():
            self.add(columns.where(np.flatnonzero(~lost)))
            return
        fresh = [self.model.add_variable(lb=0.0) for _ in range(len(columns))]
        for variable, unit, value in zip(fresh, columns.unit.tolist(), columns.value.tolist(), strict=True):
            self._units[unit].set_coefficient(variable, 1.0)
            self.model.objective.set_linear_coefficient(variable, value + self._must(unit))
        many, column = uses.many.tolist(), uses.column.tolist()
        taken: dict[tuple[int, tuple[int, int, int]], int] = {}
        for i, key in enumerate(keys):
            taken[column[i], key] = taken.get((column[i], key), 0) + many[i]
        for (i, key), n in taken.items():
            self._doses[key].set_coefficient(fresh[i], float(n))
        self._into_seat_rows(uses, fresh)
        self.columns.append(columns)
        self._uses.append(uses)
        self.variables += fresh

    def used(self, fractions: Floats) -> Floats:
        """Doses by centre, product and day that these fractions take, with those of people outside."""
        total = self.pricer.supply.foreign.astype(np.float64)
        column = 0
        for uses, columns in zip(self._uses, self.columns, strict=True):
            amount = fractions[column + uses.column] * uses.many
            np.add.at(total, (uses.centre, uses.product, uses.day), amount)
            column += len(columns)
        return total

    def _must(self, unit: int) -> float:
        return float(self.must[unit])

    def _into_seat_rows(self, uses: Uses, fresh: list[mathopt.Variable]) -> None:
        if not self._seats:
            return
        several = zip(
            *(x.tolist() for x in (uses.column, uses.centre, uses.day, uses.bands, uses.many)), strict=True
        )
        taken: dict[tuple[int, tuple[int, int, int]], int] = {}
        for column, centre, day, bands, many in several:
            for wider in range(1, 8):
                key = centre, day, wider
                if not bands & ~wider and key in self._seats:
                    taken[column, key] = taken.get((column, key), 0) + many
        for (column, key), n in taken.items():
            self._seats[key].set_coefficient(fresh[column], float(n))

    def solve(self, seconds: float) -> "tuple[float, Floats, Prices, Floats] | None":
        """Objective, fraction of each column, prices of seats and doses, price of each unit."""
        limit = datetime.timedelta(seconds=max(seconds, 0.1))
        result = self._solver.solve(params=mathopt.SolveParameters(time_limit=limit))
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        fractions = np.array(result.variable_values(self.variables), dtype=np.float64)
        prices = Prices.free(self.pricer.problem)
        for table, rows in ((prices.doses, self._doses), (prices.seats, self._seats)):
            if rows:
                at = tuple(np.array(list(rows)).T)
                table[at] = np.maximum(result.dual_values(list(rows.values())), 0.0)
        prices = Prices(prices.seats, np.take_along_axis(prices.doses, self.row_day, axis=2))
        unit = np.array(result.dual_values(self._units), dtype=np.float64)
        return result.objective_value(), fractions, prices, unit

    def add_overfull(self, fractions: Floats) -> int:
        """Rows for the sets of bands that the fractions over-fill; how many were added."""
        pricer = self.pricer
        used = np.zeros(pricer.supply.seats_in.shape)
        column = 0
        for uses, columns in zip(self._uses, self.columns, strict=True):
            amount = fractions[column + uses.column] * uses.many
            np.add.at(used, (uses.centre, uses.day, uses.bands), amount)
            column += len(columns)
        total = np.stack([_inside(used, wider) for wider in range(8)], axis=2)
        over = np.argwhere(total > pricer.supply.seats_in + 1e-6)
        fresh = [(c, d, s) for c, d, s in over.tolist() if (c, d, s) not in self._seats]
        for key in fresh:
            self._seats[key] = self.model.add_linear_constraint(ub=float(pricer.supply.seats_in[key]))
        if fresh:
            self._fill(set(fresh))
        return len(fresh)

    def _fill(self, fresh: set[tuple[int, int, int]]) -> None:
        column = 0
        wanted = np.zeros(self.pricer.supply.seats_in.shape, dtype=np.bool_)
        wanted[tuple(np.array(list(fresh)).T)] = True
        for uses, columns in zip(self._uses, self.columns, strict=True):
            for wider in range(1, 8):
                rows = np.flatnonzero(((uses.bands & ~wider) == 0) & wanted[uses.centre, uses.day, wider])
                taken: dict[tuple[int, tuple[int, int, int]], int] = {}
                for i in rows.tolist():
                    key = int(uses.centre[i]), int(uses.day[i]), wider
                    at = column + int(uses.column[i]), key
                    taken[at] = taken.get(at, 0) + int(uses.many[i])
                for (variable, key), n in taken.items():
                    self._seats[key].set_coefficient(self.variables[variable], float(n))
            column += len(columns)


def _inside(used: Floats, wider: int) -> Floats:
    """Seats taken by those who can come in these bands only."""
    sets = [bands for bands in range(1, 8) if not bands & ~wider]
    return np.asarray(used[:, :, sets].sum(axis=2))
