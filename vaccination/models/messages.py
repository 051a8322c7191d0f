"""Messages: also the outbox. A row is written with what it tells of; a worker delivers it later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.models.base import Base, Code, enum_column, one_of, pk

_TO_DO = (MessageStatus.CREATED, MessageStatus.SENDING)


class Message(Base):
    """One message to a request's person. It holds no text: that is made, from the rows, when it is sent.

    `dedupe_key` says what it is about (`confirmed:<request>:<issue>`), so the same thing is told once.
    `provider_ref` is the gateway's or the mail's own number, by which receipts and bounces find the row.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_to_do",
            "next_try_at",
            sqlite_where=one_of("status", _TO_DO),
            postgresql_where=one_of("status", _TO_DO),
        ),
    )

    id: Mapped[pk]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    kind: Mapped[MessageKind] = enum_column(MessageKind)
    channel: Mapped[MessageChannel] = enum_column(MessageChannel)
    locale: Mapped[Code]
    status: Mapped[MessageStatus] = enum_column(MessageStatus, default=MessageStatus.CREATED)
    dedupe_key: Mapped[str] = mapped_column(String(80), unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(200), default="")
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("replacement.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("same_day_invitation.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    letter_batch_id: Mapped[int | None] = mapped_column(ForeignKey("letter_batch.id"), index=True)
    segments: Mapped[int] = mapped_column(default=0, server_default="0")  # of a text message
    provider_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    received_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None] = mapped_column(index=True)
    bounce: Mapped[Code] = mapped_column(default="", server_default="")
