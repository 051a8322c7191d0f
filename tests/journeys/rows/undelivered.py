"""Messages that failed, came back and were followed, so that the page has something to show."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders_journey import make_message
from vaccination.clock import now
from vaccination.domain.messages import AFTER, MessageChannel, MessageKind, MessageStatus
from vaccination.models.requests import Request


def rows(session: Session) -> dict[str, str | int]:
    requests = session.scalars(select(Request).order_by(Request.id).limit(3)).all()
    mail = {"kind": MessageKind.CHANGED, "channel": MessageChannel.EMAIL, "created_at": now()}
    make_message(session, requests[0], **mail, status=MessageStatus.FAILED, failure="no address",
                 dedupe_key="walk:1")  # fmt: skip
    make_message(session, requests[1], **mail, status=MessageStatus.SENT, sent_at=now(), bounced_at=now(),
                 bounce="5.1.1", dedupe_key="walk:2")  # fmt: skip
    make_message(
        session, requests[1], **{**mail, "channel": MessageChannel.LETTER}, dedupe_key="walk:2" + AFTER
    )
    return {}
