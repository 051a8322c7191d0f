"""Plan runs, what they propose, whom they leave out and why, and how far they are applied."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.planning import LIVE_RUN, CentreShareStatus, RunStatus
from vaccination.models.base import Base, Code, enum_column, one_of, pk


class PlanRun(Base):
    """One planning of a programme. The row is the truth: jobs claim it, pages show it.

    `attempt` is a fencing number: it grows with every claim, and results of an older attempt are not kept.
    `progress` is a list of [seconds, phase, score, bound]; `summary` holds score, bound, gap, terms,
    counts, phases.
    """

    __tablename__ = "plan_run"
    __table_args__ = (
        Index(
            "ix_plan_run_one_live",
            "programme_id",
            unique=True,
            sqlite_where=one_of("status", LIVE_RUN),
            postgresql_where=one_of("status", LIVE_RUN),
        ),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    status: Mapped[RunStatus] = enum_column(RunStatus, default=RunStatus.QUEUED)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # none: the nightly plan
    asked_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]  # last sign of life of the planner
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    days: Mapped[int]
    lottery_seed: Mapped[int]
    apply_at_once: Mapped[bool] = mapped_column(default=False)
    time_limit_s: Mapped[int]
    progress: Mapped[list[Any]] = mapped_column(JSON, default=list)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str] = mapped_column(String(500), default="")


class Proposal(Base):
    """A dose that a run proposes for a request."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("plan_run_id", "request_id", "dose_number"),
        Index("ix_proposal_run_centre", "plan_run_id", "home_centre_id"),
    )

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    dose_number: Mapped[int]
    home_centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))  # whose share books the whole pair
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))


class Unplanned(Base):
    """A request that a run leaves out, with the reason's code (solver.contract.WhyUnplanned)."""

    __tablename__ = "unplanned"
    __table_args__ = (UniqueConstraint("plan_run_id", "request_id"),)

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    reason: Mapped[Code]


class CentreShare(Base):
    """The part of a run that one centre's transaction applies."""

    __tablename__ = "centre_share"
    __table_args__ = (UniqueConstraint("plan_run_id", "centre_id"),)

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    status: Mapped[CentreShareStatus] = enum_column(CentreShareStatus, default=CentreShareStatus.PENDING)
    booked: Mapped[int] = mapped_column(default=0)  # requests
    skipped: Mapped[int] = mapped_column(default=0)
