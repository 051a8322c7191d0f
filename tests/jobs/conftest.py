"""Jobs run in this process, on a real database and with a real Redis to ring."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from vaccination.clock import now
from vaccination.settings import Settings
from web import queue
from web.jobs import settings as job_settings


@pytest.fixture
def worker(database: str, redis_url: str, settings: Settings) -> Iterator[Settings]:
    """What a worker has bound before its first job."""
    bound = replace(settings, database_url=database, redis_url=redis_url)
    queue.bind(redis_url)
    job_settings.use(bound)
    yield bound
    job_settings.use(None)
    queue.unbind()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The worker's clock: whatever the test says, from now on."""
    told = [now()]
    for module in ("web.jobs.messages", "web.jobs.ways", "web.jobs.papers"):
        monkeypatch.setattr(f"{module}.now", lambda: told[0])
    return told
