"""Improves a whole plan piece by piece: some units of a centre and a few days choose anew, the others stay.

Each piece is small enough for CP-SAT to solve well in a second. A piece is kept when the board can follow
and the plan scores no less.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solver.contract import NONE, Bools, Floats, Ints, Params
from solver.objective import terms_of
from solver.prices import Prices
from solver.small.board import Board, Placed
from solver.small.columns import Columns, best_of_each, every_column, paid, uses_of, valued
from solver.small.construct import option_of
from solver.small.exact import Answer, Limits, Rest, choose
from solver.small.pricing import Pricer

PIECE_UNITS, PIECE_OUTSIDE = 45, 25
"""So many planned units of a piece choose anew, and so many that have no place compete with them."""
OPTIONS = 25
"""Options of one unit that enter a piece."""
SLACK = 200.0
"""An option further than this below the unit's best under the prices is not looked at."""
MOST_COLUMNS = 150_000
"""A whole problem with more options than this is left to the pieces."""
PIECE_SECONDS, PIECE_EFFORT = 4.0, 0.4
STALE_ROUNDS = 25
"""After so many pieces without gain the search ends."""


def score_of(board: Board) -> float:
    """The score of the plan on the board."""
    return sum(terms_of(board.problem, *board.plan()).values())


@dataclass
class Search:
    """One improvement run over one board."""

    board: Board
    pricer: Pricer
    prices: Prices
    params: Params

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.params.seed & 0x7FFFFFFF, 3])
        self.held = np.flatnonzero(self.pricer.units.held).tolist()
        self.score = self._score()
        choices = self.pricer.best(self.prices)
        self.best = np.full(len(self.pricer.units), -np.inf)
        np.maximum.at(self.best, self.pricer.routes.unit, choices.gain)
        self.at_centre = self._routes_at_centre()

    def _score(self) -> float:
        """The score of the board; -inf while it leaves out who must be planned, for then it is no plan."""
        if any(unit not in self.board.placed for unit in self.held):
            return -np.inf
        return score_of(self.board)

    def _routes_at_centre(self) -> Bools:
        """Unit × centre: whether some route of the unit touches the centre."""
        routes = self.pricer.routes
        touches = np.zeros((len(self.pricer.units), len(self.pricer.problem.centres) + 1), dtype=np.bool_)
        touches[routes.unit, routes.first_centre] = True
        touches[routes.unit, routes.second_centre] = True
        return touches[:, :-1]

    def run(self, deadline: float, on_score: Callable[[float], None]) -> None:
        """Piece after piece until time ends or nothing gains any more."""
        stale = 0
        while stale < STALE_ROUNDS and time.monotonic() < deadline and self.board.placed:
            gained = self.improve_piece(self.piece(), deadline)
            stale = 0 if gained > 1e-6 else stale + 1
            if gained > 0:
                on_score(self.score)

    def piece(self) -> Ints:
        """Units that have a dose at one centre in one stretch of days, and some that would like one there."""
        placed = self.board.placed
        anchor = placed[self.random.choice(np.array(sorted(placed)))].doses
        seated = anchor[sorted(anchor)[int(self.random.integers(len(anchor)))]]
        near = []
        for unit in sorted(placed):
            away = [abs(s.day - seated.day) for s in placed[unit].doses.values() if s.centre == seated.centre]
            if away:
                near.append((min(away), self.random.random(), unit))
        inside = [unit for *_, unit in sorted(near)[:PIECE_UNITS]]
        waiting = self.at_centre[:, seated.centre].copy()
        waiting[list(placed)] = False
        outside = np.flatnonzero(waiting & (self.best > -np.inf))
        eager = self.best[outside] + self.random.exponential(30.0, len(outside))
        return np.array(
            [*inside, *outside[np.argsort(-eager, kind="stable")][:PIECE_OUTSIDE]], dtype=np.int64
        )

    def improve_piece(self, units: Ints, deadline: float) -> float:
        """Let these units choose anew; how much the plan gained."""
        old = {unit: self.board.placed[unit] for unit in units.tolist() if unit in self.board.placed}
        columns, hint = self._columns(units, old)
        for unit in old:
            self.board.remove(unit)
        seconds = min(PIECE_SECONDS, deadline - time.monotonic())
        limits = Limits(seconds, PIECE_EFFORT, self.params.workers, int(self.random.integers(2**31)))
        answer = choose(self.pricer, columns, rest_of(self.board, self.pricer, columns), hint, limits)
        return self.take(columns, answer, units, old)

    def take(self, columns: Columns, answer: Answer | None, units: Ints, old: dict[int, Placed]) -> float:
        """Place what the model chose; or put all back where it was, if the plan were the worse for it."""
        if answer is not None:
            # Households need slots side by side: they sit down first.
            size = self.pricer.units.size[columns.unit[answer.taken]]
            for i in answer.taken[np.argsort(-size, kind="stable")].tolist():
                place_column(self.board, self.pricer, columns, i)
            score = self._score()
            if -np.inf < score >= self.score:
                gained, self.score = score - self.score, score
                return gained
        self._put_back(units, old)
        return 0.0

    def _put_back(self, units: Ints, old: dict[int, Placed]) -> None:
        for unit in units.tolist():
            if unit in self.board.placed:
                self.board.remove(unit)
        for unit, placed in old.items():
            self.board.restore(unit, placed)

    def _columns(self, units: Ints, old: dict[int, Placed]) -> tuple[Columns, Bools]:
        """Good options of these units, and those that they have now; the latter are marked."""
        pricer = self.pricer
        mine = np.zeros(len(pricer.units), dtype=np.bool_)
        mine[units] = True
        rows = np.flatnonzero(mine[pricer.routes.unit])
        few = Pricer(
            pricer.problem, pricer.units, pricer.routes.where(mine[pricer.routes.unit]), pricer.supply
        )
        columns = every_column(few, self.prices, self.best - SLACK)
        columns = best_of_each(columns, columns.value - paid(few, columns, self.prices), OPTIONS)
        now = present_columns(few, old)
        both = Columns.joined([now, columns])
        hint = np.zeros(len(both), dtype=np.bool_)
        hint[: len(now)] = True
        return Columns(rows[both.route], both.unit, both.first_day, both.second_day, both.value), hint


def present_columns(few: Pricer, old: dict[int, Placed]) -> Columns:
    """The columns that stand for what these units have."""
    routes = few.routes
    key = {}
    for row in range(len(routes)):
        at = int(routes.unit[row]), int(routes.schedule[row])
        key[*at, int(routes.first_centre[row]), int(routes.second_centre[row])] = row
    rows, first, second = [], [], []
    for unit, placed in old.items():
        o = placed.option
        rows.append(key[unit, o.schedule, o.first_centre, o.second_centre])
        first.append(o.first_day if o.first_centre != NONE else NONE)
        second.append(o.second_day)
    route = np.array(rows, dtype=np.int64)
    days = np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)
    return valued(few, route, *days)


def place_column(board: Board, pricer: Pricer, columns: Columns, i: int) -> bool:
    """Place the unit of column i there."""
    days = int(columns.first_day[i]), int(columns.second_day[i])
    return board.place(int(columns.unit[i]), option_of(pricer.routes, int(columns.route[i]), *days))


def rest_of(board: Board, pricer: Pricer, columns: Columns) -> Rest:
    """What everybody on the board takes at the centres which the columns touch."""
    problem = board.problem
    doses = np.zeros((len(problem.centres), len(problem.products), problem.policy.days))
    seats: Floats = np.zeros(pricer.supply.seats_in.shape)
    touched = set(np.unique(uses_of(pricer, columns).centre).tolist())
    for (centre, product), shelf in board.shelves.items():
        if centre in touched:
            for day, many in shelf.doses.items():
                if day < problem.policy.days:
                    doses[centre, product, day] = many
    for (centre, day), here in board.days.items():
        if centre in touched:
            free = [here.seats_left(wider) for wider in range(8)]
            seats[centre, day] = pricer.supply.seats_in[centre, day] - free
    return Rest(doses, seats)


def solve_whole(search: Search, bound: float, limits: Limits) -> tuple[float, str]:
    """All units of a small problem at once. A proven bound, and why it is not proven optimal if it is not.

    An option that falls short of its unit's best by more than the gap to the bound that the search's prices
    prove cannot stand in a plan that is better than the one at hand: it need not be looked at. A board that
    leaves out who must be planned is no plan, and every option is looked at.
    """
    pricer, board = search.pricer, search.board
    here = pricer.bound(search.prices, pricer.best(search.prices))
    gap = max(here - search.score, 0.0) + 1e-6
    idle = -pricer.units.drop_price
    best = np.where(pricer.units.held, search.best, np.maximum(search.best, idle))
    columns = every_column(pricer, search.prices, np.where(np.isfinite(best), best - gap, np.inf))
    if len(columns) > MOST_COLUMNS:
        return bound, f"too many options ({len(columns)}) for an exact model"
    old = dict(board.placed)
    columns = Columns.joined([present_columns(pricer, old), columns])
    hint = np.arange(len(columns)) < len(old)
    for unit in old:
        board.remove(unit)
    answer = choose(pricer, columns, rest_of(board, pricer, columns), hint, limits)
    search.take(columns, answer, np.arange(len(pricer.units)), old)
    if answer is None:
        return bound, "the exact model found nothing in time"
    proven = min(bound, answer.at_most - float(pricer.units.drop_price.sum()))
    if not answer.proven:
        return proven, "time ended before the exact model was proven optimal"
    if proven - search.score > 1e-6 * max(1.0, abs(proven)) + limits.tolerance(len(pricer.units)):
        return proven, "households could not be seated as the exact model counts them"
    return min(proven, max(search.score, proven - limits.tolerance(len(pricer.units)))), ""
