"""After a disruption: proposals one person or household a transaction, so that nobody waits for the list."""

import logging
from collections.abc import Sequence

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.queries.touched import Touched, in_parties
from vaccination.services.replacing.disruptions import note_done, sent_disruptions, to_propose
from vaccination.services.replacing.parties import propose_together
from vaccination.services.replacing.proposing import look_after, open_replacements, propose
from web.bells.disruptions import PROPOSE
from web.queue import JobName, enqueue

logger = logging.getLogger(__name__)


def propose_all(disruption_id: int) -> None:
    """Propose something to everybody touched who has nothing yet. Run twice, it goes on where it was."""
    with transaction() as session:
        parties = in_parties(to_propose(session, disruption_id, now=now()))
    told = sum(_propose(disruption_id, party) for party in parties)
    if told:
        logger.info("disruption %d: %d people were told", disruption_id, told)
        enqueue(JobName.DELIVER_BATCH)


def _propose(disruption_id: int, party: Sequence[Touched]) -> int:
    """All of a household at once; where there is no place for all, and for who is alone, one by one."""
    if len(party) > 1:
        with transaction() as session:
            together = propose_together(session, disruption_id, party, now=now())
        if together:
            return len(together)
    told = 0
    for one in party:
        with transaction() as session:
            told += propose(session, disruption_id, one, now=now()) is not None
    return told


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
