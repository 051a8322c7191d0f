"""Texts of messages that the agency has written, and messages that a person does without."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.messages import OPTIONAL_KINDS, MessageChannel, MessageKind
from vaccination.models.base import Base, Code, ShortText, enum_column, one_of, pk


class EditedText(Base):
    """The agency's own words for a kind of message; without a row the text of the files is sent."""

    __tablename__ = "message_text"
    __table_args__ = (
        UniqueConstraint("programme_id", "kind", "channel", "locale"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[MessageKind] = enum_column(MessageKind)
    channel: Mapped[MessageChannel] = enum_column(MessageChannel)
    locale: Mapped[Code]
    subject: Mapped[ShortText] = mapped_column(default="")
    body: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class OptOut(Base):
    """A kind of message that a request's person does without. News of a change cannot be among them."""

    __tablename__ = "opt_out"
    __table_args__ = (CheckConstraint(one_of("kind", OPTIONAL_KINDS), name="optional"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    kind: Mapped[MessageKind] = enum_column(MessageKind, primary_key=True)
