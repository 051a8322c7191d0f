"""The clock: `python -m web.schedule` rings for what comes back by itself.

RQ's own `rq cron` would write pickles, which our workers refuse to read; so its scheduler rings through
`enqueue`. Cron lines are in the region's local time, whatever the machine's.
"""

import logging
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested

from vaccination.settings import Settings
from web import queue
from web.bell_list import all_jobs
from web.queue import Job, JobName

logger = logging.getLogger(__name__)

_SECONDS_WITHOUT_REDIS = 5


@dataclass(frozen=True, slots=True)
class Ring:
    """A job and when it comes back: a cron line in local time, or a number of seconds."""

    job: Job
    every: str | int


def rings(settings: Settings) -> list[Ring]:
    """The timetable of an installation."""
    timetable = [Ring(job, job.every) for job in all_jobs() if job.every is not None]
    if settings.nightly_plan_at:
        timetable.append(Ring(JobName.NIGHTLY, cron_at(settings.nightly_plan_at)))
    return timetable


def cron_at(clock: str) -> str:
    """`02:30` as a daily cron line."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", clock)
    if found is None:
        raise ValueError(f"NIGHTLY_PLAN_AT needs a time such as 02:30, got {clock!r}")
    return f"{int(found[2])} {int(found[1])} * * *"


class NamedJob(CronJob):
    """A line of the timetable which rings by name."""

    def __init__(self, ring: Ring) -> None:
        line, seconds = (ring.every, None) if isinstance(ring.every, str) else (None, ring.every)
        super().__init__(str(ring.job.queue), func_name=str(ring.job), cron=line, interval=seconds)
        self.ring = ring

    def enqueue(self, connection: Redis) -> None:  # type: ignore[override]
        # within seconds the rings for one job would pile up behind a long one
        if self.interval is None or queue.is_idle(self.ring.job.queue):
            queue.enqueue(self.ring.job)


class Clock(CronScheduler):
    """RQ's scheduler with our timetable."""

    def __init__(self, settings: Settings, connection: Redis) -> None:
        super().__init__(connection)
        self.is_stopping = False
        self._cron_jobs = [NamedJob(ring) for ring in rings(settings)]

    def _request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.is_stopping = True
        raise StopRequested


def main(env: Mapping[str, str]) -> None:
    """Ring until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = Settings.from_env(env)
    os.environ["TZ"] = settings.timezone
    time.tzset()
    queue.bind(settings.redis_url)
    with suppress(StopRequested):
        while keeps_losing_redis(Clock(settings, Redis.from_url(settings.redis_url))):
            time.sleep(_SECONDS_WITHOUT_REDIS)


def keeps_losing_redis(clock: Clock) -> bool:
    """Run the clock; True when it lost Redis and should begin again, False when it was told to stop."""
    try:
        clock.start()  # type: ignore[no-untyped-call]
    except RedisError as away:
        logger.warning("the clock lost Redis (%s)", type(away).__name__)
        return not clock.is_stopping
    return False


if __name__ == "__main__":
    main(os.environ)
