"""Conversations as their person sees them, and as a centre does in its inbox."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vaccination.domain.contacts import WAITING_CALL_BACK, ThreadStatus, ThreadSubject
from vaccination.errors import NotFound
from vaccination.models.accounts import User
from vaccination.models.centres import Centre
from vaccination.models.contacts import CallBack, Thread, ThreadLine
from vaccination.models.people import Person
from vaccination.models.requests import Request

_AT_MOST = 200
_NEEDS_STAFF = (ThreadStatus.OPEN,)


class NoSuchConversation(NotFound):
    """There is no such conversation at this centre."""

    code = "no_such_conversation"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said; `by` is a member of staff, empty for the person."""

    line_id: int
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with all that was said, oldest first."""

    thread_id: int
    centre_id: int
    centre_name: str
    timezone: str
    subject: ThreadSubject
    status: ThreadStatus
    call_me: bool
    unread_person: bool
    unread_staff: bool
    reference: str
    person_name: str
    said: tuple[Said, ...]

    @property
    def is_open(self) -> bool:
        """Whether what is written now goes on in it."""
        return self.status is not ThreadStatus.CLOSED

    @property
    def last_line(self) -> int:
        """What has been seen by whoever sees this."""
        return self.said[-1].line_id if self.said else 0


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A conversation in a centre's list."""

    thread_id: int
    person_name: str
    reference: str
    subject: ThreadSubject
    status: ThreadStatus
    last_at: datetime
    unread: bool
    call_me: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A centre's conversations; `to_call` people of the centre wait for a call of the phone agents."""

    centre_id: int
    centre_name: str
    timezone: str
    lines: tuple[InboxLine, ...]
    unread: int
    to_call: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class InboxChoice:
    """A centre whose inbox one may open, with what nobody has read or answered there."""

    centre_id: int
    name: str
    unread: int


def of_request(session: Session, request_id: int) -> tuple[Conversation, ...]:
    """A person's conversations, the latest first."""
    rows = session.execute(_threads().where(Thread.request_id == request_id).order_by(Thread.last_at.desc()))
    return _whole(session, rows.all())


def of_centre(session: Session, centre_id: int, thread_id: int) -> Conversation:
    """One conversation of a centre."""
    rows = session.execute(_threads().where(Thread.id == thread_id, Thread.centre_id == centre_id)).all()
    if not rows:
        raise NoSuchConversation
    return _whole(session, rows)[0]


def inbox(session: Session, centre_id: int, *, closed: bool) -> Inbox:
    """A centre's open conversations, those that wait for staff first; or those that are closed."""
    centre = session.get(Centre, centre_id)
    if centre is None:
        raise NoSuchConversation
    waits_for_staff = Thread.status.in_(_NEEDS_STAFF)
    rows = session.execute(
        select(
            Thread.id, Thread.subject, Thread.status, Thread.last_at, Thread.unread_staff, Thread.call_me,
            Request.reference, Person.given_name, Person.family_name,
        )
        .join(Request, Request.id == Thread.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(Thread.centre_id == centre_id, (Thread.status == ThreadStatus.CLOSED) == closed)
        .order_by(waits_for_staff.desc(), Thread.last_at if not closed else Thread.last_at.desc())
        .limit(_AT_MOST + 1)
    ).all()  # fmt: skip
    unread = choices(session, (centre_id,))
    return Inbox(
        centre_id, centre.name, centre.timezone, tuple(_line(row) for row in rows[:_AT_MOST]),
        unread=unread[0].unread, to_call=_to_call(session, centre_id), is_cut=len(rows) > _AT_MOST,
    )  # fmt: skip


def choices(session: Session, centre_ids: Collection[int] | None) -> tuple[InboxChoice, ...]:
    """The centres (None: all) with their unread conversations, by name."""
    unread = (
        select(Thread.centre_id, func.count(Thread.id).label("unread"))
        .where(Thread.unread_staff, Thread.status == ThreadStatus.OPEN)
        .group_by(Thread.centre_id)
        .subquery()
    )
    centres = (
        select(Centre.id, Centre.name, func.coalesce(unread.c.unread, 0))
        .outerjoin(unread, unread.c.centre_id == Centre.id)
        .order_by(Centre.name)
    )
    if centre_ids is not None:
        centres = centres.where(Centre.id.in_(centre_ids))
    return tuple(InboxChoice(*row) for row in session.execute(centres))


def _to_call(session: Session, centre_id: int) -> int:
    waiting = select(func.count(CallBack.id)).where(
        CallBack.centre_id == centre_id, CallBack.status.in_(WAITING_CALL_BACK)
    )
    return session.scalar(waiting) or 0


def _threads() -> Any:
    return (
        select(
            Thread.id, Thread.centre_id, Centre.name.label("centre_name"), Centre.timezone, Thread.subject,
            Thread.status, Thread.call_me, Thread.unread_person, Thread.unread_staff, Request.reference,
            Person.given_name, Person.family_name,
        )
        .join(Centre, Centre.id == Thread.centre_id)
        .join(Request, Request.id == Thread.request_id)
        .join(Person, Person.id == Request.person_id)
    )  # fmt: skip


def _whole(session: Session, rows: Sequence[Row[Any]]) -> tuple[Conversation, ...]:
    said: dict[int, list[Said]] = defaultdict(list)
    lines = session.execute(
        select(ThreadLine.thread_id, ThreadLine.id, ThreadLine.at, User.display_name, ThreadLine.text)
        .outerjoin(User, User.id == ThreadLine.user_id)
        .where(ThreadLine.thread_id.in_([row.id for row in rows]))
        .order_by(ThreadLine.id)
    )
    for line in lines:
        said[line.thread_id].append(Said(line.id, line.at, line.display_name or "", line.text))
    return tuple(
        Conversation(
            row.id, row.centre_id, row.centre_name, row.timezone, row.subject, row.status, row.call_me,
            row.unread_person, row.unread_staff, row.reference, f"{row.given_name} {row.family_name}",
            tuple(said[row.id]),
        )
        for row in rows
    )  # fmt: skip


def _line(row: Row[*tuple[Any, ...]]) -> InboxLine:
    return InboxLine(
        row.id, f"{row.given_name} {row.family_name}", row.reference, row.subject, row.status, row.last_at,
        unread=row.unread_staff, call_me=row.call_me,
    )  # fmt: skip
