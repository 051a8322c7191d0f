"""From fractions to whole vials: round after round the programme gives up a few days on which to open vials.

The relaxation spreads vials thinly over the days. Where it opens part of a vial, this day or its neighbours must do
without: in each round the thinnest days among close ones are closed for further vials, and the programme moves their
people to the days beside them, until all vials are whole. Seconds doses and prices follow by themselves.
"""

import time

import numpy as np

from solver.columns import Columns, good_columns, paid
from solver.contract import Floats, Ints
from solver.master import Master
from solver.pricing import Pricer, Prices
from solver.relaxation import WORTHWHILE, Relaxation

NEAR_DAYS = 3
"""A day gives up its part of a vial when no day so near has a smaller part."""
WHOLE = 1e-3
ROUNDS = 40
KEEP_PER_UNIT = 10


def dive(pricer: Pricer, relaxation: Relaxation, deadline: float) -> tuple[Columns, Floats, Prices] | None:
    """Options with the fractions in which they are taken when all vials are (nearly) whole; and the prices then."""
    master = Master(pricer)
    master.add(_promising(pricer, relaxation))
    best = None
    vial = pricer.problem.products.doses_per_vial[None, :, None]
    for _ in range(ROUNDS):
        solved = _settle(master, pricer, deadline)
        if solved is None:
            return best
        fractions, prices = solved
        best = _together(master.columns), fractions, prices
        vials = master.used(fractions) / vial
        part = vials - np.floor(vials + WHOLE)
        part[part < WHOLE] = 0.0
        if not part.any() or time.monotonic() > deadline:
            return best
        for key in map(tuple, thinnest(part).tolist()):
            whole = float(np.floor(vials[key] + WHOLE))
            master.opened[key].upper_bound = whole * float(vial[0, key[1], 0])
    return best


def _together(columns: list[Columns]) -> Columns:
    """All columns in the order of the programme's variables."""
    fields = ("route", "unit", "first_day", "second_day")
    ints = (np.concatenate([getattr(part, name) for part in columns]) for name in fields)
    return Columns(*ints, np.concatenate([part.value for part in columns]))  # type: ignore[misc]


def _promising(pricer: Pricer, relaxation: Relaxation) -> Columns:
    """Of each unit the options that lose least at the proven prices."""
    columns = relaxation.columns
    gain = columns.value - paid(pricer, columns, relaxation.prices)
    order = np.lexsort((-gain, columns.unit))
    unit = columns.unit[order]
    start = np.flatnonzero(np.concatenate([[True], np.diff(unit) != 0])) if len(unit) else unit
    turn = np.arange(len(unit)) - np.repeat(start, np.diff(np.append(start, len(unit))))
    return columns.where(np.sort(order[turn < KEEP_PER_UNIT]))


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


def thinnest(part: Floats) -> Ints:
    """Centre, product and day of the parts that are least among the days near them."""
    some = part > 0
    rival = np.where(some, part, np.inf)
    days = part.shape[2]
    least = some.copy()
    for away in range(1, min(NEAR_DAYS, days - 1) + 1):
        least[:, :, away:] &= rival[:, :, away:] < rival[:, :, :-away]
        least[:, :, :-away] &= rival[:, :, :-away] <= rival[:, :, away:]
    return np.argwhere(least & some)
