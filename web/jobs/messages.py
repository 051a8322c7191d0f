"""Delivering messages: mails, text messages, letters as files to post, calls to make; each on its own."""

import logging
from contextlib import closing
from datetime import datetime, timedelta

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import NO_LONGER_TRUE, MessageChannel, another_way
from vaccination.ports import Undeliverable
from vaccination.readmodels import outgoing
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.telling.messages import (
    claim_messages,
    note_failed,
    note_not_yet,
    note_sent,
    put_off,
    send_otherwise,
)
from vaccination.settings import Settings
from web.jobs.papers import write_letter
from web.jobs.settings import settings
from web.jobs.ways import Handed, Send, ask_to_call, send_mail, send_text
from web.mail import mailer_of
from web.queue import JobName, enqueue
from web.sms import text_sender_of

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""Claimed together; the slowest server must take them all before the lease of ten minutes ends."""
_LONGEST = timedelta(minutes=1)
"""Then this job ends and rings for the next: other queues of the same worker get their turn."""
_ENOUGH_FAILURES = 3
"""In a row: the server is away, and every further try would wait for its time-out."""


def deliver_batch(_row_id: int = 0, longest: timedelta = _LONGEST) -> None:
    """Deliver what is due, a way after the other; ring again when the time was not enough.

    Text messages come first: a dose of today waits for nobody. A way that is closed hands what it cannot
    deliver to the next one, so letters and calls come last.
    """
    ends_at = now() + longest
    chosen = settings()
    with closing(text_sender_of(chosen)) as sender:
        texted = _deliver(MessageChannel.SMS, lambda out: send_text(out, sender, chosen), ends_at)
    with closing(mailer_of(chosen)) as mailer:
        mailed = _deliver(MessageChannel.EMAIL, lambda out: send_mail(out, mailer, chosen), ends_at)
    posted = _deliver(MessageChannel.LETTER, lambda out: _post(out, chosen), ends_at)
    called = _deliver(MessageChannel.PHONE, ask_to_call, ends_at)
    if not (texted and mailed and posted and called):
        enqueue(JobName.DELIVER_BATCH)


def _post(out: Outgoing, chosen: Settings) -> Handed:
    write_letter(out, chosen)
    return Handed()


def _deliver(channel: MessageChannel, send: Send, ends_at: datetime) -> bool:
    """Everything due on a channel; False when it must go on later."""
    failures = 0
    while now() < ends_at:
        with transaction() as session:
            claimed = claim_messages(session, AT_ONCE, now(), channel)
        if not claimed:
            return True
        for message_id in claimed:
            away = failures >= _ENOUGH_FAILURES
            failures = 0 if _deliver_one(message_id, _refuse if away else send) else failures + 1
        if failures >= _ENOUGH_FAILURES:
            return True  # the sweeper rings when it is time to try again
    return False


def _refuse(_out: Outgoing) -> Handed:
    raise OSError("the server is away")


def _deliver_one(message_id: int, send: Send) -> bool:
    """Send one message and note what became of it. False when the outside could not be reached.

    Whatever goes wrong with one message stays with it: the next person still gets theirs.
    """
    out = None
    try:
        with snapshot() as session:
            out = outgoing.load(session, message_id)
        moment = now()
        if out is None or not out.holds_at(moment):
            raise Undeliverable(NO_LONGER_TRUE)
        if (rings_at := out.may_ring_at(moment)) > moment:
            _wait_until(message_id, rings_at)
            return True
        handed = send(out)
    except Undeliverable as refused:
        _give_up(message_id, out, str(refused))
        return True
    except OSError as away:
        _try_later(message_id, type(away).__name__)
        return False
    except Exception as fault:  # the rim: one broken message must not stop the others
        # its words may repeat a name or an address
        logger.error("message %d: %s", message_id, type(fault).__name__)
        _try_later(message_id, type(fault).__name__)
        return True
    with transaction() as session:
        note_sent(
            session,
            message_id,
            now=now(),
            provider_ref=handed.provider_ref,
            segments=handed.segments,
        )
    return True


def _give_up(message_id: int, out: Outgoing | None, why: str) -> None:
    """Not this way. What still holds goes another way where there is one; else staff see it."""
    way = _another_way(out) if out is not None and out.holds_at(now()) else None
    with transaction() as session:
        if way is None:
            note_failed(session, message_id, why)
        else:
            send_otherwise(session, message_id, way, why, now=now())


def _another_way(out: Outgoing) -> MessageChannel | None:
    return another_way(
        out.kind, out.channel, email=bool(out.email), address=bool(out.address), phone=bool(out.phone)
    )


def _wait_until(message_id: int, moment: datetime) -> None:
    with transaction() as session:
        put_off(session, message_id, moment)


def _try_later(message_id: int, why: str) -> None:
    with transaction() as session:
        note_not_yet(session, message_id, why, now=now())
