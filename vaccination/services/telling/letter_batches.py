"""Letters, gathered by posting day and kind of paper: printed together, posted together, so many a day.

A letter is a message that was written (SENT) and is not posted yet. Whom the programme expects first is
written to first. What is no longer true when a batch is printed is left out of it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.letters import STANDING_BATCH, LetterBatchStatus, Paper
from vaccination.domain.messages import MessageChannel, MessageStatus
from vaccination.domain.needs import LARGE_PRINT
from vaccination.domain.posting import NoSuchBatch, day_with_room, read_from
from vaccination.errors import Conflict
from vaccination.models.appointments import Appointment
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.services.audit import record

_GATHERED_FOR = timedelta(days=30)
_AT_ONCE = 1000
_CLOSED = (LetterBatchStatus.MADE, LetterBatchStatus.POSTED)


class BatchMoved(Conflict):
    """The batch is no longer, or not yet, where this could be done."""

    code = "batch_moved"


class SameBatch(Conflict):
    """Another batch of that day is laid out like this already."""

    code = "same_batch"


@dataclass(slots=True)
class _Calendar:
    """The batches that stand from a day on: how full each day is, and where one more letter may go."""

    first: date
    a_day: int
    letters: Counter[date] = field(default_factory=Counter)
    open: dict[tuple[date, bool], int] = field(default_factory=dict)
    closed: set[tuple[date, bool]] = field(default_factory=set)

    def day_for(self, large: bool) -> date:
        """The first day with room whose batch is not printed yet."""
        day = day_with_room(self.first, self.letters, self.a_day)
        while (day, large) in self.closed:
            day = day_with_room(day + timedelta(1), self.letters, self.a_day)
        return day


def gather_letters(session: Session, programme_id: int, *, today: date, now: datetime) -> int:
    """Give every letter that has no batch yet its posting day; returns how many there were."""
    calendar = _calendar(session, programme_id, today)
    batches: dict[int, list[int]] = {}
    for message_id, large in _without_batch(session, programme_id, now):
        day = calendar.day_for(large)
        if (day, large) not in calendar.open:
            calendar.open[day, large] = _open_batch(session, programme_id, day, large)
        calendar.letters[day] += 1
        batches.setdefault(calendar.open[day, large], []).append(message_id)
    return sum(_assign(session, batch_id, ids) for batch_id, ids in batches.items())


def letters_read_from(session: Session, programme_id: int, *, today: date) -> date:
    """The first day for somebody who is told by a letter that is written today: the planner keeps to it."""
    programme = session.get_one(Programme, programme_id)
    if not programme.letter_lead_days:
        return today
    posted = _calendar(session, programme_id, today).day_for(large=False)
    return read_from(posted, programme.letter_lead_days)


def lay_out(
    session: Session, batch_id: int, paper: Paper, *, large: bool, now: datetime, user_id: int
) -> None:
    """Choose envelope and size of type, until somebody asks for the batch to be printed."""
    batch = session.get(LetterBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NoSuchBatch
    if batch.status is not LetterBatchStatus.OPEN or batch.made_by is not None:
        raise BatchMoved
    try:
        with session.begin_nested():
            batch.paper, batch.large_print = paper, large
            session.flush()
    except IntegrityError:
        raise SameBatch from None
    record(session, "letters_laid_out", f"letter_batch:{batch_id}", now=now, user_id=user_id,
           facts={"paper": paper.value, "large": large})  # fmt: skip


def ask_to_make(session: Session, batch_id: int, *, now: datetime, user_id: int) -> None:
    """A worker is to print the batch; asked twice, it is printed once."""
    _step(session, batch_id, LetterBatchStatus.OPEN, made_by=user_id)
    record(session, "letters_asked", f"letter_batch:{batch_id}", now=now, user_id=user_id)


def batches_to_make(session: Session) -> list[int]:
    """Those that somebody asked for and no worker has finished."""
    asked = select(LetterBatch.id).where(LetterBatch.made_by.is_not(None))
    return list(session.scalars(asked.where(LetterBatch.status == LetterBatchStatus.OPEN)))


def note_made(
    session: Session,
    batch_id: int,
    printed: Sequence[int],
    left_out: Sequence[int],
    *,
    file: str,
    now: datetime,
) -> bool:
    """The file is there. False when another worker was first: its file holds."""
    made = session.scalar(
        update(LetterBatch)
        .where(LetterBatch.id == batch_id, LetterBatch.status == LetterBatchStatus.OPEN)
        .values(status=LetterBatchStatus.MADE, made_at=now, file=file, letters=len(printed))
        .returning(LetterBatch.id)
    )
    if made is not None and left_out:
        session.execute(
            update(Message)
            .where(Message.id.in_(left_out))
            .values(
                letter_batch_id=None,
                status=MessageStatus.FAILED,
                failure="no longer true when it was to be printed",
            )
        )
    if made is not None:
        # What was gathered meanwhile is not in the file: it gets another day.
        late = update(Message).where(Message.letter_batch_id == batch_id, Message.id.not_in(printed))
        session.execute(late.values(letter_batch_id=None))
    return made is not None


def mark_posted(session: Session, batch_id: int, *, now: datetime, user_id: int) -> None:
    """The letters are out of the house."""
    _step(session, batch_id, LetterBatchStatus.MADE, status=LetterBatchStatus.POSTED, posted_at=now)
    record(session, "letters_posted", f"letter_batch:{batch_id}", now=now, user_id=user_id)


def withdraw_batch(session: Session, batch_id: int, *, now: datetime, user_id: int) -> None:
    """Printed wrongly, or not to go out on that day: its letters are gathered anew."""
    standing = (LetterBatchStatus.OPEN, LetterBatchStatus.MADE)
    _step(session, batch_id, *standing, status=LetterBatchStatus.WITHDRAWN)
    session.execute(update(Message).where(Message.letter_batch_id == batch_id).values(letter_batch_id=None))
    record(session, "letters_withdrawn", f"letter_batch:{batch_id}", now=now, user_id=user_id)


def note_printed(session: Session, batch_id: int, what: str, *, now: datetime, user_id: int) -> None:
    """Names and addresses left the system on paper: somebody answers for it. `what`: file, list, letter."""
    if session.get(LetterBatch, batch_id) is None:
        raise NoSuchBatch
    record(session, "letters_printed", f"letter_batch:{batch_id}", now=now, user_id=user_id,
           facts={"what": what})  # fmt: skip


def _calendar(session: Session, programme_id: int, today: date) -> _Calendar:
    calendar = _Calendar(today, session.get_one(Programme, programme_id).letters_a_day)
    gathered = select(func.count(Message.id)).where(Message.letter_batch_id == LetterBatch.id)
    rows = session.execute(
        select(LetterBatch.id, LetterBatch.post_on, LetterBatch.large_print, LetterBatch.status,
               gathered.scalar_subquery().label("letters"))
        .where(LetterBatch.programme_id == programme_id, LetterBatch.post_on >= today)
        .where(LetterBatch.status.in_(STANDING_BATCH))
        .order_by(LetterBatch.id.desc())
    )  # fmt: skip
    for row in rows:
        calendar.letters[row.post_on] += row.letters
        if row.status in _CLOSED:
            calendar.closed.add((row.post_on, row.large_print))
        else:
            calendar.open[row.post_on, row.large_print] = row.id
    return calendar


def _without_batch(session: Session, programme_id: int, now: datetime) -> list[tuple[int, bool]]:
    """Letters that wait for a posting day, and whether they need large print; nearest appointment first."""
    first_day = (
        select(func.min(Appointment.day))
        .where(Appointment.request_id == Request.id, Appointment.stands == 1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Message.id, Person.needs)
        .join(Request, Request.id == Message.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(Message.channel == MessageChannel.LETTER, Message.status == MessageStatus.SENT)
        .where(Message.letter_batch_id.is_(None), Message.sent_at >= now - _GATHERED_FOR)
        .where(Request.programme_id == programme_id)
        .order_by(first_day.is_(None), first_day, Message.id)
    )
    return [(row.id, bool((row.needs or {}).get(LARGE_PRINT))) for row in rows]


def _open_batch(session: Session, programme_id: int, day: date, large: bool) -> int:
    """The open batch of that day; made if need be, by us or by somebody at the same moment."""
    batch = LetterBatch(programme_id=programme_id, post_on=day, large_print=large)
    try:
        with session.begin_nested():
            session.add(batch)
            session.flush()
    except IntegrityError:
        return session.scalars(
            select(LetterBatch.id).where(
                LetterBatch.programme_id == programme_id,
                LetterBatch.post_on == day,
                LetterBatch.large_print == large,
                LetterBatch.status == LetterBatchStatus.OPEN,
            )
        ).one()
    return batch.id


def _assign(session: Session, batch_id: int, message_ids: Sequence[int]) -> int:
    assigned = 0
    for start in range(0, len(message_ids), _AT_ONCE):
        some = message_ids[start : start + _AT_ONCE]
        ours = update(Message).where(Message.id.in_(some), Message.letter_batch_id.is_(None))
        assigned += len(session.scalars(ours.values(letter_batch_id=batch_id).returning(Message.id)).all())
    session.execute(
        update(LetterBatch).where(LetterBatch.id == batch_id).values(letters=LetterBatch.letters + assigned)
    )
    return assigned


def _step(session: Session, batch_id: int, *seen: LetterBatchStatus, **values: Any) -> None:
    """One conditional UPDATE tests and writes."""
    done = session.scalar(
        update(LetterBatch)
        .where(LetterBatch.id == batch_id, LetterBatch.status.in_(seen))
        .values(**values)
        .returning(LetterBatch.id)
    )
    if done is None:
        raise BatchMoved if session.get(LetterBatch, batch_id) else NoSuchBatch
