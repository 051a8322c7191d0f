"""What came of a message after it left: received, or come back; what came back goes another way."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.messages import AFTER, MessageChannel, MessageKind, MessageStatus, another_way
from vaccination.errors import Conflict, NotFound
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services import audit
from vaccination.services.telling.messages import insert_once

_LONGEST_CODE = 40


class NoSuchMessage(NotFound):
    """There is no such message."""

    code = "no_such_message"


class NoOtherWay(Conflict):
    """The person left nothing by which this could reach them."""

    code = "no_other_way"


def note_received(session: Session, message_id: int, *, now: datetime) -> None:
    """The phone has it. Said again, it changes nothing."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.received_at.is_(None), Message.bounced_at.is_(None))
        .values(received_at=now)
    )


def note_bounced(session: Session, message_id: int, code: str, *, now: datetime) -> MessageChannel | None:
    """It came back: staff see it, and the news goes another way at once if there is one; returns which.

    Said again, it changes nothing. `code` holds nothing personal.
    """
    came_back = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.bounced_at.is_(None), Message.received_at.is_(None))
        .where(Message.status.in_((MessageStatus.SENT, MessageStatus.SENDING)))
        .values(bounced_at=now, bounce=code[:_LONGEST_CODE])
        .returning(Message.id)
    )
    if came_back is None:
        return None
    row = _row(session, message_id)
    way = _way(row)
    if way is not None:
        _write_after(session, row, way, now)
    audit.record(session, "message_bounced", f"message:{message_id}", now=now, facts={"followed": way or ""})
    return way


def send_another_way(
    session: Session, message_id: int, *, now: datetime, user_id: int | None = None
) -> MessageChannel:
    """Staff send on what failed or came back, by the next way that is open by now."""
    row = _row(session, message_id)
    way = _way(row)
    if way is None:
        raise NoOtherWay
    _write_after(session, row, way, now)
    facts = {"by": way.value}
    audit.record(session, "message_sent_on", f"message:{message_id}", now=now, user_id=user_id, facts=facts)
    return way


def _row(session: Session, message_id: int) -> Columns:
    row = session.execute(
        select(
            Message.id, Message.kind, Message.channel, Message.locale, Message.request_id, Message.dedupe_key,
            Message.replacement_id, Message.invitation_id, Message.thread_id, Message.bounce, Message.failure,
            Person.email.is_not(None).label("email"),
            Person.phone.is_not(None).label("phone"),
            Person.address.is_not(None).label("address"),
        )
        .join(Request, Request.id == Message.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(Message.id == message_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NoSuchMessage
    return row


def _way(row: Columns) -> MessageChannel | None:
    kind: MessageKind = row.kind
    return another_way(kind, row.channel, email=row.email, address=row.address, phone=row.phone)


def _write_after(session: Session, row: Columns, way: MessageChannel, now: datetime) -> None:
    values: dict[str, Any] = {
        "request_id": row.request_id,
        "kind": row.kind,
        "channel": way,
        "locale": row.locale,
        "dedupe_key": row.dedupe_key + AFTER,
        "next_try_at": now,
        "created_at": now,
        "failure": row.bounce or row.failure,  # a call is then one about a message that came back
        "replacement_id": row.replacement_id,
        "invitation_id": row.invitation_id,
        "thread_id": row.thread_id,
    }
    insert_once(session, [values])
