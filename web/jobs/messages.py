"""Delivering messages: e-mails to the mail server, letters as files to post; each on its own."""

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from reports import appointment_card as paper
from reports import calendar
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.ports import Attachment, Mail, Mailer, Undeliverable
from vaccination.readmodels import outgoing
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.messages import (
    claim_messages,
    note_failed,
    note_not_yet,
    note_sent,
    send_by_letter,
)
from vaccination.settings import Settings
from web.cards import contact_of, signed_card
from web.jobs.papers import write_letter
from web.jobs.settings import settings
from web.mail import mailer_of
from web.message_text import text_of
from web.queue import JobName, enqueue

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""Claimed together; the slowest server must take them all before the lease of ten minutes ends."""
_LONGEST = timedelta(minutes=1)
"""Then this job ends and rings for the next: other queues of the same worker get their turn."""
_ENOUGH_FAILURES = 3
"""In a row: the server is away, and every further try would wait for its time-out."""

Send = Callable[[Outgoing], None]


def deliver_batch(_row_id: int = 0, longest: timedelta = _LONGEST) -> None:
    """Deliver what is due, e-mails first; ring again when the time was not enough."""
    ends_at = now() + longest
    chosen = settings()
    with closing(mailer_of(chosen)) as mailer:
        mailed = _deliver(MessageChannel.EMAIL, lambda out: send_mail(out, mailer, chosen), ends_at)
    posted = _deliver(MessageChannel.LETTER, lambda out: write_letter(out, chosen), ends_at)
    if not (mailed and posted):
        enqueue(JobName.DELIVER_BATCH)


def send_mail(out: Outgoing, mailer: Mailer, chosen: Settings) -> None:
    """Write the mail as things stand now and hand it over."""
    moment = now()
    if not out.email:
        raise Undeliverable("no address")
    text = text_of(out, chosen, now=moment)
    mailer.send(
        Mail(
            to=out.email,
            subject=text.subject,
            text=text.as_text(),
            html=text.as_html(),
            locale=text.locale,
            client_ref=f"message-{out.message_id}",
            attachments=_attachments(out, text.locale, chosen),
        )
    )


def _attachments(out: Outgoing, locale: str, chosen: Settings) -> tuple[Attachment, ...]:
    """The confirmation and the calendar entries; for a cancellation, what takes them out of the calendar."""
    if not out.card.doses or out.kind is MessageKind.RECEIVED:
        return ()
    card = signed_card(out.card, chosen, now=now())
    contact = contact_of(chosen)
    entries = calendar.render(card, locale, contact, now=now(), organizer=chosen.mail_from)
    files = [Attachment(f"{card.reference}.ics", "text/calendar", entries)]
    if out.kind is not MessageKind.CANCELLED:
        sheet = paper.render(card, locale, contact)
        files.insert(0, Attachment(f"{card.reference}.pdf", "application/pdf", sheet))
    return tuple(files)


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


def _refuse(_out: Outgoing) -> None:
    raise OSError("the mail server is away")


def _deliver_one(message_id: int, send: Send) -> bool:
    """Send one message and note what became of it. False when the outside could not be reached.

    Whatever goes wrong with one message stays with it: the next person still gets theirs.
    """
    out = None
    try:
        with snapshot() as session:
            out = outgoing.load(session, message_id)
        if out is None or not out.is_still_true:
            raise Undeliverable("no longer true when it was to be sent")
        send(out)
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
        note_sent(session, message_id, now=now())
    return True


def _give_up(message_id: int, out: Outgoing | None, why: str) -> None:
    """Not this way. What still holds goes by letter where a mail cannot and a letter can."""
    with transaction() as session:
        if out is not None and out.is_still_true and out.channel is MessageChannel.EMAIL and out.address:
            send_by_letter(session, message_id, why, now=now())
        else:
            note_failed(session, message_id, why)


def _try_later(message_id: int, why: str) -> None:
    with transaction() as session:
        note_not_yet(session, message_id, why, now=now())
