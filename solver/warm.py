"""Have all compiled loops compiled ahead: one tiny problem with everything in it goes through every engine.

Compiling takes a minute, once for each version of the loops; the machine code is kept beside the source, or
where the user's caches are. Whoever plans first would wait for it otherwise.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solver.contract import (
    ALWAYS,
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Centres,
    Lots,
    Params,
    Policy,
    Problem,
    Products,
    Promised,
    Requests,
    Schedules,
    Slots,
)
from solver.large.learn import nobody_hears
from solver.large.regions import learn_region
from solver.loops.compiled import HERE, KEPT
from solver.market import market_of
from solver.replanning.repairing import repaired
from solver.solve import solve

MORNINGS = sum(1 << 3 * day for day in range(7))
DAYS = 14


@dataclass(frozen=True, slots=True)
class Warmth:
    """How long it took, and where the machine code is kept; None where no place can be written to."""

    seconds: float
    kept_in: Path | None


def warm() -> Warmth:
    """Compile all loops, or load what was compiled before."""
    began = time.monotonic()
    problem = tiny_problem()
    params = Params(time_limit_s=3600.0, engine="large")
    solve(problem, params)
    repaired(problem, params)
    market, units = market_of(problem)
    learn_region(market, units, began + params.time_limit_s, nobody_hears, together=0)
    _forget_others()
    return Warmth(time.monotonic() - began, KEPT)


def _forget_others() -> None:
    """Remove machine code of other versions of the loops, where it lies beside the source."""
    for other in (HERE / "__pycache__").glob("loops-*"):
        if other != KEPT:
            shutil.rmtree(other, ignore_errors=True)


def tiny_problem() -> Problem:
    """A fortnight, two centres, more people than places, and one of everything that the loops tell apart."""
    slots = [(c, d, m, 2) for c in (0, 1) for d in range(DAYS) for m in (540, 555, 1080)]
    lots = [(0, 0, 12, 0, 20), (0, 1, 6, 1, 9), (1, 0, 12, 3, 20), (1, 1, 6, 0, 20)]
    nobody, outside = 7, NONE
    promised = [
        (nobody, 1, 0, 0, 1, 540, False),
        (outside, 1, 0, 0, 2, 540, True),
        (8, 1, 0, 0, 3, 540, True),
    ]
    return Problem(
        Policy(DAYS, 0, [np.nan, 4.0, 2.0, 1.0], 100, 0.5, 0.2, 0.3, 20, 200, 1, 1),  # type: ignore[arg-type]
        Products([6, 6]),  # type: ignore[arg-type]
        _schedules(),
        Centres([0.0, 0.05], [0.0, 0.0], [True, False]),  # type: ignore[arg-type]
        Slots(*np.array(slots).T),
        Lots(*np.array(lots).T),
        _requests(),
        Promised(*np.array(promised).T),
    )


def _schedules() -> Schedules:
    """A pair, a mixed pair, and a single dose from the third day on."""
    none = [NEVER_BEFORE] * 3, [NEVER_AFTER] * 3
    columns = [0, 0, 1], [0, 1, NONE], *none, [3, 3, 0], [4, 4, 0], [7, 7, 0], [0, 0, 2], none[1]
    return Schedules(*columns)  # type: ignore[arg-type]


def _requests() -> Requests:
    """Forty who come at any time or mornings only; households, second places and first doses among them."""
    many = 40
    turn = np.arange(many)
    two_places, begun = (turn % 10 == 5) & (turn > 6), turn % 10 == 6
    household = np.where(turn < 6, turn // 2, NONE)
    second = np.where(two_places, 0.05, np.nan)
    return Requests(
        household=household, age=np.full(many, 50), priority=1 + np.where(turn < 6, turn // 2, turn) % 3,
        lat=np.where(turn % 2 * (turn >= 6), 0.04, 0.0), lon=np.zeros(many), max_km=np.full(many, 20.0),
        second_lat=second, second_lon=np.where(two_places, 0.0, np.nan), products=np.full(many, 3),
        first_product=np.where(begun, 0, NONE), first_day=np.where(begun, -2, 0),
        earliest=np.zeros(many, dtype=np.int64),
        availability=np.where((turn >= 6) & (turn % 3 > 0), MORNINGS, ALWAYS),
        unavailable_at=np.zeros(many + 1, dtype=np.int64), unavailable_days=np.zeros(0, dtype=np.int64),
        wheelchair=np.zeros(many, dtype=np.bool_),
    )  # fmt: skip
