"""First come, first served: what a race of clicks gives. The yardstick, and the last resort.

In the order of the requests, everybody takes the earliest pair that is left at the nearest centre that has
one. Whole vials and all other rules hold here, too. Days are bits of whole numbers, so that the search for a
pair of days is a few shifts and not a loop.
"""

import time

import numpy as np

from solver.board import Board, Option
from solver.classes import Units
from solver.contract import NONE, Ints, Problem
from solver.routes import Routes


def first_come(problem: Problem, units: Units, routes: Routes, board: Board, deadline: float) -> None:
    """Place units in the order in which their first member asked; pinned ones before all."""
    first = np.minimum.reduceat(units.members, units.member_at[:-1]) if len(units) else units.head
    start = np.searchsorted(routes.unit[by_unit := _by_unit(routes)], np.arange(len(units) + 1))
    for unit in np.lexsort((first, ~units.held)).tolist():
        if time.monotonic() > deadline and not units.held[unit]:
            break
        mine = by_unit[start[unit] : start[unit + 1]]
        if unit not in board.placed:
            _place_earliest(problem, routes, board, unit, mine.tolist())


def _by_unit(routes: Routes) -> Ints:
    """Routes by unit, the nearest first: worth falls with the way."""
    return np.lexsort((-routes.worth, routes.unit))


def _place_earliest(problem: Problem, routes: Routes, board: Board, unit: int, mine: list[int]) -> None:
    """The earliest pair on the nearest places that have one; equally near routes compete by day."""
    at = 0
    while at < len(mine):
        worth = routes.worth[mine[at]]
        end = at + 1
        while end < len(mine) and routes.worth[mine[end]] == worth:
            end += 1
        search = _Search(problem, routes, board, unit)
        found = sorted(pair for route in mine[at:end] for pair in search.pairs(route))
        if any(board.place(unit, _option(routes, *pair)) for pair in found):
            return
        at = end


def _option(routes: Routes, day_1: int, day_2: int, route: int) -> Option:
    first, second = int(routes.first_centre[route]), int(routes.second_centre[route])
    return Option(int(routes.schedule[route]), first, day_1 if first != NONE else NONE, second, day_2)


class _Search:
    """The days open to one unit, as bits."""

    TRIES = 40
    """So many earliest days are tried before the next centre; only households ever need more than a few."""

    def __init__(self, problem: Problem, routes: Routes, board: Board, unit: int) -> None:
        self.problem, self.routes, self.board, self.unit = problem, routes, board, unit

    def pairs(self, route: int) -> list[tuple[int, int, int]]:
        """Earliest pairs (first day, second day, route); NONE for a dose not given."""
        s, i = self.problem.schedules, int(self.routes.schedule[route])
        first, second = int(self.routes.first_centre[route]), int(self.routes.second_centre[route])
        if second == NONE:
            valid = _range(int(s.valid_from[i]), int(s.valid_to[i]), self.problem.policy.days)
            days = self._open(first, int(s.first_product[i])) & valid
            return [(day, NONE, route) for day in _lowest(days, self.TRIES)]
        least, most = int(s.min_days[i]), int(s.max_days[i])
        later = self._open(second, int(s.second_product[i]))
        if first == NONE:
            given = int(self.problem.requests.first_day[self.board.units.head[self.unit]])
            later &= _range(given + least, given + most, self.problem.policy.days)
            return [(day, day, route) for day in _lowest(later, self.TRIES)]
        valid = _range(int(s.valid_from[i]), int(s.valid_to[i]), self.problem.policy.days)
        days = self._open(first, int(s.first_product[i])) & valid
        window = (1 << (most - least + 1)) - 1
        pairs = []
        for day in _lowest(days & _any_within(later, least, most), self.TRIES):
            then = (later >> (day + least)) & window
            pairs.append((day, day + least + (then & -then).bit_length() - 1, route))
        return pairs

    def _open(self, centre: int, product: int) -> int:
        """Days on which the unit can come and a seat and a dose are left."""
        board, unit = self.board, self.unit
        shelf = board.shelves.get((centre, product))
        if shelf is None:
            return 0
        bands = board.units.bands[unit]
        seats = board.room[centre, np.arange(len(bands)), bands]
        days = int.from_bytes(np.packbits(seats, bitorder="little").tobytes(), "little")
        doses = shelf.more
        for day in shelf.opened:
            doses |= 1 << day
        return days & doses


def _range(low: int, high: int, days: int) -> int:
    low, high = max(low, 0), min(high, days - 1)
    return ((1 << (high + 1)) - 1) & ~((1 << low) - 1) if low <= high else 0


def _lowest(days: int, many: int) -> list[int]:
    found: list[int] = []
    while days and len(found) < many:
        low = days & -days
        found.append(low.bit_length() - 1)
        days ^= low
    return found


def _any_within(days: int, least: int, most: int) -> int:
    """The days from which some of `days` lies `least` to `most` later."""
    spread, width = days, 1
    want = most - least + 1
    while width * 2 <= want:
        spread |= spread >> width
        width *= 2
    return (spread | spread >> (want - width)) >> least
