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
from web.queue import QUEUE_OF, JobName

logger = logging.getLogger(__name__)

EVERY_MINUTES = 2
_SECONDS_WITHOUT_REDIS = 5


@dataclass(frozen=True, slots=True)
class Ring:
    """A job and when it comes back: a cron line in local time."""

    job: JobName
    cron: str


def rings(settings: Settings) -> list[Ring]:
    """The timetable of an installation."""
    timetable = [
        Ring(JobName.SWEEP, f"*/{EVERY_MINUTES} * * * *"),
        Ring(JobName.FORGET, "47 3 * * *"),
        Ring(JobName.CHECK_INVARIANTS, "17 4 * * *"),
    ]
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

    def enqueue(self, connection: Redis) -> None:  # type: ignore[override]
        queue.enqueue(JobName(self.func_name))


class Clock(CronScheduler):
    """RQ's scheduler with our timetable."""

    def __init__(self, settings: Settings, connection: Redis) -> None:
        super().__init__(connection)
        self.is_stopping = False
        self._cron_jobs = [
            NamedJob(queue_name=str(QUEUE_OF[ring.job]), func_name=str(ring.job), cron=ring.cron)
            for ring in rings(settings)
        ]

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
