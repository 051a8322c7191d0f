"""Fills a board: everybody looks for the best days that are left, and those who gain most choose first.

Rounds of looking (all at once, in numpy) and placing (one by one, checked by the board) follow each other
until nobody who is left finds a place. The board may refuse an option that looked open, a household for
instance that finds no seats close together; the option is then barred for the unit.
"""

import time

import numpy as np

from solver.contract import Floats, Ints
from solver.prices import Prices
from solver.small.board import Board, Option
from solver.small.pricing import Choices, Pricer
from solver.small.routes import Routes

ROUNDS = 300
GAIN = 1e-9
TRIES = 3
"""Routes of a unit that are tried before it looks again."""


def option_of(routes: Routes, route: int, first_day: int, second_day: int) -> Option:
    """The route with its days."""
    first, second = int(routes.first_centre[route]), int(routes.second_centre[route])
    return Option(int(routes.schedule[route]), first, int(first_day), second, int(second_day))


def fill(board: Board, pricer: Pricer, prices: Prices, deadline: float) -> None:
    """Place unplanned units, at these prices of what they take away, until none can be placed."""
    barred: set[tuple[int, Option]] = set()
    seat_price = pricer.seat_cost(prices)
    for _ in range(ROUNDS):
        left = np.ones(len(pricer.units), dtype=np.bool_)
        left[list(board.placed)] = False
        routes = pricer.routes.where(left[pricer.routes.unit])
        if not len(routes):
            break
        looking = Pricer(pricer.problem, pricer.units, routes, pricer.supply)
        seat_cost = np.where(board.room, seat_price, np.inf)
        choices = looking.choose(seat_cost, dose_cost(board, prices.doses))
        if not _place_best(board, looking, choices, barred, deadline):
            break


def dose_cost(board: Board, price: Floats) -> Floats:
    """By centre, product and day: a dose of an opened vial saves waste, a new one costs; inf: none left."""
    spare, more = board.stock()
    waste = board.problem.policy.wasted_dose
    vial = board.problem.products.doses_per_vial[None, :, None]
    return np.where(spare > 0, -waste, np.where(more, price + waste * (vial - 1) / vial, np.inf))


def _place_best(
    board: Board, looking: Pricer, choices: Choices, barred: set[tuple[int, Option]], deadline: float
) -> bool:
    """One round of placing, the greatest gain first. False when it changed nothing."""
    routes = looking.routes
    changed = False
    for route in best_routes(looking, choices).tolist():
        if time.monotonic() > deadline:
            return False
        unit = int(routes.unit[route])
        if unit not in board.placed:
            option = option_of(routes, route, choices.first_day[route], choices.second_day[route])
            if (unit, option) not in barred:
                changed = True
                if not board.place(unit, option):
                    barred.add((unit, option))
    return changed


def best_routes(looking: Pricer, choices: Choices) -> Ints:
    """The best few routes of each unit that gains by it; who must be planned, then by gain a head."""
    unit, units = looking.routes.unit, looking.units
    gain = choices.gain + units.drop_price[unit]
    rows = np.flatnonzero((gain > GAIN) | (units.held[unit] & (gain > -np.inf)))
    order = rows[np.lexsort((-gain[rows], unit[rows]))]
    mine = unit[order]
    start = np.flatnonzero(np.concatenate([[True], np.diff(mine) != 0])) if len(mine) else mine
    lengths = np.diff(np.append(start, len(mine)))
    turn = np.arange(len(mine)) - np.repeat(start, lengths)
    best = np.repeat(gain[order[start]], lengths)[turn < TRIES]
    order, mine, turn = (x[turn < TRIES] for x in (order, mine, turn))
    return np.asarray(order[np.lexsort((turn, mine, -best / units.size[mine], ~units.held[mine]))])
