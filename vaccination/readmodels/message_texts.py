"""The agency's own words for messages: which there are, and one of them with what it takes to change it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.texts import Words
from vaccination.models.accounts import User
from vaccination.models.programmes import Programme
from vaccination.models.texts import EditedText

Key = tuple[MessageKind, MessageChannel, str]


@dataclass(frozen=True, slots=True)
class OwnText:
    """Words that the agency has written, and who did."""

    words: Words
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All own words of the active programme, and what a segment of a text message costs it."""

    own: dict[Key, OwnText]
    cents_a_segment: float


def load(session: Session) -> Texts:
    """The own words of the active programme, by kind, channel and language."""
    rows = session.execute(
        select(EditedText, User.display_name)
        .join(Programme, Programme.id == EditedText.programme_id)
        .join(User, User.id == EditedText.changed_by)
        .where(Programme.is_active)
    )
    own = {
        (row.kind, row.channel, row.locale): OwnText(
            Words(row.subject, row.body), row.version, row.changed_at, name
        )
        for row, name in rows
    }
    cents = session.scalar(select(Programme.sms_segment_cents).where(Programme.is_active))
    return Texts(own, cents or 0.0)
