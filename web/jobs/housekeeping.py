"""What is done again and again: nothing stays behind that was lost, and nothing stays that must go."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.services.access.sign_in import forget_old_sessions
from vaccination.services.keeping.erasure import AT_MOST, KEEP_DAYS, erase_persons, forget_scanned_texts
from vaccination.services.keeping.erasure_journey import forget_call_backs, forget_holds
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import (
    queued_runs,
    requeue_silent,
    runs_without_papers,
    unfinished_applies,
)
from vaccination.services.planning.what_if import requeue_silent_what_ifs
from vaccination.services.region.seeds_published import promise_missing_seeds
from vaccination.services.telling.messages import has_messages_due
from web.jobs.settings import settings
from web.queue import JobName, QueueName, enqueue, is_idle

logger = logging.getLogger(__name__)

SILENT_FOR_S = 90
"""A planner speaks every five seconds; one that was quiet so long is dead or its result no longer wanted."""
PAPERS = ("letters", "batches", "confirmations", "outbox", "plans")
"""The folders of FILES_DIR in which jobs leave papers, mails and archives of plans."""

_PAPERS_WITHIN = timedelta(days=2)


def sweep(_row_id: int = 0, silent_for_s: float = SILENT_FOR_S) -> None:
    """Ring again for every row that waits for a worker. Ringing twice is harmless: rows are claimed."""
    silent_for = timedelta(seconds=silent_for_s)
    with transaction() as session:
        requeue_silent(session, silent_for, now=now())
        queued = queued_runs(session)
        half_applied = unfinished_applies(session, silent_for, now=now())
        messages = has_messages_due(session, now())
        what_ifs = requeue_silent_what_ifs(session, silent_for, now=now())
        unprinted = runs_without_papers(session, now() - _PAPERS_WITHIN)
        promise_missing_seeds(session)
    for run_id in queued:
        enqueue(JobName.RUN_PLAN, run_id)
    for what_if_id in what_ifs:
        enqueue(JobName.RUN_WHAT_IF, what_if_id)
    for run_id in half_applied:
        enqueue(JobName.APPLY_PLAN, run_id)
    if messages and is_idle(QueueName.MESSAGES):
        enqueue(JobName.DELIVER_BATCH)
    if unprinted and is_idle(QueueName.PAPERS):
        for run_id in unprinted:
            enqueue(JobName.MAKE_CONFIRMATIONS, run_id)


def check_invariants(_row_id: int = 0) -> None:
    """Look whether what must always hold does hold; whoever watches the log is told if not."""
    with snapshot() as session:
        breaches = broken_invariants(session)
    for breach in breaches:
        logger.error("broken invariant: %s", breach)


def forget(_row_id: int = 0, at_most: int = AT_MOST) -> None:
    """Each night: erase persons, papers and sessions that nobody needs any more (ADR 0036)."""
    erased = at_most
    while erased == at_most:  # a batch, a transaction: no desk waits long for a row
        with transaction() as session:
            erased = erase_persons(session, now=now(), at_most=at_most)
    with transaction() as session:
        forget_scanned_texts(session, now=now())
        forget_old_sessions(session, before=now())
        forget_holds(session, now=now())
        forget_call_backs(session, before=now() - timedelta(days=KEEP_DAYS))
    delete_papers(settings().files_dir, before=now() - timedelta(days=KEEP_DAYS))


def delete_papers(files_dir: Path, *, before: datetime) -> None:
    """Delete what lies in the folders of papers unchanged since that moment, then folders left empty."""
    for name in PAPERS:
        old = [path for path in (files_dir / name).rglob("*") if _is_older(path, before)]
        for path in sorted(old, reverse=True):  # what is in a folder comes before the folder
            if not path.is_dir():
                path.unlink(missing_ok=True)
            elif not any(path.iterdir()):
                path.rmdir()


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.lstat().st_mtime < before.timestamp()
    except FileNotFoundError:  # a job has just put it into its place
        return False
