"""Who speaks for a person, who is to be called back, and what is written to and fro."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.contacts import (
    LIVE_CALL_BACK,
    WAITING_CALL_BACK,
    CallBackReason,
    CallBackStatus,
    Consent,
    Relation,
    ThreadStatus,
    ThreadSubject,
)
from vaccination.models.base import Base, Code, enum_column, one_of, pk
from vaccination.security.fields import EncryptedText


class Helper(Base):
    """Who asks for somebody else, and how that person agreed: no helper without a consent."""

    __tablename__ = "helper"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    relation: Mapped[Relation] = enum_column(Relation)
    name: Mapped[str] = mapped_column(EncryptedText("helper.name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("helper.phone"))
    email: Mapped[str | None] = mapped_column(EncryptedText("helper.email"))
    consent: Mapped[Consent] = enum_column(Consent)
    consented_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who took the consent down


class CallBack(Base):
    """Somebody is to be called: about a request, or (none) because they could not ask otherwise.

    `band` is the part of the day they chose: 0 morning, 1 afternoon, 2 evening.
    """

    __tablename__ = "call_back"
    __table_args__ = (
        Index(
            "ix_call_back_waiting",
            "due_at",
            sqlite_where=one_of("status", WAITING_CALL_BACK),
            postgresql_where=one_of("status", WAITING_CALL_BACK),
        ),
        Index(
            "ix_call_back_one_live",
            "request_id",
            "reason",
            unique=True,
            sqlite_where=one_of("status", LIVE_CALL_BACK),
            postgresql_where=one_of("status", LIVE_CALL_BACK),
        ),
        CheckConstraint("band BETWEEN 0 AND 2", name="band"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("status <> 'taken' OR (taken_by IS NOT NULL AND taken_at IS NOT NULL)", name="taken"),
        CheckConstraint("(status IN ('done', 'gave_up')) = (done_at IS NOT NULL)", name="done"),
    )

    id: Mapped[pk]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str | None] = mapped_column(EncryptedText("call_back.name"))
    phone: Mapped[str] = mapped_column(EncryptedText("call_back.phone"))
    reason: Mapped[CallBackReason] = enum_column(CallBackReason)
    status: Mapped[CallBackStatus] = enum_column(CallBackStatus, default=CallBackStatus.WAITING)
    band: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken_at: Mapped[datetime | None]
    locale: Mapped[Code] = mapped_column(default="fr")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Thread(Base):
    """A conversation of a request's person with a centre; `call_me`: they would rather be called."""

    __tablename__ = "thread"
    __table_args__ = (Index("ix_thread_centre_status", "centre_id", "status", "last_at"),)

    id: Mapped[pk]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    subject: Mapped[ThreadSubject] = enum_column(ThreadSubject, default=ThreadSubject.OTHER)
    status: Mapped[ThreadStatus] = enum_column(ThreadStatus, default=ThreadStatus.OPEN)
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    call_me: Mapped[bool] = mapped_column(default=False)
    unread_staff: Mapped[bool] = mapped_column(default=True)
    unread_person: Mapped[bool] = mapped_column(default=False)


class ThreadLine(Base):
    """One thing said in a conversation, by staff or (no user) by the person. Changed by erasure only."""

    __tablename__ = "thread_line"

    id: Mapped[pk]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(EncryptedText("thread_line.text"))
