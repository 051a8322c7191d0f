"""Chooses the engines, keeps the time, and hands back the best plan found."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from solver.baseline import first_come
from solver.board import Board
from solver.classes import Units, units_of
from solver.construct import fill
from solver.contract import (
    Fault,
    OnProgress,
    Params,
    Plan,
    PlanPrices,
    PlanStatus,
    Problem,
    ProblemRefused,
    Progress,
)
from solver.dive import dive
from solver.exact import Limits
from solver.explain import why_unplanned
from solver.faults import validated
from solver.improve import Search, place_column, score_of, solve_whole
from solver.objective import terms_of
from solver.prices import Prices
from solver.pricing import Pricer
from solver.relaxation import Relaxation
from solver.routes import Routes, routes_of
from solver.sampling import LARGEST_PROGRAMME, relax_in_steps
from solver.supply import Supply, supply_of

RELAX_SHARE, DIVE_SHARE, IMPROVE_SHARE = 0.35, 0.75, 0.95
"""By these shares of the time limit the relaxation, the rounding and the improvement must have ended."""
OPTIMAL = 1e-6
SMALL, EXACT_EFFORT = 300, 20.0
"""So many requests are solved as a whole, with so much deterministic time."""


@dataclass
class _Run:
    """One solve: its clock, and the best board so far."""

    problem: Problem
    params: Params
    on_progress: OnProgress
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    bound: float = np.inf
    score: float = -np.inf
    board: Board | None = None
    prices: Prices | None = None
    """The prices under which the best board was made."""
    proof: Prices | None = None
    """The prices that prove the bound."""
    engine: str = "baseline"

    def deadline(self, share: float) -> float:
        return self.started + self.params.time_limit_s * share

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun
            self.tell(name)

    def tell(self, phase: str) -> None:
        elapsed = time.monotonic() - self.started
        self.on_progress(Progress(phase, self.score, self.bound, elapsed))

    def prove(self, bound: float) -> None:
        self.bound = min(self.bound, bound)
        self.tell("relaxation")

    def offer(self, board: Board, engine: str) -> None:
        """Keep the board if it is the best so far and leaves nobody out who must be planned."""
        if any(unit not in board.placed for unit in np.flatnonzero(board.units.held).tolist()):
            return
        score = score_of(board)
        if score > self.score:
            self.board, self.score, self.engine = board, score, engine


def _ignore(progress: Progress) -> None:
    """Nobody listens."""


def solve(problem: Problem, params: Params | None = None, on_progress: OnProgress | None = None) -> Plan:
    """Plan as many people as can be, the urgent first and early, and prove how good the plan is.

    Raises ProblemRefused where the problem contradicts itself or its pinned appointments cannot be kept.
    """
    run = _Run(validated(problem), params or Params(), on_progress or _ignore)
    with run.phase("prepare"):
        units, supply = units_of(problem), supply_of(problem)
        pricer = Pricer(problem, units, routes_of(problem, units), supply)
        free = Prices.free(problem)
        run.bound = pricer.bound(free, pricer.best(free))
    with run.phase("baseline"):
        run.offer(_first_come(run, units, supply, pricer.routes), "baseline")
    try:
        _improve(run, pricer)
    except MemoryError:
        run.notes.append("memory ended: the best plan so far is handed back")
    return _assemble(run, pricer)


def baseline(problem: Problem, params: Params | None = None) -> Plan:
    """The plan of first come, first served, and nothing else."""
    run = _Run(validated(problem), params or Params(), _ignore)
    units, supply = units_of(problem), supply_of(problem)
    pricer = Pricer(problem, units, routes_of(problem, units), supply)
    free = Prices.free(problem)
    run.bound = pricer.bound(free, pricer.best(free))
    with run.phase("baseline"):
        run.offer(_first_come(run, units, supply, pricer.routes), "baseline")
    return _assemble(run, pricer, wanted="baseline")


def _first_come(run: _Run, units: Units, supply: Supply, routes: Routes) -> Board:
    board = Board(run.problem, units, supply)
    first_come(run.problem, units, routes, board, run.deadline(0.3))
    return board


def _improve(run: _Run, pricer: Pricer) -> None:
    """Everything that is better than first come, as far as time goes."""
    with run.phase("relaxation"):
        relaxation = relax_in_steps(pricer, run.deadline(RELAX_SHARE), run.prove)
        run.bound = min(run.bound, relaxation.bound)
    with run.phase("priced"):
        _fill_fresh(run, pricer, relaxation.prices, "priced")
        run.prices = run.proof = relaxation.prices
    if len(pricer.units) <= LARGEST_PROGRAMME:
        with run.phase("rounding"):
            _round(run, pricer, relaxation)
    with run.phase("improvement"):
        _search(run, pricer)


def _search(run: _Run, pricer: Pricer) -> None:
    """Piece by piece, from the best board, with the time that is left."""
    proven = run.bound - run.score <= OPTIMAL * max(1.0, abs(run.bound))
    if run.board is None or run.prices is None or proven:
        return
    if len(run.problem.requests) <= SMALL:
        seconds = run.deadline(IMPROVE_SHARE) - time.monotonic()
        limits = Limits(seconds, EXACT_EFFORT, run.params.workers, run.params.seed)
        search = Search(run.board, pricer, run.proof or run.prices, run.params)
        bound, why_not = solve_whole(search, run.bound, limits)
        run.bound, run.score, run.engine = min(run.bound, bound), search.score, "exact"
        if why_not:
            run.notes.append(f"not proven optimal: {why_not}")
        return
    search = Search(run.board, pricer, run.prices, run.params)

    def better(score: float) -> None:
        run.score, run.engine = score, "improvement"
        run.tell("improvement")

    search.run(run.deadline(IMPROVE_SHARE), better)


def _fill_fresh(run: _Run, pricer: Pricer, prices: Prices, engine: str) -> None:
    board = Board(run.problem, pricer.units, pricer.supply)
    fill(board, pricer, prices, run.deadline(0.9))
    run.offer(board, engine)


def _round(run: _Run, pricer: Pricer, relaxation: Relaxation) -> None:
    """Whole vials by diving, then the people, then whoever still finds a place."""
    dived = dive(pricer, relaxation, run.deadline(DIVE_SHARE))
    if dived is None:
        return
    columns, fractions, prices = dived
    board = Board(run.problem, pricer.units, pricer.supply)
    size = pricer.units.size[columns.unit]
    # Households need slots side by side: they sit down first.
    order = np.lexsort((columns.unit, -np.round(fractions, 6), -size))
    for i in order[fractions[order] >= 0.5].tolist():
        if int(columns.unit[i]) not in board.placed:
            place_column(board, pricer, columns, i)
    fill(board, pricer, prices, run.deadline(0.9))
    run.offer(board, "rounding")
    run.prices = prices


def _assemble(run: _Run, pricer: Pricer, wanted: str = "") -> Plan:
    """The best board as a plan, with its reasons."""
    if run.board is None:
        raise ProblemRefused(_unkept(run.problem, pricer))
    with run.phase("explain"):
        why = why_unplanned(run.board, pricer)
    schedule, first, second = run.board.plan()
    terms = terms_of(run.problem, schedule, first, second)
    score = sum(terms.values())
    bound = max(run.bound, score)
    status = PlanStatus.OPTIMAL if bound - score <= OPTIMAL * max(1.0, abs(bound)) else PlanStatus.FEASIBLE
    if run.engine == "baseline" != wanted and status is not PlanStatus.OPTIMAL:
        status = PlanStatus.FALLBACK
        run.notes.append("no better plan than first come, first served was found in time")
    run.seconds["total"] = time.monotonic() - run.started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    outcome = terms, score, bound, status, run.engine, tuple(run.notes), run.seconds, memory
    prices = PlanPrices(run.proof.seats, run.proof.doses) if run.proof else None
    return Plan(schedule, first, second, why, *outcome, prices)


def _unkept(problem: Problem, pricer: Pricer) -> list[Fault]:
    """The pinned appointments of this problem's requests, of which some cannot be completed to a plan."""
    p = problem.promised
    gain = pricer.best(Prices.free(problem)).gain
    possible = np.zeros(len(pricer.units), dtype=np.bool_)
    possible[pricer.routes.unit[gain > -np.inf]] = True
    hopeless = pricer.units.held & ~possible
    named = hopeless if hopeless.any() else pricer.units.held
    members = pricer.units.members[np.repeat(named, pricer.units.size)]
    rows = np.flatnonzero(p.pinned & (p.day >= 0) & np.isin(p.request, members))
    words = "cannot be kept together with the other dose, the household or the other pinned appointments"
    return [Fault("promised", int(row), "start", "unkept", words) for row in rows]
