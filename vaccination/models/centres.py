"""Centres, their weekly hours, clinic sessions with slots, and dose budgets."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.models.base import Base, Code, ShortText, pk


class Centre(Base):
    """A vaccination centre. Its id is the number in the QR code, hence at most 65535."""

    __tablename__ = "centre"
    __table_args__ = (
        CheckConstraint("id <= 65535", name="number"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="place"),
    )

    id: Mapped[pk]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[ShortText]
    street: Mapped[ShortText] = mapped_column(default="")
    postcode: Mapped[Code] = mapped_column(default="")
    town: Mapped[ShortText] = mapped_column(default="")
    phone: Mapped[Code] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    wheelchair: Mapped[bool] = mapped_column(default=True)
    timezone: Mapped[Code] = mapped_column(default="Europe/Paris")
    is_open: Mapped[bool] = mapped_column(default=True)


class WeeklyHours(Base):
    """A run of opening hours on a weekday (0 Monday), with stations and minutes per dose.

    A slot of `slot_minutes` takes `stations * slot_minutes // minutes_per_dose` persons.
    """

    __tablename__ = "weekly_hours"
    __table_args__ = (
        UniqueConstraint("centre_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="hours"),
        CheckConstraint("stations BETWEEN 1 AND 500", name="stations"),
        CheckConstraint("minutes_per_dose BETWEEN 1 AND 120", name="minutes_per_dose"),
        CheckConstraint("slot_minutes BETWEEN 1 AND 240", name="slot_minutes"),
        CheckConstraint("stations * slot_minutes >= minutes_per_dose", name="some_seat"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    stations: Mapped[int]
    minutes_per_dose: Mapped[int]
    slot_minutes: Mapped[int] = mapped_column(default=10)


class ClinicSession(Base):
    """A run of slots of equal length on one local day at a centre; a closed one takes nobody more."""

    __tablename__ = "clinic_session"
    __table_args__ = (
        UniqueConstraint("centre_id", "day", "opens"),
        CheckConstraint("opens < closes", name="hours"),
        CheckConstraint("slot_minutes BETWEEN 1 AND 240", name="slot_minutes"),
        CheckConstraint("seats BETWEEN 0 AND 1000", name="seats"),
        Index("ix_clinic_session_day", "day"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    day: Mapped[date]
    opens: Mapped[time]
    closes: Mapped[time]
    slot_minutes: Mapped[int]
    seats: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=True)


class Slot(Base):
    """A start time at a centre with seats; `taken` is changed by conditional UPDATE only (docs/locking.md).

    `day` and `minute` (after midnight) are local to the centre; `starts_at` is the same moment in UTC.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("centre_id", "day", "minute"),
        CheckConstraint("taken BETWEEN 0 AND seats", name="seats"),
        CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
    )

    id: Mapped[pk]
    clinic_session_id: Mapped[int] = mapped_column(ForeignKey("clinic_session.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    day: Mapped[date]
    minute: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")


class DoseBudget(Base):
    """How many doses of a product a centre may promise on a day; set from the lots, so it is always there."""

    __tablename__ = "dose_budget"
    __table_args__ = (
        UniqueConstraint("centre_id", "product_id", "day"),
        CheckConstraint("taken BETWEEN 0 AND doses", name="doses"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    day: Mapped[date]
    doses: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
