"""From fractions to whole vials: round after round the programme gives up days, or opens a vial for good.

The relaxation spreads vials thinly over the days. Where it opens part of a vial, either a day beside it takes
the people over, or the vial is opened whole. In each round the thinnest parts among close days are closed,
parts that stand alone or are nearly whole get their vial, and the programme moves people until all are whole.
"""

import time

import numpy as np

from solver.contract import Bools, Floats, Ints
from solver.prices import Prices
from solver.small.board import Board
from solver.small.columns import Columns, best_of_each, every_column, good_columns, paid
from solver.small.master import Master
from solver.small.pricing import Pricer
from solver.small.relaxation import WORTHWHILE, Relaxation

NEAR_DAYS = 3
"""A day gives up its part of a vial when no day so near has a smaller part."""
ENOUGH, ALONE = 0.8, 0.3
"""From such a part on a vial is opened for good; the smaller one where no day near could take over."""
WHOLE = 1e-3
ROUNDS = 40
KEEP_PER_UNIT = 6
SLACK = 60.0
"""The programme starts with options that are at most so much worse than the unit's best."""


def dive(pricer: Pricer, relaxation: Relaxation, deadline: float) -> tuple[Columns, Floats, Prices] | None:
    """Options, the fraction of each that is taken when all vials are (nearly) whole, and the prices then."""
    master = Master(pricer, by_day=True)
    master.add(_promising(pricer, relaxation))
    best = None
    shelves = _Shelves(master, pricer)
    vial = pricer.problem.products.doses_per_vial[None, :, None]
    for _ in range(ROUNDS):
        solved = _settle(master, pricer, deadline)
        if solved is None:
            return best
        fractions, prices = solved
        best = _together(master.columns), fractions, prices
        vials = master.used(fractions) / vial
        part = vials - np.floor(vials + WHOLE)
        part[(part < WHOLE) | shelves.decided] = 0.0
        if not part.any() or time.monotonic() > deadline:
            return best
        shelves.decide(part, np.floor(vials + WHOLE).astype(np.int64))
    return best


class _Shelves:
    """Vials opened for good, day by day, as far as the lots give them."""

    def __init__(self, master: Master, pricer: Pricer) -> None:
        self.master = master
        board = Board(pricer.problem, pricer.units, pricer.supply)
        self.shelves = board.shelves
        self.decided = np.zeros(pricer.supply.stocked.shape, dtype=np.bool_)

    def decide(self, part: Floats, whole: Ints) -> None:
        """Close the thinnest days; open the vials of parts that are alone or more than `ENOUGH`."""
        part = np.where(self.decided, 0.0, part)
        close, keep = thinnest(part)
        for centre, product, day in np.argwhere(keep).tolist():
            key = centre, product, day
            if not self._open(key, int(whole[key]) + 1):
                close[key] = True
        for centre, product, day in np.argwhere(close).tolist():
            self._limit((centre, product, day), int(whole[centre, product, day]))

    def _open(self, key: tuple[int, int, int], vials: int) -> bool:
        shelf = self.shelves[key[:2]]
        held = shelf.doses.get(key[2], 0)
        if not shelf.take(key[2], max(0, vials * shelf.vial - held)):
            return False
        self.master.opened[key].lower_bound = float(vials * shelf.vial)
        self.decided[key] = True
        return True

    def _limit(self, key: tuple[int, int, int], vials: int) -> None:
        self.master.opened[key].upper_bound = float(vials * self.shelves[key[:2]].vial)
        self.decided[key] = True


def _together(columns: list[Columns]) -> Columns:
    """All columns in the order of the programme's variables."""
    fields = ("route", "unit", "first_day", "second_day")
    route, unit, *days = (np.concatenate([getattr(part, name) for part in columns]) for name in fields)
    return Columns(route, unit, days[0], days[1], np.concatenate([part.value for part in columns]))


def _promising(pricer: Pricer, relaxation: Relaxation) -> Columns:
    """Of each unit the options that lose least at the proven prices."""
    prices = relaxation.prices
    best = np.full(len(pricer.units), -np.inf)
    np.maximum.at(best, pricer.routes.unit, pricer.best(prices).gain)
    columns = every_column(pricer, prices, best - SLACK)
    return best_of_each(columns, columns.value - paid(pricer, columns, prices), KEEP_PER_UNIT)


def _settle(master: Master, pricer: Pricer, deadline: float) -> tuple[Floats, Prices] | None:
    """Solve, and let the units look for other days once under the new prices; solve again."""
    for last in (False, True):
        solved = master.solve(deadline - time.monotonic())
        if solved is None:
            return None
        _, fractions, prices, unit = solved
        added = master.add_overfull(fractions)
        if last and not added:
            break
        least = unit - pricer.units.drop_price - master.must + WORTHWHILE
        master.add(good_columns(pricer, pricer.best(prices), prices, least, 2))
        if last:
            return _settle(master, pricer, deadline)
    return fractions, prices


def thinnest(part: Floats) -> tuple[Bools, Bools]:
    """Days to close: the least of the parts near. Days to open: large parts, and parts that are alone."""
    some = part > 0
    rival = np.where(some, part, np.inf)
    least, alone = some.copy(), some.copy()
    for away in range(1, min(NEAR_DAYS, part.shape[2] - 1) + 1):
        least[:, :, away:] &= rival[:, :, away:] < rival[:, :, :-away]
        least[:, :, :-away] &= rival[:, :, :-away] <= rival[:, :, away:]
        alone[:, :, away:] &= ~some[:, :, :-away]
        alone[:, :, :-away] &= ~some[:, :, away:]
    enough = part >= np.where(alone, ALONE, ENOUGH)
    return least & ~enough, enough
