"""Batches of letters as the agency sees them, and the letters of one in the order of printing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.letters import LetterBatchStatus, Paper
from vaccination.domain.messages import MessageChannel, MessageStatus
from vaccination.domain.posting import NoSuchBatch
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.readmodels import outgoing
from vaccination.readmodels.outgoing import Outgoing

_SHOWN_FOR = timedelta(days=60)
_HIDDEN = (LetterBatchStatus.WITHDRAWN,)


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch; `letters` are those in it now."""

    batch_id: int
    post_on: date
    paper: Paper
    large_print: bool
    status: LetterBatchStatus
    is_being_made: bool
    letters: int
    made_at: datetime | None
    posted_at: datetime | None
    file: str


@dataclass(frozen=True, slots=True)
class LetterDesk:
    """All batches that matter, with what the programme says about letters."""

    programme_id: int
    lead_days: int
    letters_a_day: int
    without_day: int  # letters that no batch has yet
    batches: tuple[BatchLine, ...]


def load(session: Session, *, today: date) -> LetterDesk | None:
    """The active programme's letters; None when there is no programme."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    waiting = (
        select(func.count(Message.id))
        .join(Request, Request.id == Message.request_id)
        .where(Request.programme_id == programme.id, Message.channel == MessageChannel.LETTER)
        .where(Message.status == MessageStatus.SENT, Message.letter_batch_id.is_(None))
    )
    shown = LetterBatch.status.not_in(_HIDDEN), LetterBatch.post_on >= today - _SHOWN_FOR
    rows = session.scalars(
        select(LetterBatch)
        .where(LetterBatch.programme_id == programme.id, *shown)
        .order_by(LetterBatch.post_on.desc(), LetterBatch.id)
    )
    return LetterDesk(
        programme_id=programme.id,
        lead_days=programme.letter_lead_days,
        letters_a_day=programme.letters_a_day,
        without_day=session.scalar(waiting) or 0,
        batches=tuple(_line(row) for row in rows),
    )


def one(session: Session, batch_id: int) -> BatchLine:
    """One batch."""
    row = session.get(LetterBatch, batch_id)
    if row is None:
        raise NoSuchBatch
    return _line(row)


def letters(session: Session, batch_id: int) -> list[Outgoing]:
    """Its letters in the order in which they are printed and listed: by the last line of the address."""
    ids: Sequence[int] = session.scalars(
        select(Message.id).where(Message.letter_batch_id == batch_id).order_by(Message.id)
    ).all()
    loaded = (outgoing.load(session, message_id) for message_id in ids)
    return sorted((out for out in loaded if out is not None), key=_by_place)


def letter(session: Session, batch_id: int, message_id: int) -> Outgoing:
    """One letter of the batch."""
    of = session.scalar(select(Message.letter_batch_id).where(Message.id == message_id))
    out = outgoing.load(session, message_id) if of == batch_id else None
    if out is None:
        raise NoSuchBatch
    return out


def _by_place(out: Outgoing) -> tuple[str, int]:
    return (out.address.splitlines() or [""])[-1], out.message_id


def _line(row: LetterBatch) -> BatchLine:
    return BatchLine(
        batch_id=row.id,
        post_on=row.post_on,
        paper=row.paper,
        large_print=row.large_print,
        status=row.status,
        is_being_made=row.status is LetterBatchStatus.OPEN and row.made_by is not None,
        letters=row.letters,
        made_at=row.made_at,
        posted_at=row.posted_at,
        file=row.file,
    )
