"""Ringing: what stands in Redis, and what happens when there is none."""

import json
import logging
import time
import zlib
from importlib import import_module

import pytest
from redis import Redis

from tests.databases import ROOT
from tests.jobs.rung import rung
from vaccination.settings import Settings
from web import queue
from web.queue import QUEUE_OF, JobName, QueueName, QueueUnbound, enqueue


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


def test_every_job_is_a_function_with_a_queue() -> None:
    assert set(QUEUE_OF) == set(JobName)
    for job in JobName:
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


_WITH_SOLVER = ("web.jobs.plan_parts.", "web.jobs.planning.", "web.jobs.what_if.")


def test_only_planning_jobs_load_the_solver() -> None:
    """Every other queue's worker stays small."""
    for job, name in QUEUE_OF.items():
        assert (name is QueueName.PLANNING) == job.startswith(_WITH_SOLVER), job
