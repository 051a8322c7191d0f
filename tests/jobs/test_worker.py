"""The worker as a process would run it, here until its queue is empty: it keeps quiet about persons."""

import logging
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from tests.chaos.processes import environment
from tests.databases import ROOT
from vaccination.settings import Settings
from web.worker import QuietWorker


class HereWorker(SimpleWorker, QuietWorker):
    """In this process, so that its log can be read."""


def fail_with_a_name(_row_id: int) -> None:
    """A job whose exception quotes what somebody wrote."""
    raise ValueError("Zéphyrine Quatrevingts")


def test_what_an_exception_quotes_reaches_neither_redis_nor_the_log(
    worker: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with Redis.from_url(worker.redis_url) as client:
        queue = Queue("default", connection=client, serializer=JSONSerializer)
        job = queue.enqueue(f"{__name__}.fail_with_a_name", 1)
        with caplog.at_level(logging.DEBUG):
            HereWorker([queue], connection=client, serializer=JSONSerializer).work(burst=True)
        latest = Job.fetch(job.id, connection=client, serializer=JSONSerializer).latest_result()
        assert latest is not None and latest.exc_string == "ValueError"
        everything = b"".join(_dump(client, key) for key in client.keys("*"))
    assert "Quatrevingts" not in caplog.text
    assert b"Quatrevingts" not in everything
    assert "ValueError at " in caplog.text


def _dump(client: Redis, key: bytes) -> bytes:
    return client.dump(key) or b""


def test_a_worker_without_redis_waits_for_it_and_stops_when_told(settings: Settings) -> None:
    """It must not end by itself: a process manager would end everything else with it."""
    env = environment(replace(settings, redis_url="unix:///not-in-tests/r.sock"))
    command = [sys.executable, "-m", "web.worker", "default"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for _ in range(2):
            while "lost Redis" not in process.stderr.readline():
                assert process.poll() is None
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
