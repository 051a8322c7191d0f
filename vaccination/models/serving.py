"""Holds on places, and wishes to change what is booked."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.requests import ANY_TIME, Channel
from vaccination.domain.serving import (
    LIVE_HOLD,
    OPEN_CHANGE,
    ChangedDoses,
    ChangeStatus,
    HoldPurpose,
    HoldStatus,
)
from vaccination.models.base import Base, Code, ShortText, enum_column, one_of, pk

_WHOLE = (
    "(purpose = 'course' AND first_slot_id IS NOT NULL"
    " AND (schedule_doses = 2) = (second_slot_id IS NOT NULL))"
    " OR (purpose IN ('second_dose', 'move_second') AND schedule_doses = 2"
    " AND first_slot_id IS NULL AND second_slot_id IS NOT NULL)"
    " OR (purpose = 'move_first' AND first_slot_id IS NOT NULL AND second_slot_id IS NULL)"
    " OR (purpose = 'move_both' AND schedule_doses = 2"
    " AND first_slot_id IS NOT NULL AND second_slot_id IS NOT NULL)"
)


class Hold(Base):
    """Places kept for a request for some minutes: all that its purpose needs in one row, so never half.

    While it is held its seats and doses count as taken (`services/appointments/places.py`); confirming hands
    them over to appointments. `token_hash` is of the secret in the link; `household_id` ties the holds of
    its members.
    """

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "ix_hold_one_live",
            "request_id",
            unique=True,
            sqlite_where=one_of("status", LIVE_HOLD),
            postgresql_where=one_of("status", LIVE_HOLD),
        ),
        CheckConstraint(
            "(first_slot_id IS NULL) = (first_budget_id IS NULL)"
            " AND (second_slot_id IS NULL) = (second_budget_id IS NULL)",
            name="places",
        ),
        CheckConstraint(_WHOLE, name="whole"),
        CheckConstraint("(status = 'held') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("extended BETWEEN 0 AND 10", name="extended"),
        ForeignKeyConstraint(["schedule_id", "schedule_doses"], ["schedule.id", "schedule.doses"]),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    purpose: Mapped[HoldPurpose] = enum_column(HoldPurpose)
    status: Mapped[HoldStatus] = enum_column(HoldStatus, default=HoldStatus.HELD)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    schedule_id: Mapped[int]
    schedule_doses: Mapped[int]
    first_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), index=True)
    first_budget_id: Mapped[int | None] = mapped_column(ForeignKey("dose_budget.id"), index=True)
    second_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), index=True)
    second_budget_id: Mapped[int | None] = mapped_column(ForeignKey("dose_budget.id"), index=True)
    form_uid: Mapped[str | None] = mapped_column(String(64), unique=True)
    channel: Mapped[Channel] = enum_column(Channel, default=Channel.WEB)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # none: the person themselves
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    extended: Mapped[int] = mapped_column(default=0)  # how often its time was made longer
    ended_at: Mapped[datetime | None]


class ChangeWish(Base):
    """In a planned programme: a planned request takes part in the next plans with these wishes, and its
    appointments stand until a plan has something better. Columns as in `request`.
    """

    __tablename__ = "change_wish"
    __table_args__ = (
        Index(
            "ix_change_wish_one_open",
            "request_id",
            unique=True,
            sqlite_where=one_of("status", OPEN_CHANGE),
            postgresql_where=one_of("status", OPEN_CHANGE),
        ),
        CheckConstraint("max_km > 0", name="max_km"),
        CheckConstraint("length(availability) = 21", name="availability"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
    )

    id: Mapped[pk]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    doses: Mapped[ChangedDoses] = enum_column(ChangedDoses)
    status: Mapped[ChangeStatus] = enum_column(ChangeStatus, default=ChangeStatus.OPEN)
    town: Mapped[ShortText] = mapped_column(default="")
    postcode: Mapped[Code] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    max_km: Mapped[float]
    earliest: Mapped[date | None]
    availability: Mapped[str] = mapped_column(String(21), default=ANY_TIME)
    unavailable: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
