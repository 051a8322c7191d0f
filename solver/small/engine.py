"""The engine for small regions: options under prices, whole vials by diving, then pieces solved exactly."""

import time

import numpy as np

from solver.classes import Units
from solver.prices import Prices
from solver.run import Run
from solver.small.board import Board
from solver.small.construct import fill
from solver.small.dive import dive
from solver.small.exact import Limits
from solver.small.improve import Search, place_column, score_of, solve_whole
from solver.small.pricing import Pricer
from solver.small.relaxation import Relaxation
from solver.small.routes import routes_of
from solver.small.sampling import LARGEST_PROGRAMME, relax_in_steps
from solver.supply import Supply

RELAX_SHARE, DIVE_SHARE, IMPROVE_SHARE = 0.35, 0.75, 0.82
"""By these shares of the time limit the relaxation, the rounding and the improvement must have ended."""
SMALL, EXACT_EFFORT = 300, 20.0
"""So many requests are solved as a whole, with so much deterministic time."""


def solve_small(run: Run, units: Units, supply: Supply) -> None:
    """Everything that is better than first come, as far as time goes."""
    with run.phase("prepare"):
        pricer = Pricer(run.problem, units, routes_of(run.problem, units), supply)
    _Small(run, pricer).improve()


class _Small:
    """One run of the small engine; it works on boards."""

    def __init__(self, run: Run, pricer: Pricer) -> None:
        self.run, self.pricer = run, pricer
        self.board: Board | None = None
        self.prices: Prices | None = None
        """The prices under which the best board was made."""

    def keep(self, board: Board, engine: str) -> None:
        """Offer the board's plan; go on from the best."""
        if self.run.offer(board.plan(), engine) or self.board is None:
            self.board = board

    def improve(self) -> None:
        run, pricer = self.run, self.pricer
        with run.phase("relaxation"):
            relaxation = relax_in_steps(pricer, run.deadline(RELAX_SHARE), run.prove)
            run.bound = min(run.bound, relaxation.bound)
        with run.phase("priced"):
            self._fill_fresh(relaxation.prices, "priced")
            self.prices = run.proof = relaxation.prices
        if len(pricer.units) <= LARGEST_PROGRAMME:
            with run.phase("rounding"):
                self._round(relaxation)
        with run.phase("improvement"):
            self._search()

    def _search(self) -> None:
        """Piece by piece, from the best board, with the time that is left."""
        run = self.run
        if self.board is None or self.prices is None or run.proven:
            return
        board = self.board
        if len(run.problem.requests) <= SMALL:
            seconds = run.deadline(IMPROVE_SHARE) - time.monotonic()
            limits = Limits(seconds, EXACT_EFFORT, run.params.workers, run.params.seed)
            search = Search(board, self.pricer, run.proof or self.prices, run.params)
            bound, why_not = solve_whole(search, run.bound, limits)
            run.bound = min(run.bound, bound)
            self.keep(board, "exact")
            run.engine = "exact"
            run.why_not = why_not or "the plan of the exact model could not be seated"
            return
        search = Search(board, self.pricer, self.prices, run.params)

        def better(score: float) -> None:
            self.keep(board, "improvement")
            run.tell("improvement")

        search.run(run.deadline(IMPROVE_SHARE), better)

    def _fill_fresh(self, prices: Prices, engine: str) -> None:
        board = Board(self.run.problem, self.pricer.units, self.pricer.supply)
        fill(board, self.pricer, prices, self.run.deadline(0.9))
        self.keep(board, engine)

    def _round(self, relaxation: Relaxation) -> None:
        """Whole vials by diving, then the people, then whoever still finds a place."""
        dived = dive(self.pricer, relaxation, self.run.deadline(DIVE_SHARE))
        if dived is None:
            return
        columns, fractions, prices = dived
        board = Board(self.run.problem, self.pricer.units, self.pricer.supply)
        size = self.pricer.units.size[columns.unit]
        # Households need slots side by side: they sit down first.
        order = np.lexsort((columns.unit, -np.round(fractions, 6), -size))
        for i in order[fractions[order] >= 0.5].tolist():
            if int(columns.unit[i]) not in board.placed:
                place_column(board, self.pricer, columns, i)
        fill(board, self.pricer, prices, self.run.deadline(0.9))
        before = score_of(board)
        self.keep(board, "rounding")
        if self.run.score <= before:
            self.board = board
        self.prices = prices
