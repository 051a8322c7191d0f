"""Putting work on a queue: jobs are named by path, never imported, and carry one row id.

Redis is a bell, not a ledger (ADR 0023). The row is committed before the bell is rung; when Redis is away
the bell stays silent, the web goes on, and a sweeper finds the row within minutes.
"""

import logging
from enum import StrEnum

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer

logger = logging.getLogger(__name__)


class QueueName(StrEnum):
    """Each queue has a process in the Procfile that works it off."""

    PLANNING = "planning"  # the only one whose worker loads the solver
    MESSAGES = "messages"
    PAPERS = "papers"
    DEFAULT = "default"


LONGEST_PLAN_S = 3600
_PLAN_MARGIN_S = 900  # to load, judge and keep; an alarm cannot interrupt the solver, its own limit must do
_PLAN_S = LONGEST_PLAN_S + _PLAN_MARGIN_S


class Job(str):
    """A job is the path of its function; with it comes where it waits, how long it may take, when it rings.

    `every` is a cron line in the region's time, or a number of seconds; None for what only `enqueue` rings.
    """

    queue: QueueName
    timeout_s: int
    every: str | int | None

    def __new__(
        cls, path: str, queue: QueueName, *, timeout_s: int = 600, every: str | int | None = None
    ) -> "Job":
        job = super().__new__(cls, path)
        job.queue, job.timeout_s, job.every = queue, timeout_s, every
        return job


class JobName:
    """The jobs that every installation has; a feature names its own in `web/bells/<feature>.py`."""

    RUN_PLAN = Job("web.jobs.planning.run_plan", QueueName.PLANNING, timeout_s=_PLAN_S)
    APPLY_PLAN = Job("web.jobs.planning.apply_plan", QueueName.PLANNING, timeout_s=1800)
    NIGHTLY = Job("web.jobs.planning.nightly", QueueName.PLANNING)
    RUN_PLAN_PART = Job("web.jobs.plan_parts.run_part", QueueName.PLANNING, timeout_s=_PLAN_S)
    RUN_WHAT_IF = Job("web.jobs.what_if.run_what_if", QueueName.PLANNING, timeout_s=_PLAN_S)
    DELIVER_BATCH = Job("web.jobs.messages.deliver_batch", QueueName.MESSAGES)
    MAKE_CONFIRMATIONS = Job("web.jobs.papers.make_confirmations", QueueName.PAPERS, timeout_s=1800)
    SWEEP = Job("web.jobs.housekeeping.sweep", QueueName.DEFAULT, every="*/2 * * * *")
    CHECK_INVARIANTS = Job("web.jobs.housekeeping.check_invariants", QueueName.DEFAULT, every="17 4 * * *")
    FORGET = Job("web.jobs.housekeeping.forget", QueueName.DEFAULT, timeout_s=3600, every="47 3 * * *")


_DEFAULT_RESULT_S = 60
_FAILURE_S = 7 * 24 * 3600

_connection: Redis | None = None


class QueueUnbound(RuntimeError):
    """This process never called `bind`."""


def bind(redis_url: str) -> None:
    """Say where Redis is. Nothing is connected yet, so a process may fork afterwards."""
    global _connection
    _connection = impatient_connection(redis_url)


def unbind() -> None:
    """Forget where Redis is."""
    global _connection
    _connection = None


def impatient_connection(redis_url: str) -> Redis:
    """For whoever has a person waiting: a dead Redis costs at most a second or two, not redis-py's minute."""
    return Redis.from_url(
        redis_url,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.01), 2),
    )


def is_idle(name: QueueName) -> bool:
    """Whether nothing waits or runs there: for long jobs, where ringing twice is working twice."""
    queue = _queue(name)
    try:
        return not queue.count and not queue.started_job_registry.count
    except (RedisError, OSError):
        return False


def listeners(name: QueueName) -> int:
    """How many workers listen there, the busy ones included; 0 when Redis is away."""
    queue = _queue(name)
    try:
        return Worker.count(queue=queue)
    except (RedisError, OSError):
        return 0


def enqueue(job: Job, row_id: int = 0) -> bool:
    """Ring for a job, after the commit. False when Redis is away: a sweeper will find the row."""
    queue = _queue(job.queue)
    try:
        queue.enqueue(
            str(job),
            row_id,
            job_timeout=job.timeout_s,
            result_ttl=_DEFAULT_RESULT_S,
            failure_ttl=_FAILURE_S,
        )
    except (RedisError, OSError) as away:
        logger.warning("not queued: %s(%d), Redis is away (%s)", job, row_id, type(away).__name__)
        return False
    return True


def _queue(name: QueueName) -> Queue:
    if _connection is None:
        raise QueueUnbound("call web.queue.bind(settings.redis_url) at the edge")
    return Queue(str(name), connection=_connection, serializer=JSONSerializer)
