"""A worker: `python -m web.worker planning` or `python -m web.worker messages papers default`."""

import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from traceback import extract_tb
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from vaccination import db
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs
from vaccination.security.fields import KeyRing, use_keys
from vaccination.settings import Settings
from web import queue
from web.bell_list import all_jobs
from web.jobs import settings as job_settings
from web.queue import QueueName

logger = logging.getLogger(__name__)

_SECONDS_WITHOUT_REDIS = 5


class QuietWorker(Worker):
    """An RQ worker that keeps the texts of exceptions, which may quote a person, out of Redis and the log."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        kind, _, trace = exc_info
        where = " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(extract_tb(trace)[-6:]))
        logger.error("%s failed: %s at %s", job.func_name, getattr(kind, "__name__", kind), where)

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        last_line = exc_string.strip().rsplit("\n", 1)[-1]
        kind = last_line.split(":", 1)[0]
        super().handle_job_failure(job, queue, started_job_registry, kind, execution)


def bind(settings: Settings) -> None:
    """All that jobs need of this process. Nothing connects yet: work-horses are forked from here."""
    db.bind(settings.database_url)
    queue.bind(settings.redis_url)
    use_keys(KeyRing.from_text(settings.field_keys))
    job_settings.use(settings)


def make_worker(settings: Settings, queues: Sequence[QueueName]) -> QuietWorker:
    """A worker of these queues; this process is bound already."""
    return QuietWorker(
        [str(name) for name in queues],
        connection=Redis.from_url(settings.redis_url),
        serializer=JSONSerializer,
        log_job_description=False,
        job_monitoring_interval=5,
        maintenance_interval=60,
    )


def loses_redis(settings: Settings, queues: Sequence[QueueName]) -> bool:
    """Work; True when Redis was lost and a new worker should begin, False when it was told to stop."""
    worker = None
    try:
        worker = make_worker(settings, queues)
        worker.work(logging_level="INFO")
    except RedisError as away:
        logger.warning("the worker lost Redis (%s)", type(away).__name__)
        return worker is None or not worker._stop_requested
    return False


def main(names: Sequence[str], env: Mapping[str, str]) -> None:
    """Work until told to stop: SIGTERM lets the job at hand end first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    queues = [QueueName(name) for name in names] or list(QueueName)
    settings = Settings.from_env(env)
    bind(settings)
    for module in {job.rpartition(".")[0] for job in all_jobs() if job.queue in queues}:
        import_module(module)  # the solver, or the papers, take a second: once, not in every work-horse
    with suppress(StopRequested):
        while loses_redis(settings, queues):
            time.sleep(_SECONDS_WITHOUT_REDIS)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
