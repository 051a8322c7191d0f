"""Appointments, their immutable events, and scans."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.models.base import Base, Code, enum_column, pk


class Appointment(Base):
    """One dose of a request at a slot. `stands` is 1 until it is cancelled, then empty.

    `token_ref` (8 random bytes) and `issue` (0, 1, 2 … with every move) are what the QR code carries. `day`
    and `starts_at` repeat the slot's, for lists. `is_pinned` keeps a re-plan from moving it.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        UniqueConstraint("request_id", "stands", "dose_number"),
        UniqueConstraint("id", "request_id"),
        CheckConstraint("dose_number IN (1, 2)", name="dose_number"),
        CheckConstraint(
            "(status = 'cancelled' AND stands IS NULL)"
            " OR (status <> 'cancelled' AND stands IS NOT NULL AND stands = 1)",
            name="stands",
        ),
        ForeignKeyConstraint(
            ["request_id", "stands"],
            ["request.id", "request.booked"],
            name="fk_appointment_request_booked",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_appointment_centre_day", "centre_id", "day"),
    )

    id: Mapped[pk]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    dose_number: Mapped[int]
    status: Mapped[AppointmentStatus] = enum_column(AppointmentStatus, default=AppointmentStatus.BOOKED)
    stands: Mapped[int | None] = mapped_column(default=1)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    dose_budget_id: Mapped[int] = mapped_column(ForeignKey("dose_budget.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    plan_run_id: Mapped[int | None] = mapped_column(ForeignKey("plan_run.id"), index=True)
    day: Mapped[date]
    starts_at: Mapped[datetime]
    token_ref: Mapped[bytes] = mapped_column(LargeBinary(8), unique=True)
    issue: Mapped[int] = mapped_column(default=0)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class AppointmentEvent(Base):
    """What happened to an appointment, when, and by whom (no user: the system or the citizen). Never
    changed.
    """

    __tablename__ = "appointment_event"

    id: Mapped[pk]
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    action: Mapped[Action] = enum_column(Action)
    status: Mapped[AppointmentStatus] = enum_column(AppointmentStatus)  # after it
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[Code] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Scan(Base):
    """One presentation of a code at a desk, accepted or refused.

    `scan_uid` comes from the device: the same scan sent again gets the same verdict and no second row. Of a
    text that is not ours only the length and SHA-256 are kept: it may be somebody's health certificate.
    """

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_centre_at", "centre_id", "at"),)

    id: Mapped[pk]
    scan_uid: Mapped[str] = mapped_column(String(64), unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    verdict: Mapped[Code]
    accepted: Mapped[bool]
    entry: Mapped[Code]  # camera, scanner, typed, list
    text_length: Mapped[int] = mapped_column(default=0)
    text_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
