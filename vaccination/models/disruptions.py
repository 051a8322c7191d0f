"""Disruptions, and the replacement that each person touched by one is proposed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.disruptions import (
    OPEN_REPLACEMENT,
    DisruptionKind,
    DisruptionStatus,
    ReplacementStatus,
)
from vaccination.models.base import Base, Code, enum_column, one_of, pk


class Disruption(Base):
    """Something that takes appointments away. `subject` names the row it began with, as in the audit trail;
    `people` is how many requests it touches.
    """

    __tablename__ = "disruption"
    __table_args__ = (
        CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint("people >= 0", name="people"),
        Index("ix_disruption_programme_status", "programme_id", "status"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[DisruptionKind] = enum_column(DisruptionKind)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    day: Mapped[date | None]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    subject: Mapped[Code] = mapped_column(default="")
    people: Mapped[int] = mapped_column(default=0)
    status: Mapped[DisruptionStatus] = enum_column(DisruptionStatus, default=DisruptionStatus.DRAFT)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Replacement(Base):
    """What somebody touched by a disruption is proposed: the places of its hold, or (no hold) a call.

    `answered_at` is when it ended, by an answer or by silence. The old appointments stand until then.
    """

    __tablename__ = "replacement"
    __table_args__ = (
        UniqueConstraint("disruption_id", "request_id"),
        Index(
            "ix_replacement_one_open",
            "request_id",
            unique=True,
            sqlite_where=one_of("status", OPEN_REPLACEMENT),
            postgresql_where=one_of("status", OPEN_REPLACEMENT),
        ),
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[pk]
    disruption_id: Mapped[int] = mapped_column(ForeignKey("disruption.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), unique=True)
    status: Mapped[ReplacementStatus] = enum_column(ReplacementStatus, default=ReplacementStatus.OPEN)
    answer_by: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
