"""Whole vials drawn from lots, first expired first out. Numpy only; the judge's own reckoning."""

import numpy as np

from solver.contract import Ints, Problem


def vials_short(problem: Problem, used: Ints) -> list[tuple[int, int, int]]:
    """Centre, product and first day on which the lots cannot give the vials for `used[centre, product]`."""
    vial = problem.products.doses_per_vial
    short = []
    lots = problem.lots
    order = np.lexsort((lots.first_day, lots.last_day, lots.product, lots.centre))
    shelf: dict[tuple[int, int], list[list[int]]] = {}
    for lot in order.tolist():
        key = int(lots.centre[lot]), int(lots.product[lot])
        vials = int(lots.doses[lot] // vial[key[1]])
        shelf.setdefault(key, []).append([int(lots.first_day[lot]), int(lots.last_day[lot]), vials])
    for centre, product in zip(*np.nonzero(used.any(axis=2)), strict=True):
        need = -(-used[centre, product] // vial[product])
        day = _first_short(need, shelf.get((int(centre), int(product)), []))
        if day is not None:
            short.append((int(centre), int(product), day))
    return short


def _first_short(need: Ints, lots: list[list[int]]) -> int | None:
    """The first day whose vials cannot be drawn; lots come in order of expiry. Uses them up."""
    for day in np.flatnonzero(need).tolist():
        left = int(need[day])
        for lot in lots:
            if lot[0] <= day <= lot[1]:
                take = min(left, lot[2])
                lot[2] -= take
                left -= take
        if left:
            return day
    return None
