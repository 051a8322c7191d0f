"""Chooses the engine, keeps the time, and hands back the best plan found."""

from collections.abc import Callable

import numpy as np

from solver.classes import Units
from solver.contract import OnProgress, Params, Plan, Problem
from solver.explaining.explain import explain
from solver.faults import validated
from solver.large.engine import solve_large
from solver.loops.stand import Stand
from solver.market import Market, market_of
from solver.polish import polish
from solver.prices import Prices
from solver.run import Run, ignore
from solver.small.engine import solve_small
from solver.stands import plan_of
from solver.yardsticks import by_priority, first_come, open_stand

LARGE_UNITS = 6_000
"""From so many persons and households on the large engine is the better one."""
RACE_SHARE = 0.1
"""First come, first served may take so much of the time limit."""


def solve(problem: Problem, params: Params | None = None, on_progress: OnProgress | None = None) -> Plan:
    """Plan as many people as can be, the urgent first and early, and prove how good the plan is.

    Raises ProblemRefused where the problem contradicts itself or its pinned appointments cannot be kept.
    """
    run = Run(validated(problem), params or Params(), on_progress or ignore)
    units, market = _prepared(run)
    is_large = len(units) >= LARGE_UNITS if run.params.engine == "auto" else run.params.engine == "large"
    try:
        _race(run, units, market, first_come)
        if is_large:
            solve_large(run, units, market)
        else:
            solve_small(run, units, market.supply)
        polish(run, units, market)
    except MemoryError:
        run.notes.append("memory ended: the best plan so far is handed back")
    return _explained(run, units, market)


def baseline(problem: Problem, params: Params | None = None) -> Plan:
    """The plan of first come, first served, and nothing else."""
    return _yardstick(problem, params, first_come)


def greedy(problem: Problem, params: Params | None = None) -> Plan:
    """The plan of the most urgent first, and nothing else."""
    return _yardstick(problem, params, by_priority)


Racing = Callable[[Market, Units, Stand, float], None]


def _yardstick(problem: Problem, params: Params | None, racing: Racing) -> Plan:
    run = Run(validated(problem), params or Params())
    units, market = _prepared(run)
    _race(run, units, market, racing)
    return _explained(run, units, market, wanted="baseline")


def _prepared(run: Run) -> tuple[Units, Market]:
    """Units and market, and the bound of free seats and doses; refuses what cannot be kept at all."""
    with run.phase("prepare"):
        market, units = market_of(run.problem, run.params.workers)
        look = market.look(Prices.free(run.problem), np.arange(len(units)))
        hopeless = np.isneginf(look.gain)
        if hopeless.any():
            raise run.refuse(units.members[np.repeat(hopeless, units.size)])
        run.prove(look.bound)
    return units, market


def _race(run: Run, units: Units, market: Market, racing: Racing) -> None:
    with run.phase("baseline"):
        stand = open_stand(market, units)
        racing(market, units, stand, run.deadline(RACE_SHARE))
        run.offer(plan_of(market, stand), "baseline")


def _explained(run: Run, units: Units, market: Market, wanted: str = "") -> Plan:
    """The best plan so far, and for whoever it leaves out the reason and the nearest change."""
    if run.slots is not None:
        with run.phase("explain"):
            run.explained = explain(market, units, *run.slots)
    return run.assemble(wanted)
