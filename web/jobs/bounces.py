"""Looking through the mailbox where refused mails come back (BOUNCES, a Maildir)."""

import logging
from datetime import timedelta
from mailbox import Maildir

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.keeping.erasure import KEEP_DAYS
from vaccination.services.telling.bounces import note_bounced
from web.bounce_mail import read_bounce
from web.jobs.settings import settings
from web.queue import JobName, enqueue

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""Read in one run; the next one comes within minutes."""
_LARGEST = 1024 * 1024


def read_bounces(_row_id: int = 0) -> None:
    """Note what came back. A report names somebody: once noted it is deleted; the rest is left to read."""
    folder = settings().bounces
    if not folder:
        return
    box = Maildir(folder, create=True)
    fresh = [key for key, message in box.iteritems() if message.get_subdir() == "new"]
    noted = sum(_read(box, key) for key in fresh[:AT_ONCE])
    _forget_old(box)
    if noted:
        enqueue(JobName.DELIVER_BATCH)


def _forget_old(box: Maildir) -> None:
    """What nobody took out in three months names people for nothing."""
    before = (now() - timedelta(days=KEEP_DAYS)).timestamp()
    for key, message in list(box.iteritems()):
        if message.get_subdir() == "cur" and message.get_date() < before:
            box.discard(key)


def _read(box: Maildir, key: str) -> bool:
    message = box[key]
    try:
        raw = message.as_bytes()
        bounce = read_bounce(raw) if len(raw) <= _LARGEST else None
    except Exception as fault:  # the rim: whatever somebody sends here, the next mail is read too
        logger.error("a mail that came back cannot be read: %s", type(fault).__name__)
        bounce = None
    if bounce is None:
        message.set_subdir("cur")  # for people to read
        box[key] = message
        return False
    with transaction() as session:
        note_bounced(session, bounce.message_id, bounce.code, now=now())
    box.discard(key)
    return True
