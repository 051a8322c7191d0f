"""Doses left on the day: the standby list, a centre's call, and its invitations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.messages import MessageChannel
from vaccination.domain.same_day import OPEN_CALL, InvitationStatus, ReachedBy, SameDayCallStatus
from vaccination.models.base import Base, enum_column, one_of, pk


class Standby(Base):
    """A request whose person would come at short notice: from how far, and in how many minutes."""

    __tablename__ = "standby"
    __table_args__ = (
        CheckConstraint("max_km > 0", name="max_km"),
        CheckConstraint("minutes_needed BETWEEN 10 AND 240", name="minutes_needed"),
        CheckConstraint("asked_count >= 0", name="asked_count"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    max_km: Mapped[float]
    minutes_needed: Mapped[int]
    by: Mapped[ReachedBy] = enum_column(ReachedBy)
    asked_count: Mapped[int] = mapped_column(default=0)
    last_asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SameDayCall(Base):
    """A centre announces doses that would be lost today; `confirmed` is changed by conditional UPDATE only.

    `until` is when the last person must be there; `hold_minutes` how long an invited person has to answer.
    """

    __tablename__ = "same_day_call"
    __table_args__ = (
        Index(
            "ix_same_day_call_one_open",
            "centre_id",
            "product_id",
            "day",
            unique=True,
            sqlite_where=one_of("status", OPEN_CALL),
            postgresql_where=one_of("status", OPEN_CALL),
        ),
        CheckConstraint("doses BETWEEN 1 AND 500", name="doses"),
        CheckConstraint("confirmed BETWEEN 0 AND doses", name="confirmed"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 240", name="hold_minutes"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    day: Mapped[date]
    doses: Mapped[int]
    confirmed: Mapped[int] = mapped_column(default=0)
    status: Mapped[SameDayCallStatus] = enum_column(SameDayCallStatus, default=SameDayCallStatus.OPEN)
    hold_minutes: Mapped[int]
    until: Mapped[datetime]
    seed: Mapped[int]  # of the drawing, kept so that it can be done again
    announced_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    announced_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class SameDayInvitation(Base):
    """Somebody on the standby list is asked to come today. `place` is their place in the drawing."""

    __tablename__ = "same_day_invitation"
    __table_args__ = (
        UniqueConstraint("call_id", "request_id"),
        UniqueConstraint("call_id", "place"),
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("status <> 'accepted' OR hold_id IS NOT NULL", name="accepted"),
    )

    id: Mapped[pk]
    call_id: Mapped[int] = mapped_column(ForeignKey("same_day_call.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    place: Mapped[int]
    wave: Mapped[int]
    distance_band: Mapped[int]
    channel: Mapped[MessageChannel] = enum_column(MessageChannel)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), unique=True)
    status: Mapped[InvitationStatus] = enum_column(InvitationStatus, default=InvitationStatus.ASKED)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
