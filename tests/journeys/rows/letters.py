"""Rows of letters."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.clock import now
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme


def rows(session: Session) -> dict[str, str | int]:
    """A batch with a few of the region's messages."""
    programme_id = session.scalars(select(Programme.id).where(Programme.is_active)).one()
    batch = LetterBatch(programme_id=programme_id, post_on=now().date(), letters=3)
    session.add(batch)
    session.flush()
    for message in session.scalars(select(Message).order_by(Message.id).limit(3)):
        message.letter_batch_id = batch.id
    return {"batch_id": batch.id, "message_id": 1}
