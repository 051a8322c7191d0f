"""Redis dies while a plan is made, and comes back empty: the plan is booked, and everybody is told."""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from tests.chaos.processes import Workers, running_workers
from tests.servers import short_folder
from tests.services.regions import Region, make_region
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import MessageStatus
from vaccination.domain.planning import RunStatus
from vaccination.models.messages import Message
from vaccination.models.planning import PlanRun
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import RequestPlan, request_plan
from vaccination.settings import Settings
from web import queue
from web.embedded.redis_server import redis_binary
from web.jobs.housekeeping import sweep
from web.queue import JobName

PEOPLE = 120


class MortalRedis:
    """A server of our own that remembers nothing."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "r.sock"
        self.url = f"unix://{self.socket}?db=0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        command = [redis_binary(), "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self._process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=subprocess.DEVNULL)
        until(self._answers)

    def die(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url, retry=None) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{holds.__name__} never came true"
        time.sleep(0.1)


@pytest.fixture
def redis() -> Iterator[MortalRedis]:
    with short_folder() as folder:
        redis = MortalRedis(folder)
        queue.bind(redis.url)
        try:
            yield redis
        finally:
            redis.die()
            queue.unbind()


@pytest.fixture
def workers(postgres_url: str, redis: MortalRedis, settings: Settings, tmp_path: Path) -> Iterator[Workers]:
    bound = replace(settings, database_url=postgres_url, redis_url=redis.url)
    with running_workers(bound, tmp_path / "workers.log") as workers:
        yield workers


def keep_up(workers: Workers) -> None:
    workers.keep_up("planning")
    workers.keep_up("messages", "papers", "default")


@pytest.mark.timeout(240)
def test_a_plan_outlives_redis(workers: Workers, redis: MortalRedis) -> None:
    keep_up(workers)
    with transaction() as session:
        region = make_region(session, PEOPLE, slots=12, seats=5, doses=240, today=now().date())
        run_id = request_plan(session, plan_of(region), now=now())
    assert queue.enqueue(JobName.RUN_PLAN, run_id)

    def status() -> RunStatus:
        with snapshot() as session:
            return session.get_one(PlanRun, run_id).status

    def is_running() -> bool:
        return status() is not RunStatus.QUEUED

    def is_applied() -> bool:
        return status() is RunStatus.APPLIED

    def is_told_and_printed() -> bool:
        keep_up(workers)
        sweep()
        time.sleep(1)
        with snapshot() as session:
            waiting = session.scalar(
                select(func.count()).select_from(Message).where(Message.status != MessageStatus.SENT)
            )
            return not waiting and bool(session.get_one(PlanRun, run_id).summary.get("papers"))

    until(is_running)
    redis.die()
    until(is_applied)
    assert not queue.enqueue(JobName.SWEEP)
    redis.start()
    until(is_told_and_printed)
    with snapshot() as session:
        assert broken_invariants(session) == []
        assert session.get_one(PlanRun, run_id).attempt == 1
        assert session.scalar(select(func.count()).select_from(Message)) == PEOPLE / 2


def plan_of(region: Region) -> RequestPlan:
    return RequestPlan(region.programme.id, region.first_day, days=40, seconds=3, apply_at_once=True)
