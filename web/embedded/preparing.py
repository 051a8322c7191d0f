"""Brings a region to life, each step once: schema, people, accounts, a plan, confirmations."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from vaccination import db
from vaccination.clock import now
from vaccination.domain.planning import RunStatus
from vaccination.queries.requests import planned_by_run
from vaccination.readmodels.installation import Installation, Run, load, load_run
from vaccination.security.fields import KeyRing, use_keys
from vaccination.services.planning.runs import RequestPlan, approve_plan, request_plan, requeue_silent
from vaccination.settings import Settings
from web import queue
from web.embedded.home import Home, write_private
from web.embedded.processes import ROOT, Workers
from web.jobs.papers import confirmations_folder
from web.queue import JobName

Say = Callable[[str], None]
_WAITING = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.APPLYING)
_LOOK_EVERY_S = 0.3
_REQUESTS = "5000"


class PlanFailed(RuntimeError):
    """The planner gave up; the run's row says why."""


def bind(settings: Settings) -> None:
    """All that this process needs of the region."""
    db.bind(settings.database_url)
    queue.bind(settings.redis_url)
    use_keys(KeyRing.from_text(settings.field_keys))


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", settings.database_url.replace("%", "%%"))
    command.upgrade(config, "head")


def state() -> Installation:
    """What is there."""
    with db.snapshot() as session:
        return load(session)


def seed(home: Home, env: Mapping[str, str], say: Say) -> None:
    """Fill an empty database with the invented region; its facts are kept beside it."""
    if state().programme_id is not None:
        return
    requests = env.get("REGION_REQUESTS", _REQUESTS)
    say(f"Drawing an invented region: ten centres, {requests} requests")
    command_line = [sys.executable, "-m", "seeds", "region", "--requests", requests]
    made = subprocess.run(command_line, cwd=ROOT, env=dict(env), check=True, stdout=subprocess.PIPE)
    write_private(facts_file(home), made.stdout.decode())


def facts_file(home: Home) -> Path:
    return home.folder / "region.json"


def facts(home: Home) -> dict[str, Any]:
    """What the seeds said about the region; nothing when it was not seeded here."""
    path = facts_file(home)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def plan(settings: Settings, workers: Workers, say: Say) -> Run:
    """Have the region planned and booked by the workers, unless it is already; returns the applied run."""
    found = state()
    if found.programme_id is None or found.starts_on is None:
        raise PlanFailed("there is no programme to plan")
    run = found.run
    if run is None or run.status in (RunStatus.FAILED, RunStatus.DISCARDED):
        run = _ask_for_plan(found, settings, say)
    elif run.status is RunStatus.PROPOSED:
        with db.transaction() as session:
            approve_plan(session, run.id, now=now())
        queue.enqueue(JobName.APPLY_PLAN, run.id)
    elif run.status is not RunStatus.APPLIED:
        _pick_up(run)
    return _wait(found.programme_id, workers, say)


def _ask_for_plan(found: Installation, settings: Settings, say: Say) -> Run:
    say(f"Planning {found.requests} requests on {len(found.centres)} centres")
    assert found.programme_id is not None and found.starts_on is not None  # noqa: S101  for the type checker
    asked = RequestPlan(
        programme_id=found.programme_id,
        starts_on=found.starts_on,
        days=found.horizon_days,
        seconds=settings.planner_seconds,
        apply_at_once=True,
    )
    with db.transaction() as session:
        run_id = request_plan(session, asked, now=now())
    queue.enqueue(JobName.RUN_PLAN, run_id)
    return Run(run_id, RunStatus.QUEUED)


def _pick_up(run: Run) -> None:
    """A run that an earlier start left behind: nobody else works here, so its worker is gone."""
    with db.transaction() as session:
        requeue_silent(session, timedelta(0), now=now())
    queue.enqueue(JobName.APPLY_PLAN if run.status is RunStatus.APPLYING else JobName.RUN_PLAN, run.id)


def _wait(programme_id: int, workers: Workers, say: Say) -> Run:
    said = 0
    while True:
        with db.snapshot() as session:
            run = load_run(session, programme_id)
        if run is None or run.status in (RunStatus.FAILED, RunStatus.DISCARDED):
            raise PlanFailed(run.failure if run else "the run is gone")
        if run.status is RunStatus.APPLIED:
            return run
        for point in run.progress[said:]:
            say(_progress(*point))
        said = max(said, len(run.progress))
        workers.check()
        time.sleep(_LOOK_EVERY_S)


def _progress(seconds: float, phase: str, score: float | None, bound: float | None) -> str:
    figures = [f"score {score:,.0f}"] if score is not None else []
    figures += [f"bound {bound:,.0f}"] if bound is not None else []
    return f"  {seconds:6.1f} s  {phase}  {'  '.join(figures)}"


def confirmed(settings: Settings, run: Run) -> bool:
    """Whether every request that the run booked has its confirmation on paper."""
    return _missing(settings, run.id) == 0


def confirmations(settings: Settings, run: Run, workers: Workers, say: Say) -> None:
    """Have the papers worker print what is missing of a run's confirmations."""
    missing = _missing(settings, run.id)
    if not missing:
        return
    say(f"Printing {missing} confirmations into {confirmations_folder(settings, run.id)}")
    queue.enqueue(JobName.MAKE_CONFIRMATIONS, run.id)
    while _missing(settings, run.id):
        workers.check()
        time.sleep(_LOOK_EVERY_S)


def _missing(settings: Settings, run_id: int) -> int:
    with db.snapshot() as session:
        booked = len(planned_by_run(session, run_id))
    return max(0, booked - sum(1 for _ in confirmations_folder(settings, run_id).glob("*.pdf")))
