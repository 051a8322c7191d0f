"""Chooses the engine, keeps the time, and hands back the best plan found."""

from solver.classes import units_of
from solver.contract import OnProgress, Params, Plan, Problem
from solver.faults import validated
from solver.large import solve_large
from solver.run import Run, ignore
from solver.small import pricer_of, race, solve_small
from solver.supply import supply_of

LARGE_UNITS = 6_000
"""From so many persons and households on the large engine is the better one."""


def solve(problem: Problem, params: Params | None = None, on_progress: OnProgress | None = None) -> Plan:
    """Plan as many people as can be, the urgent first and early, and prove how good the plan is.

    Raises ProblemRefused where the problem contradicts itself or its pinned appointments cannot be kept.
    """
    run = Run(validated(problem), params or Params(), on_progress or ignore)
    with run.phase("prepare"):
        units, supply = units_of(problem), supply_of(problem)
    is_large = len(units) >= LARGE_UNITS if run.params.engine == "auto" else run.params.engine == "large"
    try:
        (solve_large if is_large else solve_small)(run, units, supply)
    except MemoryError:
        run.notes.append("memory ended: the best plan so far is handed back")
    return run.assemble()


def baseline(problem: Problem, params: Params | None = None) -> Plan:
    """The plan of first come, first served, and nothing else."""
    run = Run(validated(problem), params or Params())
    with run.phase("prepare"):
        pricer = pricer_of(run, units_of(problem), supply_of(problem))
    race(run, pricer)
    return run.assemble(wanted="baseline")
