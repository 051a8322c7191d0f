"""Messages: written in the transaction that they tell of, delivered later, each on its own.

A row is claimed with a lease: a worker that dies leaves it SENDING, and when the lease has run out the next
one takes it. So a message is sent at least once, always under the same Message-ID; it is never lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.domain.requests import ContactBy
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.requests import Request

_LEASE = timedelta(minutes=10)
# A mail server that greylists answers within the hour; one that is down for a day is noticed by staff.
_TRY_AGAIN_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
_WAITING = (MessageStatus.CREATED, MessageStatus.SENDING)
_LONGEST_FAILURE = 200
_AT_ONCE = 1000


def write_message(session: Session, request_id: int, kind: MessageKind, *, about: str, now: datetime) -> None:
    """Tell a request's person something, once: the same kind about the same thing is written one time."""
    write_messages(session, [request_id], kind, [about], now)


def write_messages(
    session: Session,
    request_ids: Sequence[int],
    kind: MessageKind,
    abouts: Sequence[str],
    now: datetime,
) -> None:
    """Tell many persons: one message for each request, about the thing at the same place in `abouts`."""
    if len(request_ids) != len(abouts):
        raise ValueError("one thing to tell for each request")
    for start in range(0, len(request_ids), _AT_ONCE):
        some = request_ids[start : start + _AT_ONCE]
        routes = _routes(session, some)
        rows = [
            {
                **routes[request_id],
                "kind": kind,
                "dedupe_key": f"{kind.value}:{about}",
                "next_try_at": now,
                "created_at": now,
            }
            for request_id, about in zip(some, abouts[start : start + _AT_ONCE], strict=True)
        ]
        _insert_once(session, rows)


def claim_messages(
    session: Session, limit: int, now: datetime, channel: MessageChannel = MessageChannel.EMAIL
) -> list[int]:
    """Take messages that are due, oldest first, and lease them to this worker."""
    due = (
        select(Message.id)
        .where(Message.status.in_(_WAITING), Message.next_try_at <= now, Message.channel == channel)
        .order_by(Message.next_try_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if ids:
        session.execute(
            update(Message)
            .where(Message.id.in_(ids))
            .values(status=MessageStatus.SENDING, tries=Message.tries + 1, next_try_at=now + _LEASE)
        )
    return ids


def has_messages_due(session: Session, now: datetime) -> bool:
    """Whether anything waits for a worker at this moment."""
    due = select(Message.id).where(Message.status.in_(_WAITING), Message.next_try_at <= now).limit(1)
    return session.scalar(due) is not None


def note_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """The outside took it."""
    _note(session, message_id, status=MessageStatus.SENT, sent_at=now, failure="")


def note_failed(session: Session, message_id: int, failure: str) -> None:
    """It will never go out this way; staff see why. `failure` holds nothing personal."""
    _note(session, message_id, status=MessageStatus.FAILED, failure=failure[:_LONGEST_FAILURE])


def send_by_letter(session: Session, message_id: int, failure: str, *, now: datetime) -> None:
    """The mail address is no good, and there is a postal one: the news goes on paper instead."""
    _note(
        session,
        message_id,
        channel=MessageChannel.LETTER,
        status=MessageStatus.CREATED,
        tries=0,
        next_try_at=now,
        failure=failure[:_LONGEST_FAILURE],
    )


def note_not_yet(session: Session, message_id: int, failure: str, *, now: datetime) -> None:
    """The outside was not to be reached: try again later and later, and give up after a day."""
    tries = session.scalar(select(Message.tries).where(Message.id == message_id))
    if tries is None or tries > len(_TRY_AGAIN_AFTER):
        note_failed(session, message_id, failure)
        return
    again_at = now + _TRY_AGAIN_AFTER[max(tries, 1) - 1]
    _note(
        session,
        message_id,
        status=MessageStatus.CREATED,
        next_try_at=again_at,
        failure=failure[:_LONGEST_FAILURE],
    )


def _routes(session: Session, request_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By which channel and in which language each request's person is told.

    Text messages have no gateway yet: who asked for them gets the e-mail, and without an address the letter.
    """
    by_mail = Person.email.is_not(None) & Request.contact_by.in_((ContactBy.EMAIL, ContactBy.SMS))
    channel = case((by_mail, MessageChannel.EMAIL.value), else_=MessageChannel.LETTER.value)
    rows = session.execute(
        select(Request.id, channel.label("channel"), Request.locale)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id.in_(request_ids))
    )
    return {
        row.id: {"request_id": row.id, "channel": MessageChannel(row.channel), "locale": row.locale}
        for row in rows
    }


def _insert_once(session: Session, rows: list[dict[str, Any]]) -> None:
    """A row whose dedupe key is there already is left out; both databases say this in the same words."""
    table: Any = Message.__table__
    is_postgres = session.get_bind().dialect.name == "postgresql"
    statement: Any = postgresql.insert(table) if is_postgres else sqlite.insert(table)
    session.execute(statement.on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)


def _note(session: Session, message_id: int, **values: Any) -> None:
    session.execute(update(Message).where(Message.id == message_id).values(**values))
