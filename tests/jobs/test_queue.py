"""Ringing: what stands in Redis, and what happens when there is none."""

import json
import logging
import subprocess
import sys
import time
import zlib
from importlib import import_module

import pytest
from redis import Redis

from tests.databases import ROOT
from tests.jobs.rung import rung
from vaccination.settings import Settings
from web import queue
from web.bell_list import all_jobs
from web.queue import JobName, QueueName, QueueUnbound, enqueue


def test_a_job_is_a_path_and_a_row_as_json(worker: Settings) -> None:
    assert enqueue(JobName.RUN_PLAN, 7)
    assert rung(worker) == [("web.jobs.planning.run_plan", 7)]
    with Redis.from_url(worker.redis_url) as client:
        (key,) = client.keys("rq:job:*")
        stored = json.loads(zlib.decompress(client.hget(key, "data") or b""))
    assert stored == ["web.jobs.planning.run_plan", None, [7], {}]


@pytest.mark.parametrize("away", ["unix:///not-in-tests/r.sock", "redis://127.0.0.1:1/0"])
def test_a_dead_redis_costs_a_moment_and_breaks_nothing(away: str, caplog: pytest.LogCaptureFixture) -> None:
    queue.bind(away)
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert enqueue(JobName.DELIVER_BATCH, 12) is False
    queue.unbind()
    assert time.monotonic() - started < 3
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "not queued: web.jobs.messages.deliver_batch(12)"
    ]


def test_a_process_that_never_bound_is_told() -> None:
    queue.unbind()
    with pytest.raises(QueueUnbound):
        enqueue(JobName.SWEEP)


def test_every_job_is_a_function_and_is_named_once() -> None:
    jobs = all_jobs()
    assert len(jobs) == len(set(jobs)) >= 10
    for job in jobs:
        module, _, function = job.rpartition(".")
        assert callable(getattr(import_module(module), function)), job


def test_every_queue_has_a_process() -> None:
    procfile = (ROOT / "Procfile").read_text()
    served = {
        word
        for line in procfile.splitlines()
        if "web.worker" in line
        for word in line.split("web.worker")[1].split()
    }
    assert served == {str(name) for name in QueueName}


def test_only_planning_jobs_load_the_solver() -> None:
    """Every other queue's worker stays small."""
    small = {job.rpartition(".")[0] for job in all_jobs() if job.queue is not QueueName.PLANNING}
    assert not _engine_after(small)
    assert _engine_after({"web.jobs.planning"}), "this test sees no engine where there is one"


def _engine_after(loaded: set[str]) -> set[str]:
    program = f"import sys, {', '.join(sorted(loaded))}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split()) & {"ortools", "numba", "solver.solve"}
