"""What a plan costs the store: a region turned into arrays, the plan kept, its centres booked."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from seeds.drawing import draw_region
from seeds.region import store
from solver.contract import Params
from solver.solve import baseline
from tests.bench.figures import Figure
from vaccination.db import snapshot, transaction
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import (
    RequestPlan,
    Solved,
    apply_share,
    claim_run,
    finish_apply,
    keep_proposals,
    load_problem,
    pending_shares,
    request_plan,
)

_START = date(2027, 3, 1)
_NOW = datetime(2027, 2, 28, 8, tzinfo=UTC)
Result = TypeVar("Result")


def measure(database: str, requests: int = 5000, seed: int = 1) -> Iterator[Figure]:
    """`database` names the kind that is bound."""
    region = draw_region(requests, seed, _START - timedelta(1))
    stored, seconds = _timed(lambda: _write(lambda session: store(session, region, now=_NOW)))
    yield Figure(f"storing {requests} requests on {database}", seconds, "s")
    command = RequestPlan(stored.programme_id, _START, 84, 60, apply_at_once=True)
    run_id = _write(lambda session: request_plan(session, command, now=_NOW))
    claim = _write(lambda session: claim_run(session, run_id, now=_NOW))
    assert claim is not None
    (problem, keys), seconds = _timed(lambda: _load(run_id))
    yield Figure(f"loading the problem on {database}", seconds, "s")
    solved = Solved(problem, keys, baseline(problem, Params(time_limit_s=60)))
    _, seconds = _timed(
        lambda: _write(lambda session: keep_proposals(session, run_id, claim.attempt, solved, now=_NOW))
    )
    yield Figure(f"keeping the plan on {database}", seconds, "s")
    booked, seconds = _timed(lambda: _apply(run_id))
    yield Figure(f"requests booked on {database}", booked, "requests")
    yield Figure(f"booking them on {database}", seconds, "s")
    with snapshot() as session:
        breaches, seconds = _timed(lambda: broken_invariants(session))
    assert breaches == []
    yield Figure(f"looking for broken invariants on {database}", seconds, "s")


def _load(run_id: int):  # type: ignore[no-untyped-def]
    with snapshot() as session:
        return load_problem(session, run_id, now=_NOW)


def _apply(run_id: int) -> int:
    with snapshot() as session:
        centre_ids = pending_shares(session, run_id)
    booked = 0
    for centre_id in centre_ids:
        booked += _write(lambda session, c=centre_id: apply_share(session, run_id, c, now=_NOW)) or 0  # type: ignore[misc]
    assert _write(lambda session: finish_apply(session, run_id, now=_NOW))
    return booked


def _write(verb: Callable[..., Result]) -> Result:
    with transaction() as session:
        return verb(session)


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started
