"""Conversations of people with a centre: written on one's own page, answered in the centre's inbox.

A request has at most one conversation with a centre that is not closed; whoever writes again goes on in it.
Mails say only that an answer waits (docs/states.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.contacts import ThreadStatus, ThreadSubject
from vaccination.domain.messages import MessageKind
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.contacts import Thread, ThreadLine
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.own_centres import own_centres
from vaccination.services.audit import record
from vaccination.services.telling.messages import Links, write_message

LONGEST_LINE = 2000
MOST_A_DAY = 20
_A_DAY = timedelta(1)


class NoSuchThread(NotFound):
    """There is no such conversation at this centre."""

    code = "no_such_thread"


class NotYourCentre(NotFound):
    """The request has nothing to do with this centre."""

    code = "not_your_centre"


class BadLine(Invalid):
    """Nothing was written, or too much."""

    code = "bad_line"


class TooManyLines(Conflict):
    """So many messages in a day that nobody could read them."""

    code = "too_many_lines"


class ThreadClosed(Conflict):
    """The conversation is closed; whoever writes begins a new one."""

    code = "thread_closed"


@dataclass(frozen=True, slots=True)
class WriteToCentre:
    """What somebody has to say or to ask, about their own request."""

    request_id: int
    centre_id: int
    subject: ThreadSubject
    text: str

    def __post_init__(self) -> None:
        check_line(self.text)


class NewerLine(Conflict):
    """The person has written more than the member of staff has seen."""

    code = "newer_line"


@dataclass(frozen=True, slots=True)
class AnswerThread:
    """What the centre answers; `seen` is the last line that it had before it."""

    centre_id: int
    thread_id: int
    text: str
    seen: int

    def __post_init__(self) -> None:
        check_line(self.text)


def check_line(text: str) -> None:
    """Raise BadLine for an empty text or one that is too long."""
    if not text.strip() or len(text) > LONGEST_LINE:
        raise BadLine(longest=LONGEST_LINE)


def write_to_centre(session: Session, command: WriteToCentre, *, now: datetime) -> int:
    """Write to a centre; returns the conversation's id. The same text sent twice in a row is written once."""
    _lock_request(session, command.request_id)
    if command.centre_id not in {centre.id for centre in own_centres(session, command.request_id)}:
        raise NotYourCentre
    thread = _open_thread(session, command.request_id, command.centre_id)
    if thread is None:
        thread = Thread(
            request_id=command.request_id, centre_id=command.centre_id, subject=command.subject,
            opened_at=now, last_at=now,
        )  # fmt: skip
        session.add(thread)
        session.flush()
    elif _last_said(session, thread.id) == (None, command.text):
        return thread.id
    _refuse_flood(session, command.request_id, now)
    session.add(ThreadLine(thread_id=thread.id, at=now, user_id=None, text=command.text))
    thread.status, thread.last_at = ThreadStatus.OPEN, now
    # Who writes has read what was there.
    thread.unread_staff, thread.unread_person = True, False
    session.flush()
    record(session, "wrote_to_centre", f"thread:{thread.id}", now=now, centre_id=thread.centre_id)
    return thread.id


def answer_thread(session: Session, command: AnswerThread, *, now: datetime, user_id: int) -> None:
    """Answer, and tell the person that an answer waits. Sent twice in a row, it is said once."""
    thread = _locked(session, command.thread_id, command.centre_id)
    if thread.status is ThreadStatus.CLOSED:
        raise ThreadClosed
    if _last_said(session, thread.id) == (user_id, command.text):
        return
    line = ThreadLine(thread_id=thread.id, at=now, user_id=user_id, text=command.text)
    session.add(line)
    more = _wrote_after(session, thread.id, command.seen)
    thread.status, thread.last_at = ThreadStatus.OPEN if more else ThreadStatus.ANSWERED, now
    thread.unread_staff, thread.unread_person, thread.call_me = more, True, False
    session.flush()
    write_message(
        session, thread.request_id, MessageKind.ANSWERED, about=f"{thread.id}:{line.id}", now=now,
        links=Links(thread_id=thread.id),
    )  # fmt: skip
    record(session, "answered_thread", f"thread:{thread.id}", now=now, user_id=user_id,
           centre_id=thread.centre_id)  # fmt: skip


def close_thread(
    session: Session, thread_id: int, centre_id: int, *, seen: int, now: datetime, user_id: int
) -> None:
    """Nothing is left to say. Closing twice is closing once."""
    thread = _locked(session, thread_id, centre_id)
    if thread.status is ThreadStatus.CLOSED:
        return
    if _wrote_after(session, thread_id, seen):
        raise NewerLine
    thread.status, thread.unread_staff, thread.call_me = ThreadStatus.CLOSED, False, False
    session.flush()
    record(session, "closed_thread", f"thread:{thread_id}", now=now, user_id=user_id, centre_id=centre_id)


def note_read(session: Session, request_id: int) -> None:
    """The person has read what was answered."""
    session.execute(update(Thread).where(Thread.request_id == request_id).values(unread_person=False))


def note_call_wanted(session: Session, request_id: int, centre_id: int) -> None:
    """Whoever answers the open conversation sees that the person would rather be called."""
    session.execute(
        update(Thread)
        .where(Thread.request_id == request_id, Thread.centre_id == centre_id)
        .where(Thread.status != ThreadStatus.CLOSED)
        .values(call_me=True)
    )


def has_unread_answer(session: Session, request_id: int) -> bool:
    """Whether an answer waits for the person."""
    waits = select(Thread.id).where(Thread.request_id == request_id, Thread.unread_person).limit(1)
    return session.scalar(waits) is not None


def _lock_request(session: Session, request_id: int) -> None:
    """One at a time: two windows of one person open one conversation, not two."""
    known = session.scalar(
        select(Request.id)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id == request_id, Person.erased_at.is_(None))
        .with_for_update(key_share=True, of=Request)
    )
    if known is None:
        raise NoSuchThread


def _open_thread(session: Session, request_id: int, centre_id: int) -> Thread | None:
    return session.scalar(
        select(Thread)
        .where(Thread.request_id == request_id, Thread.centre_id == centre_id)
        .where(Thread.status != ThreadStatus.CLOSED)
        .order_by(Thread.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )


def _locked(session: Session, thread_id: int, centre_id: int) -> Thread:
    thread = session.scalar(
        select(Thread)
        .where(Thread.id == thread_id, Thread.centre_id == centre_id)
        .with_for_update(key_share=True)
    )
    if thread is None:
        raise NoSuchThread
    return thread


def _last_said(session: Session, thread_id: int) -> tuple[int | None, str] | None:
    row = session.execute(
        select(ThreadLine.user_id, ThreadLine.text)
        .where(ThreadLine.thread_id == thread_id)
        .order_by(ThreadLine.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.user_id, row.text)


def _wrote_after(session: Session, thread_id: int, line_id: int) -> bool:
    """Whether the person wrote something that whoever acts now has not seen."""
    newer = select(ThreadLine.id).where(
        ThreadLine.thread_id == thread_id, ThreadLine.id > line_id, ThreadLine.user_id.is_(None)
    )
    return session.scalar(newer.limit(1)) is not None


def _refuse_flood(session: Session, request_id: int, now: datetime) -> None:
    lately = session.scalar(
        select(func.count(ThreadLine.id))
        .join(Thread, Thread.id == ThreadLine.thread_id)
        .where(Thread.request_id == request_id, ThreadLine.user_id.is_(None), ThreadLine.at > now - _A_DAY)
    )
    if (lately or 0) >= MOST_A_DAY:
        raise TooManyLines(most=MOST_A_DAY)
