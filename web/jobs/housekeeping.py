"""What is done again and again, so that nothing stays behind when a worker or Redis was lost."""

import logging
from datetime import timedelta

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.services.messages import has_messages_due
from vaccination.services.planning import (
    queued_runs,
    requeue_silent,
    runs_without_papers,
    unfinished_applies,
)
from vaccination.services.reconcile import broken_invariants
from web.queue import JobName, QueueName, enqueue, is_idle

logger = logging.getLogger(__name__)

SILENT_FOR_S = 90
"""A planner speaks every five seconds; one that was quiet so long is dead or its result no longer wanted."""

_PAPERS_WITHIN = timedelta(days=2)


def sweep(_row_id: int = 0, silent_for_s: float = SILENT_FOR_S) -> None:
    """Ring again for every row that waits for a worker. Ringing twice is harmless: rows are claimed."""
    silent_for = timedelta(seconds=silent_for_s)
    with transaction() as session:
        requeue_silent(session, silent_for, now=now())
        queued = queued_runs(session)
        half_applied = unfinished_applies(session, silent_for, now=now())
        messages = has_messages_due(session, now())
        unprinted = runs_without_papers(session, now() - _PAPERS_WITHIN)
    for run_id in queued:
        enqueue(JobName.RUN_PLAN, run_id)
    for run_id in half_applied:
        enqueue(JobName.APPLY_PLAN, run_id)
    if messages:
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
