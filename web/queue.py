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


class JobName(StrEnum):
    """Where the function of a job stands."""

    RUN_PLAN = "web.jobs.planning.run_plan"
    APPLY_PLAN = "web.jobs.planning.apply_plan"
    NIGHTLY = "web.jobs.planning.nightly"
    RUN_PLAN_PART = "web.jobs.plan_parts.run_part"
    RUN_WHAT_IF = "web.jobs.what_if.run_what_if"
    DELIVER_BATCH = "web.jobs.messages.deliver_batch"
    MAKE_CONFIRMATIONS = "web.jobs.papers.make_confirmations"
    SWEEP = "web.jobs.housekeeping.sweep"
    CHECK_INVARIANTS = "web.jobs.housekeeping.check_invariants"
    FORGET = "web.jobs.housekeeping.forget"


QUEUE_OF: dict[JobName, QueueName] = {
    JobName.RUN_PLAN: QueueName.PLANNING,
    JobName.APPLY_PLAN: QueueName.PLANNING,
    JobName.NIGHTLY: QueueName.PLANNING,
    JobName.RUN_PLAN_PART: QueueName.PLANNING,
    JobName.RUN_WHAT_IF: QueueName.PLANNING,
    JobName.DELIVER_BATCH: QueueName.MESSAGES,
    JobName.MAKE_CONFIRMATIONS: QueueName.PAPERS,
    JobName.SWEEP: QueueName.DEFAULT,
    JobName.CHECK_INVARIANTS: QueueName.DEFAULT,
    JobName.FORGET: QueueName.DEFAULT,
}

LONGEST_PLAN_S = 3600
_PLAN_MARGIN_S = 900  # to load, judge and keep; an alarm cannot interrupt the solver, its own limit must do
_TIMEOUT_S: dict[JobName, int] = {
    JobName.RUN_PLAN: LONGEST_PLAN_S + _PLAN_MARGIN_S,
    JobName.RUN_PLAN_PART: LONGEST_PLAN_S + _PLAN_MARGIN_S,
    JobName.RUN_WHAT_IF: LONGEST_PLAN_S + _PLAN_MARGIN_S,
    JobName.APPLY_PLAN: 1800,
    JobName.MAKE_CONFIRMATIONS: 1800,
    JobName.FORGET: 3600,
}
_DEFAULT_TIMEOUT_S = 600
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


def enqueue(job: JobName, row_id: int = 0) -> bool:
    """Ring for a job, after the commit. False when Redis is away: a sweeper will find the row."""
    queue = _queue(QUEUE_OF[job])
    try:
        queue.enqueue(
            str(job),
            row_id,
            job_timeout=_TIMEOUT_S.get(job, _DEFAULT_TIMEOUT_S),
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
