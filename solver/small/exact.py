"""CP-SAT over options: which of them a set of units takes, in whole vials, beside everybody who stays put.

The model is exact but for one thing: it counts a household's seats by day and band, and not by slot. The
board checks what it says; where the board can follow, nothing is lost.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.contract import Bools, Floats, Ints
from solver.small.columns import Columns, Uses, uses_of
from solver.small.pricing import Pricer

UNITS_OF_SCORE = 1000
"""The model counts in thousandths."""


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What those who stay put take: doses by centre, product, day; seats by centre, day and set of bands."""

    doses: Floats
    seats: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """How long to look, with how many workers, from which seed."""

    seconds: float
    effort: float
    """Deterministic time, so that a run can be repeated on a slower machine."""
    workers: int
    seed: int

    @staticmethod
    def tolerance(units: int) -> float:
        """What the rounding of values may hide, at most."""
        return (units + 1) / UNITS_OF_SCORE


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The columns taken, their worth less waste, the most that any choice is worth, and whether proven."""

    taken: Ints
    worth: float
    at_most: float
    proven: bool


def choose(pricer: Pricer, columns: Columns, rest: Rest, hint: Bools, limits: Limits) -> Answer | None:
    """The best choice of columns found; None where there was none in time."""
    model = _Model(pricer, columns, rest)
    model.each_unit_at_most_once()
    model.no_set_of_bands_over_its_seats()
    model.vials_whole_and_drawn_from_lots()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(limits.seconds, 0.01)
    solver.parameters.max_deterministic_time = limits.effort
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed & 0x7FFFFFFF
    model.hint(hint)
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = np.array([solver.boolean_value(variable) for variable in model.takes], dtype=np.bool_)
    worth, most = solver.objective_value, solver.best_objective_bound
    # Rounding each value to thousandths may hide half of one for each unit.
    slack = 0.5 / UNITS_OF_SCORE * (len(np.unique(columns.unit)) + 1)
    return Answer(
        np.flatnonzero(taken),
        worth / UNITS_OF_SCORE,
        most / UNITS_OF_SCORE + slack,
        status == cp_model.OPTIMAL,
    )


class _Model:
    """One constraint, one method."""

    def __init__(self, pricer: Pricer, columns: Columns, rest: Rest) -> None:
        self.pricer, self.columns, self.rest = pricer, columns, rest
        self.cp = cp_model.CpModel()
        self.takes = [self.cp.new_bool_var("") for _ in range(len(columns))]
        self.uses: Uses = uses_of(pricer, columns)
        values = np.round(columns.value * UNITS_OF_SCORE).astype(np.int64).tolist()
        self.worth = [value * take for value, take in zip(values, self.takes, strict=True)]
        self.waste: list[cp_model.LinearExprT] = []
        self.draws: dict[tuple[int, int], cp_model.IntVar] = {}
        """Vials drawn, by lot and day."""

    def each_unit_at_most_once(self) -> None:
        """Nobody is vaccinated twice; whoever holds a pinned appointment is planned."""
        mine = defaultdict(list)
        for unit, take in zip(self.columns.unit.tolist(), self.takes, strict=True):
            mine[unit].append(take)
        for unit, takes in mine.items():
            (self.cp.add_exactly_one if self.pricer.units.held[unit] else self.cp.add_at_most_one)(takes)

    def _grouped(
        self, keys: Callable[[int], list[tuple[int, ...]]]
    ) -> dict[tuple[int, ...], list[tuple[int, int]]]:
        """Columns and persons by key, each dose standing under all of its keys."""
        found = defaultdict(list)
        column, many = self.uses.column.tolist(), self.uses.many.tolist()
        for i in range(len(column)):
            for key in keys(i):
                found[key].append((column[i], many[i]))
        return found

    def no_set_of_bands_over_its_seats(self) -> None:
        """A centre seats no more people than it has chairs for, and people come only when they can."""
        where = np.stack([self.uses.centre, self.uses.day, self.uses.bands], axis=1).tolist()
        free = self.pricer.supply.seats_in - self.rest.seats

        def sets(i: int) -> list[tuple[int, ...]]:
            centre, day, bands = where[i]
            return [(centre, day, wider) for wider in range(1, 8) if not bands & ~wider]

        for key, people in self._grouped(sets).items():
            if sum(many for _, many in people) > free[key]:
                self.cp.add(sum(many * self.takes[i] for i, many in people) <= int(free[key]))

    def vials_whole_and_drawn_from_lots(self) -> None:
        """An opened vial lives for one day, and each vial comes from a lot that can be used on that day."""
        where = np.stack([self.uses.centre, self.uses.product, self.uses.day], axis=1).tolist()
        people = self._grouped(lambda i: [tuple(where[i])])
        fixed = {
            tuple(key): int(self.rest.doses[tuple(key)]) for key in np.argwhere(self.rest.doses > 0).tolist()
        }
        touched = {key[:2] for key in people}
        drawn = self._draws(touched, set(people) | set(fixed))
        price = round(self.pricer.problem.policy.wasted_dose * UNITS_OF_SCORE)
        for key in sorted(set(people) | {key for key in fixed if key[:2] in touched}):
            given = sum(many * self.takes[i] for i, many in people.get(key, [])) + fixed.get(key, 0)
            vial = int(self.pricer.problem.products.doses_per_vial[key[1]])
            doses = vial * sum(drawn.get(key, []))
            self.cp.add(given <= doses)
            self.waste.append(price * (doses - given))
        self.cp.maximize(sum(self.worth) - sum(self.waste))

    def _draws(
        self, touched: set[tuple[int, ...]], wanted: set[tuple[int, ...]]
    ) -> dict[tuple[int, ...], list[cp_model.IntVar]]:
        """Vials by centre, product and day: one variable a lot that can give them."""
        lots, supply = self.pricer.problem.lots, self.pricer.supply
        drawn: dict[tuple[int, ...], list[cp_model.IntVar]] = defaultdict(list)
        for lot, (low, high) in enumerate(supply.lot_days.tolist()):
            place = int(lots.centre[lot]), int(lots.product[lot])
            if place not in touched:
                continue
            vials = int(lots.doses[lot] // self.pricer.problem.products.doses_per_vial[place[1]])
            mine = []
            for day in range(low, high):
                if (*place, day) in wanted:
                    mine.append(self.cp.new_int_var(0, vials, ""))
                    self.draws[lot, day] = mine[-1]
                    drawn[*place, day].append(mine[-1])
            if mine:
                self.cp.add(sum(mine) <= vials)
        return drawn

    def hint(self, taken: Bools) -> None:
        """Start from these columns, and from vials that serve them, first expired first out."""
        for variable, take in zip(self.takes, taken.tolist(), strict=True):
            self.cp.add_hint(variable, take)
        uses, lots = self.uses, self.pricer.problem.lots
        doses = self.rest.doses.copy()
        rows = np.flatnonzero(taken[uses.column])
        np.add.at(doses, (uses.centre[rows], uses.product[rows], uses.day[rows]), uses.many[rows])
        vial = self.pricer.problem.products.doses_per_vial
        need = np.ceil(doses / vial[None, :, None]).astype(np.int64)
        left = (lots.doses // vial[lots.product]).tolist()
        # Day by day, and on each day the lot that expires first.
        for lot, day in sorted(
            self.draws, key=lambda at: (at[1], lots.last_day[at[0]], lots.first_day[at[0]])
        ):
            key = int(lots.centre[lot]), int(lots.product[lot]), day
            many = min(int(need[key]), left[lot])
            need[key] -= many
            left[lot] -= many
            self.cp.add_hint(self.draws[lot, day], many)
