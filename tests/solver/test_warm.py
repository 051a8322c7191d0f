"""Loops compiled ahead: all of them, once, and wherever machine code can be kept."""

import os
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from solver import loops
from solver.contract import Params, ProblemRefused
from solver.faults import check_problem
from solver.large.learn import learn
from solver.large.pooling import pooled
from solver.loops.compiled import version
from solver.market import market_of
from solver.replanning.repairing import repaired
from solver.solve import solve
from solver.stands import Fitting
from solver.warm import tiny_problem, warm
from solver.yardsticks import nobody_held_is_left_out
from tests.architecture.tree import ROOT
from tests.solver.drawing import FEATURES, Size, drawn_problem


def doors() -> dict[str, Dispatcher]:
    """The loops that Python calls, by name."""
    found = {}
    for module in iter_modules(loops.__path__, "solver.loops."):
        for name, loop in vars(import_module(module.name)).items():
            own = isinstance(loop, Dispatcher) and loop.py_func.__module__ == module.name
            if own and not loop.targetoptions.get("no_cpython_wrapper"):
                found[f"{module.name}.{name}"] = loop
    return found


@pytest.mark.timeout(600)
def test_all_loops_are_compiled_ahead_and_none_again_for_a_real_problem() -> None:
    warm()
    before = {name: set(map(str, loop.signatures)) for name, loop in doors().items()}
    assert not [name for name, kinds in before.items() if not kinds], "not compiled by solver.warm"
    for seed in range(12):
        of = drawn_problem(seed, Size(1 + seed, 14), frozenset(FEATURES) if seed % 2 else frozenset())
        try:
            solve(of, Params(time_limit_s=2.0, engine="large"))
            repaired(of, Params())
        except ProblemRefused:
            continue
    after = {name: set(map(str, loop.signatures)) for name, loop in doors().items()}
    assert after == before


def test_the_tiny_problem_has_no_fault() -> None:
    assert check_problem(tiny_problem()) == []


def test_who_must_be_planned_is_placed_although_the_cheapest_pair_is_one_last_vial() -> None:
    """In the tiny problem, somebody is pinned to a vial whose other doses nobody can have as a second."""
    of = tiny_problem()
    market, units = market_of(of)
    learned = learn(market, of.requests.availability[units.head], time.monotonic() + 60, lambda bound: None)
    fitting = Fitting(market, units, learned)
    fitting.place()
    assert nobody_held_is_left_out(units, fitting.stand)
    fitting.better(time.monotonic() + 1000, 0, lambda: None)  # ends, although a cost was infinite
    assert nobody_held_is_left_out(units, fitting.stand)
    assert len(pooled(market, np.zeros(2, dtype=np.int64)).problem.centres) == 1


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the planner in which nothing can be kept beside the source."""
    there = tmp_path / "checkout"
    shutil.copytree(ROOT / "solver", there / "solver", ignore=shutil.ignore_patterns("__pycache__"))
    (there / "solver/loops/__pycache__").write_text("in the way, as a read-only folder would be")
    return there


def kept_in(checkout: Path, home: str, **env: str) -> str:
    """Where the copy keeps its machine code; a loop is compiled on the way."""
    program = (
        "from solver.loops.compiled import KEPT; from solver.loops.vials import draw;"
        "import numba, numpy as n;"
        "numba.njit(lambda a: draw(a, a, a, a, a > 9, n.zeros((2, 1), n.bool_)))(n.zeros(1, n.int64));"
        "print(KEPT)"
    )
    clean = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=checkout,
        env=clean | {"HOME": home} | env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_read_only_checkout_keeps_machine_code_elsewhere_or_nowhere(copy: Path, tmp_path: Path) -> None:
    name = f"loops-{version()}"
    home = tmp_path / "home"
    assert kept_in(copy, str(home)) == str(home / ".cache/numba" / name)
    assert list((home / ".cache/numba" / name).rglob("vials.draw*.nbc"))
    chosen = tmp_path / "chosen"
    assert kept_in(copy, str(home), NUMBA_CACHE_DIR=str(chosen)) == str(chosen / name)
    assert kept_in(copy, "/dev/null") == "None"


def test_a_change_in_one_loop_compiles_those_that_call_it(copy: Path, tmp_path: Path) -> None:
    (copy / "solver/loops/__pycache__").unlink()
    before = kept_in(copy, str(tmp_path))
    assert Path(before).parent == copy / "solver/loops/__pycache__"
    with (copy / "solver/loops/stand.py").open("a") as source:
        source.write("# another line\n")
    assert kept_in(copy, str(tmp_path)) != before
