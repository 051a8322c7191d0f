"""Messages: written in the transaction that they tell of, delivered later, each on its own.

A row is claimed with a lease: a worker that dies leaves it SENDING, and when the lease has run out the next
one takes it. So a message is sent at least once, always under the same Message-ID; it is never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.models.messages import Message
from vaccination.services.telling.message_routes import Route, routes

LONGEST_ABOUT = 40
_LEASE = timedelta(minutes=10)
# A mail server that greylists answers within the hour; one that is down for a day is noticed by staff.
_TRY_AGAIN_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
_WAITING = (MessageStatus.CREATED, MessageStatus.SENDING)
_LONGEST_FAILURE = 200
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Links:
    """The rows that a message leads to, where it does."""

    replacement_id: int | None = None
    invitation_id: int | None = None
    thread_id: int | None = None


def write_message(
    session: Session,
    request_id: int,
    kind: MessageKind,
    *,
    about: str,
    now: datetime,
    links: Links | None = None,
    channel: MessageChannel | None = None,
) -> None:
    """Tell a request's person something, once: the same kind about the same thing is written one time.

    `channel` only where a person chose one for this kind of message alone, as for doses of the day.
    """
    write_messages(
        session, [request_id], kind, [about], now, links=[links] if links else None, channel=channel
    )


def write_messages(
    session: Session,
    request_ids: Sequence[int],
    kind: MessageKind,
    abouts: Sequence[str],
    now: datetime,
    *,
    links: Sequence[Links] | None = None,
    channel: MessageChannel | None = None,
    send_at: Sequence[datetime] | None = None,
) -> None:
    """Tell many persons: one message for each request, about the thing at the same place in `abouts`.

    Who does without this kind, and whom nothing but a letter that comes too late would reach, gets none.
    `send_at`: not before these moments.
    """
    if any(len(many) != len(request_ids) for many in (abouts, links, send_at) if many is not None):
        raise ValueError("one thing to tell for each request")
    if any(len(about) > LONGEST_ABOUT for about in abouts):
        raise ValueError("say what it is about in ids: what comes back adds to the key")
    news = [
        _News(request_id, about, link, at)
        for request_id, about, link, at in zip(
            request_ids,
            abouts,
            links or [Links()] * len(request_ids),
            send_at or [now] * len(request_ids),
            strict=True,
        )
    ]
    for start in range(0, len(news), _AT_ONCE):
        some = news[start : start + _AT_ONCE]
        ways = routes(session, [one.request_id for one in some], kind, channel)
        rows = [one.row(route, kind, now) for one in some for route in ways.get(one.request_id, ())]
        if rows:
            insert_once(session, rows)


@dataclass(frozen=True, slots=True)
class _News:
    """One thing to tell one request's person."""

    request_id: int
    about: str
    links: Links
    send_at: datetime

    def row(self, route: Route, kind: MessageKind, now: datetime) -> dict[str, Any]:
        called = route.channel is MessageChannel.PHONE
        return {
            **route.values,
            "kind": kind,
            "dedupe_key": f"{kind.value}:{self.about}" + (":call" if called else ""),
            "next_try_at": self.send_at,
            "created_at": now,
            "replacement_id": self.links.replacement_id,
            "invitation_id": self.links.invitation_id,
            "thread_id": self.links.thread_id,
        }


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


def note_sent(
    session: Session, message_id: int, *, now: datetime, provider_ref: str | None = None, segments: int = 0
) -> None:
    """The outside took it, under a number of its own if it gave one; a number given twice is of no use."""
    if provider_ref and session.scalar(select(Message.id).where(Message.provider_ref == provider_ref)):
        provider_ref = None
    _note(
        session,
        message_id,
        status=MessageStatus.SENT,
        sent_at=now,
        failure="",
        provider_ref=provider_ref,
        segments=segments,
    )


def note_failed(session: Session, message_id: int, failure: str) -> None:
    """It will never go out this way; staff see why. `failure` holds nothing personal."""
    _note(session, message_id, status=MessageStatus.FAILED, failure=failure[:_LONGEST_FAILURE])


def send_otherwise(
    session: Session, message_id: int, channel: MessageChannel, failure: str, *, now: datetime
) -> None:
    """It cannot go this way, and there is another: a letter instead of a mail, in the end a call."""
    _note(
        session,
        message_id,
        channel=channel,
        status=MessageStatus.CREATED,
        tries=0,
        next_try_at=now,
        failure=failure[:_LONGEST_FAILURE],
    )


def put_off(session: Session, message_id: int, until: datetime) -> None:
    """Not at this hour. This was no try."""
    _note(
        session,
        message_id,
        status=MessageStatus.CREATED,
        next_try_at=until,
        tries=case((Message.tries > 0, Message.tries - 1), else_=0),
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


def insert_once(session: Session, rows: list[dict[str, Any]]) -> None:
    """A row whose dedupe key is there already is left out; both databases say this in the same words."""
    table: Any = Message.__table__
    is_postgres = session.get_bind().dialect.name == "postgresql"
    statement: Any = postgresql.insert(table) if is_postgres else sqlite.insert(table)
    session.execute(statement.on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)


def _note(session: Session, message_id: int, **values: Any) -> None:
    session.execute(update(Message).where(Message.id == message_id).values(**values))
