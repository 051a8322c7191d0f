"""Messages that did not arrive, what was done about each, and what the last weeks' messages came to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.messages import (
    AFTER,
    NO_LONGER_TRUE,
    MessageChannel,
    MessageKind,
    MessageStatus,
    another_way,
)
from vaccination.domain.paging import Part, part_of
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns

LAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that failed or came back. Whose it is stands there as a reference, never as a name."""

    message_id: int
    kind: MessageKind
    channel: MessageChannel
    reference: str
    at: datetime
    bounce: str  # the code of what came back
    failure: str  # why it never left
    followed_by: MessageChannel | None
    followed: MessageStatus | None
    next_way: MessageChannel | None

    @property
    def needs_somebody(self) -> bool:
        """Nothing has taken its place."""
        return self.followed_by is None


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the messages of one channel in the last weeks."""

    channel: MessageChannel
    sent: int
    received: int
    undelivered: int
    segments: int


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    """A part of the list, those that need somebody first, the newest of each first; `waiting`: of all."""

    messages: tuple[Undelivered, ...]
    figures: tuple[Figures, ...]
    cents_a_segment: float
    part: Part
    waiting: int


def load(session: Session, *, now: datetime, page: int = 1) -> UndeliveredPage:
    """What did not arrive in the last weeks."""
    since = now - LAST
    counted = _undelivered(since).order_by(None).subquery()
    total, followed = session.execute(
        select(func.count(counted.c.id), func.count(counted.c.followed_by)).select_from(counted)
    ).one()
    part = part_of(total, page)
    rows = session.execute(_undelivered(since).limit(part.a_page).offset(part.offset))
    cents = session.scalar(select(Programme.sms_segment_cents).where(Programme.is_active))
    return UndeliveredPage(
        messages=tuple(_message(row) for row in rows),
        figures=tuple(Figures(**row._mapping) for row in session.execute(_figures(since))),
        cents_a_segment=cents or 0.0,
        part=part,
        waiting=total - followed,
    )


def _did_not_arrive() -> Any:
    failed = and_(Message.status == MessageStatus.FAILED, Message.failure != NO_LONGER_TRUE)
    return or_(failed, Message.bounced_at.is_not(None))


def _undelivered(since: datetime) -> Select[*tuple[Any, ...]]:
    after = aliased(Message)
    return (
        select(
            Message.id,
            Message.kind,
            Message.channel,
            Request.reference,
            func.coalesce(Message.bounced_at, Message.next_try_at).label("at"),
            Message.bounce,
            Message.failure,
            after.channel.label("followed_by"),
            after.status.label("followed"),
            Person.email.is_not(None).label("email"),
            Person.phone.is_not(None).label("phone"),
            Person.address.is_not(None).label("address"),
        )
        .join(Request, Request.id == Message.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(after, after.dedupe_key == Message.dedupe_key + AFTER, isouter=True)
        .where(_did_not_arrive(), Message.created_at >= since)
        .order_by(after.id.is_not(None), Message.created_at.desc(), Message.id.desc())
    )


def _message(row: Columns) -> Undelivered:
    way = another_way(row.kind, row.channel, email=row.email, address=row.address, phone=row.phone)
    return Undelivered(
        message_id=row.id,
        kind=row.kind,
        channel=row.channel,
        reference=row.reference,
        at=row.at,
        bounce=row.bounce,
        failure=row.failure,
        followed_by=row.followed_by,
        followed=row.followed,
        next_way=way if row.followed_by is None else None,
    )


def _figures(since: datetime) -> Select[*tuple[Any, ...]]:
    def count(condition: Any) -> Any:
        return func.count(Message.id).filter(condition)

    return (
        select(
            Message.channel,
            count(Message.status == MessageStatus.SENT).label("sent"),
            count(Message.received_at.is_not(None)).label("received"),
            count(_did_not_arrive()).label("undelivered"),
            func.coalesce(func.sum(Message.segments), 0).label("segments"),
        )
        .where(Message.created_at >= since)
        .group_by(Message.channel)
        .order_by(Message.channel)
    )
