"""The clock's timetable."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from tests.chaos.processes import environment
from tests.databases import ROOT
from tests.jobs.rung import rung
from vaccination.settings import Settings
from web import bells
from web.queue import JobName
from web.schedule import Clock, cron_at, rings


@pytest.fixture
def in_reunion() -> Iterator[None]:
    """The region is four hours ahead of Greenwich, without summer time."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Indian/Reunion"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_a_time_becomes_a_daily_line() -> None:
    assert cron_at("02:30") == "30 2 * * *"
    for nonsense in ("24:00", "2", "02:60", ""):
        with pytest.raises(ValueError, match="NIGHTLY_PLAN_AT"):
            cron_at(nonsense)


def test_an_installation_may_plan_by_hand_only(settings: Settings) -> None:
    assert JobName.NIGHTLY in {ring.job for ring in rings(settings)}
    assert JobName.NIGHTLY not in {ring.job for ring in rings(replace(settings, nightly_plan_at=""))}


@pytest.mark.usefixtures("in_reunion")
def test_the_night_is_the_regions(worker: Settings) -> None:
    """02:30 in Saint-Denis is 22:30 in Greenwich, whatever the machine's own time zone."""
    with Redis.from_url(worker.redis_url) as client:
        (night,) = [job for job in Clock(worker, client).get_jobs() if job.func_name == JobName.NIGHTLY]
    assert night.next_enqueue_time is not None
    assert night.next_enqueue_time.astimezone(UTC).strftime("%H:%M") == "22:30"


def test_a_clock_without_redis_stops_when_it_is_told(settings: Settings) -> None:
    """It tries again and again; a process manager's SIGTERM must end it all the same."""
    env = environment(replace(settings, redis_url="unix:///not-in-tests/r.sock"))
    with subprocess.Popen(
        [sys.executable, "-m", "web.schedule"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    ) as clock:
        assert clock.stderr is not None
        while "lost Redis" not in clock.stderr.readline():
            assert clock.poll() is None
        clock.terminate()
        clock.communicate(timeout=30)
    assert clock.returncode == 0


def test_the_clock_rings_by_name_for_what_is_due(worker: Settings) -> None:
    with Redis.from_url(worker.redis_url) as client:
        clock = Clock(worker, client)
        at_once = clock.enqueue_jobs()
        assert all(job.interval for job in at_once), "only what comes every few seconds rings at once"
        (sweeper,) = [job for job in clock.get_jobs() if job.func_name == JobName.SWEEP]
        assert sweeper.next_enqueue_time is not None
        assert sweeper.next_enqueue_time - datetime.now(UTC) <= timedelta(minutes=2)
        sweeper.next_enqueue_time = datetime.now(UTC) - timedelta(seconds=1)
        due = clock.enqueue_jobs()
    assert sweeper in due and all(job.interval for job in due if job is not sweeper)
    assert ("web.jobs.housekeeping.sweep", 0) in rung(worker)


def test_a_feature_rings_for_its_own_job(
    worker: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file in `web/bells/` is all it takes: a line every few seconds, and one at a time of the day."""
    (tmp_path / "made_up_feature.py").write_text(
        "from web.queue import Job, QueueName\n"
        "OFTEN = Job('web.jobs.made_up.often', QueueName.PAPERS, every=15)\n"
        "DAILY = Job('web.jobs.made_up.daily', QueueName.DEFAULT, every='5 14 * * *')\n"
        "ON_DEMAND = Job('web.jobs.made_up.on_demand', QueueName.DEFAULT)\n"
    )
    monkeypatch.setattr(bells, "__path__", [str(tmp_path)])
    with Redis.from_url(worker.redis_url) as client:
        clock = Clock(worker, client)
        made_up = {
            job.func_name.rpartition(".")[2]: job for job in clock.get_jobs() if "made_up" in job.func_name
        }
        assert made_up.keys() == {"often", "daily"}
        assert (made_up["often"].interval, made_up["daily"].cron) == (15, "5 14 * * *")
        assert clock.enqueue_jobs() == [made_up["often"]]
        made_up["often"].next_enqueue_time = datetime.now(UTC) - timedelta(seconds=1)
        clock.enqueue_jobs()  # the first is not yet heard: no second one waits behind it
    assert rung(worker) == [("web.jobs.made_up.often", 0)]
    assert "web.bells.made_up_feature" in sys.modules
    del sys.modules["web.bells.made_up_feature"]
