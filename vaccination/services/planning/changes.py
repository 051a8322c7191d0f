"""A planning problem with a few more or fewer seats or doses: what a what-if solves."""

from dataclasses import dataclass, replace

import numpy as np

from solver.contract import Ints, Lots, Problem
from solver.measures import band_of
from vaccination.errors import Invalid


class NothingToChange(Invalid):
    """The problem has no such seats or doses: the change would change nothing."""

    code = "nothing_to_change"


@dataclass(frozen=True, slots=True)
class SeatChange:
    """So many seats more (or fewer) at every start of a centre's day, in the bands of a set."""

    centre: int
    day: int
    bands: int
    amount: int


@dataclass(frozen=True, slots=True)
class DoseChange:
    """So many doses more (or fewer) of a product at a centre, from a day on."""

    centre: int
    product: int
    day: int
    amount: int


def with_seats(problem: Problem, change: SeatChange) -> tuple[Problem, int]:
    """The changed problem, and how many seats that is in all (negative: fewer)."""
    slots = problem.slots
    chosen = (slots.centre == change.centre) & (slots.day == change.day) & (slots.seats > 0)
    chosen &= (change.bands >> band_of(slots.minute) & 1) == 1
    seats = np.where(chosen, np.maximum(slots.seats + change.amount, 0), slots.seats)
    changed = int(seats.sum() - slots.seats.sum())
    if not changed:
        raise NothingToChange("no start at that time")
    return replace(problem, slots=replace(slots, seats=seats)), changed


def with_doses(problem: Problem, change: DoseChange) -> tuple[Problem, int]:
    """The changed problem, and how many doses that is in whole vials (negative: fewer)."""
    vial = int(problem.products.doses_per_vial[change.product])
    doses = -(-abs(change.amount) // vial) * vial
    if change.amount < 0:
        return _with_fewer(problem, change, doses, vial)
    lots = problem.lots
    shelf = (lots.centre == change.centre) & (lots.product == change.product)
    ends = lots.last_day[shelf if shelf.any() else lots.product == change.product]
    last_day = int(ends.max(initial=change.day))
    more = Lots(*(np.array([x]) for x in (change.centre, change.product, doses, change.day, last_day)))
    columns = ("centre", "product", "doses", "first_day", "last_day")
    joined = Lots(*(np.concatenate([getattr(lots, c), getattr(more, c)]) for c in columns))
    return replace(problem, lots=joined), doses


def _with_fewer(problem: Problem, change: DoseChange, doses: int, vial: int) -> tuple[Problem, int]:
    """Taken from what arrives last, in whole vials: that is the delivery which would be cut."""
    lots = problem.lots
    shelf = (lots.centre == change.centre) & (lots.product == change.product) & (lots.last_day >= change.day)
    left, wanted = lots.doses.copy(), doses
    for lot in _latest_first(np.flatnonzero(shelf), lots.first_day):
        taken = min(wanted, int(left[lot]) // vial * vial)
        left[lot] -= taken
        wanted -= taken
    if wanted == doses:
        raise NothingToChange("no such doses")
    return replace(problem, lots=replace(lots, doses=left)), wanted - doses


def _latest_first(rows: Ints, first_day: Ints) -> list[int]:
    return [int(row) for row in rows[np.argsort(-first_day[rows], kind="stable")]]
