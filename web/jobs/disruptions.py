"""After a disruption: proposals one person a transaction, so that nobody waits for the list."""

import logging

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.replacing.disruptions import note_done, sent_disruptions, to_propose
from vaccination.services.replacing.proposing import look_after, open_replacements, propose
from web.bells.disruptions import PROPOSE
from web.queue import JobName, enqueue

logger = logging.getLogger(__name__)


def propose_all(disruption_id: int) -> None:
    """Propose something to everybody touched who has nothing yet. Run twice, it goes on where it was."""
    with transaction() as session:
        people = to_propose(session, disruption_id, now=now())
    told = 0
    for one in people:
        with transaction() as session:
            told += propose(session, disruption_id, one, now=now()) is not None
    if told:
        logger.info("disruption %d: %d people were told", disruption_id, told)
        enqueue(JobName.DELIVER_BATCH)


def look_after_all(_row_id: int = 0) -> None:
    """Remind, let lapse, note what is done; ring again for what a dead worker left."""
    with transaction() as session:
        waiting = open_replacements(session)
    for request_id in waiting:
        with transaction() as session:
            look_after(session, request_id, now=now())
    with transaction() as session:
        sent = sent_disruptions(session)
        unfinished = [i for i in sent if to_propose(session, i, now=now())]
        note_done(session, [i for i in sent if i not in unfinished], now=now())
    for disruption_id in unfinished:
        enqueue(PROPOSE, disruption_id)
    if waiting:
        enqueue(JobName.DELIVER_BATCH)
