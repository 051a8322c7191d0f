"""Every few minutes: write the reminders that are due, and ring for their delivery."""

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.telling.reminders import write_reminders
from web.queue import JobName, enqueue


def write_due(_row_id: int = 0) -> None:
    """Write what is due now. Run twice, it writes nothing twice."""
    with transaction() as session:
        told = write_reminders(session, now=now())
    if told:
        enqueue(JobName.DELIVER_BATCH)
