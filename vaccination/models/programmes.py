"""The programme, its products, dated interval rules, priority groups and phases: rules as data."""

from datetime import date, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.serving import REMINDER_DAYS, Serving
from vaccination.models.base import Base, Code, ShortText, enum_column, pk


class Programme(Base):
    """A vaccination campaign of a region, with the policy by which its plans are scored.

    `weights` maps priority rank ("1" … "9") to the weight of a planned request; the other policy figures
    are those of the planning folder's `policy.json` (docs/planning-format.md). `names` are those in further
    languages. `serving` and what follows it say how people are served and told. The next run draws with
    `next_seed`; `seed_digest`, of seed and `next_salt`, is public before, seed and salt after.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("horizon_days BETWEEN 1 AND 400", name="horizon"),
        CheckConstraint("rolling_s BETWEEN 5 AND 3600", name="rolling_s"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 120", name="hold_minutes"),
        CheckConstraint("hold_extensions BETWEEN 0 AND 10", name="hold_extensions"),
        CheckConstraint("proposal_hours BETWEEN 1 AND 720", name="proposal_hours"),
        CheckConstraint("same_day_minutes BETWEEN 1 AND 240", name="same_day_minutes"),
        CheckConstraint("letter_lead_days BETWEEN 0 AND 30", name="letter_lead_days"),
        CheckConstraint("letters_a_day >= 0", name="letters_a_day"),
        CheckConstraint("sms_segment_cents >= 0", name="sms_segment_cents"),
        Index("ix_programme_one_active", "is_active", unique=True, sqlite_where=text("is_active"),
              postgresql_where=text("is_active")),
    )  # fmt: skip

    id: Mapped[pk]
    code: Mapped[Code] = mapped_column(unique=True)
    name_fr: Mapped[ShortText]
    name_en: Mapped[ShortText]
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    horizon_days: Mapped[int] = mapped_column(default=84)
    weights: Mapped[dict[str, float]] = mapped_column(JSON)
    reward: Mapped[float] = mapped_column(default=100.0)
    delay_per_day: Mapped[float] = mapped_column(default=0.5)
    km: Mapped[float] = mapped_column(default=0.2)
    interval_per_day: Mapped[float] = mapped_column(default=0.3)
    moved: Mapped[float] = mapped_column(default=20.0)
    dropped: Mapped[float] = mapped_column(default=200.0)
    wasted_dose: Mapped[float] = mapped_column(default=1.0)
    lottery_seed: Mapped[int] = mapped_column(default=1)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    serving: Mapped[Serving] = enum_column(Serving, default=Serving.PLANNED, server_default="planned")
    rolling_s: Mapped[int] = mapped_column(default=20, server_default="20")
    hold_minutes: Mapped[int] = mapped_column(default=10, server_default="10")
    hold_extensions: Mapped[int] = mapped_column(default=2, server_default="2")
    proposal_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    same_day_minutes: Mapped[int] = mapped_column(default=20, server_default="20")
    quiet_from: Mapped[time] = mapped_column(default=time(20), server_default="20:00:00")
    quiet_to: Mapped[time] = mapped_column(default=time(8), server_default="08:00:00")
    reminder_days: Mapped[list[int]] = mapped_column(
        JSON, default=lambda: list(REMINDER_DAYS), server_default="[7, 2, 1]"
    )
    letter_lead_days: Mapped[int] = mapped_column(default=4, server_default="4")
    letters_a_day: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: as many as there are
    sms_segment_cents: Mapped[float] = mapped_column(default=0.0, server_default="0")
    next_seed: Mapped[int | None]
    next_salt: Mapped[str] = mapped_column(String(64), default="", server_default="")
    seed_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


class Product(Base):
    """A vaccine as delivered; `shelf_days` counts from the day it is available at a centre."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("doses_per_vial BETWEEN 1 AND 100", name="doses_per_vial"),
        CheckConstraint("shelf_days >= 0", name="shelf_days"),
    )

    id: Mapped[pk]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[ShortText]
    doses_per_vial: Mapped[int]
    shelf_days: Mapped[int] = mapped_column(default=30)


class Schedule(Base):
    """One way to be vaccinated: products, ages and interval, valid for first doses within dates.

    `doses` is 1 when `second_product_id` is empty. Ages are whole years on the day a plan starts; all
    bounds inclusive. `only_if_enough`: for people to whom one dose is enough; plans leave it alone.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        UniqueConstraint("id", "doses"),
        CheckConstraint(
            "(doses = 1 AND second_product_id IS NULL) OR (doses = 2 AND second_product_id IS NOT NULL"
            " AND min_days IS NOT NULL AND ideal_days IS NOT NULL AND max_days IS NOT NULL)",
            name="doses",
        ),
        CheckConstraint(
            "0 < min_days AND min_days <= ideal_days AND ideal_days <= max_days", name="interval"
        ),
        CheckConstraint("min_age <= max_age", name="ages"),
        CheckConstraint("valid_from <= valid_to", name="validity"),
        CheckConstraint("NOT only_if_enough OR doses = 1", name="only_if_enough"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[Code]
    first_product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    second_product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    doses: Mapped[int]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    min_days: Mapped[int | None]
    ideal_days: Mapped[int | None]
    max_days: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    only_if_enough: Mapped[bool] = mapped_column(default=False, server_default=false())


class PriorityGroup(Base):
    """A published group of people, its rank (1 most urgent) and the category a person may declare.

    A person is in the best-ranked group whose ages hold and whose declaration (if any) they ticked.
    """

    __tablename__ = "priority_group"
    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        CheckConstraint("rank BETWEEN 1 AND 9", name="rank"),
        CheckConstraint("min_age <= max_age", name="ages"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[Code]
    name_fr: Mapped[ShortText]
    name_en: Mapped[ShortText]
    rank: Mapped[int]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    needs_declaration: Mapped[bool] = mapped_column(default=False)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")


class EligibilityPhase(Base):
    """From when to when the requests of a priority group take part in plans."""

    __tablename__ = "eligibility_phase"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="dates"),)

    id: Mapped[pk]
    priority_group_id: Mapped[int] = mapped_column(ForeignKey("priority_group.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


def policy_of(programme: Programme) -> dict[str, Any]:
    """The figures of `policy.json` apart from start and days."""
    names = (
        "weights",
        "reward",
        "delay_per_day",
        "km",
        "interval_per_day",
        "moved",
        "dropped",
        "wasted_dose",
    )
    return {name: getattr(programme, name) for name in names} | {"lottery": programme.lottery_seed}
