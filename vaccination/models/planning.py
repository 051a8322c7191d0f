"""Plan runs: what they propose, whom they leave out and why, what was scarce, how far they are applied."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.planning import (
    LIVE_RUN,
    LIVE_WHAT_IF,
    CentreShareStatus,
    PartStatus,
    RunStatus,
    WhatIfKind,
    WhatIfStatus,
)
from vaccination.models.base import Base, Code, enum_column, one_of, pk


class PlanRun(Base):
    """One planning of a programme. The row is the truth: jobs claim it, pages show it.

    `attempt` is a fencing number: it grows with every claim, and results of an older attempt are not kept.
    `progress` is a list of [seconds, phase, score, bound]; `summary` holds score, bound, gap, terms,
    counts, phases. `seed_digest`, of `lottery_seed` and `seed_salt`, was public before the run.
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
    seed_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    seed_salt: Mapped[str] = mapped_column(String(64), default="", server_default="")


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
    """A request that a run leaves out, with the reason's code (solver.contract.WhyUnplanned).

    `change` is the code of the nearest change that would have helped (solver.contract.NearestChange), empty
    where none is known, and `amount` how much of it: days, kilometres, doses or seats.
    """

    __tablename__ = "unplanned"
    __table_args__ = (UniqueConstraint("plan_run_id", "request_id"),)

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    reason: Mapped[Code]
    change: Mapped[Code] = mapped_column(default="", server_default="")
    amount: Mapped[float] = mapped_column(default=0.0, server_default="0")


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


class PlanPart(Base):
    """A part of the problem of a run's attempt: whichever planner claims it solves it by `solve_until`.

    `turn` is a fencing number, as `attempt` is of the run. Problem and plan lie in files, named relative to
    the folder of files that all workers see.
    """

    __tablename__ = "plan_part"
    __table_args__ = (UniqueConstraint("plan_run_id", "attempt", "number"),)

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    attempt: Mapped[int]
    number: Mapped[int]  # from 0, the one with most requests first
    requests: Mapped[int]
    status: Mapped[PartStatus] = enum_column(PartStatus, default=PartStatus.QUEUED)
    turn: Mapped[int] = mapped_column(default=0)
    problem_file: Mapped[str] = mapped_column(String(200))
    plan_file: Mapped[str] = mapped_column(String(200), default="")
    solve_until: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(500), default="")


class PlanPrice(Base):
    """What one more seat, or one more dose, would have been worth to a run, in points of its score.

    Without a product: a seat on `first_day` (= `last_day`), at any start of these `bands` (bit 0 morning,
    1 afternoon, 2 evening), of which there are `places`. With a product: a dose that arrives on one of the
    days from `first_day` to `last_day`. Only what is worth something is kept.
    """

    __tablename__ = "plan_price"
    __table_args__ = (
        Index("ix_plan_price_run", "plan_run_id"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("(product_id IS NULL) = (bands > 0)", name="seat_or_dose"),
    )

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    bands: Mapped[int] = mapped_column(default=0)
    places: Mapped[int] = mapped_column(default=0)
    price: Mapped[float]
    near_priority: Mapped[int | None]  # of most of the people in reach who were left out; none: nobody was
    near_people: Mapped[int] = mapped_column(default=0)


class PlanWhatIf(Base):
    """A run's problem solved once more with other seats or doses, to confirm what a price promises.

    `attempt` is a fencing number as in `PlanRun`. `amount` is what was asked (seats a start, doses; negative
    is fewer), `changed` what it came to: seats in all, doses in whole vials.
    """

    __tablename__ = "plan_what_if"
    __table_args__ = (
        Index(
            "ix_plan_what_if_one_live",
            "plan_run_id",
            unique=True,
            sqlite_where=one_of("status", LIVE_WHAT_IF),
            postgresql_where=one_of("status", LIVE_WHAT_IF),
        ),
        Index("ix_plan_what_if_run", "plan_run_id"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(kind = 'seats') = (product_id IS NULL)", name="seat_or_dose"),
    )

    id: Mapped[pk]
    plan_run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    kind: Mapped[WhatIfKind] = enum_column(WhatIfKind)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    day: Mapped[date]
    bands: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int]
    price: Mapped[float]
    changed: Mapped[int | None]
    status: Mapped[WhatIfStatus] = enum_column(WhatIfStatus, default=WhatIfStatus.QUEUED)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    progress: Mapped[list[Any]] = mapped_column(JSON, default=list)  # the last word: [seconds, phase]
    planned_before: Mapped[int | None]
    planned_after: Mapped[int | None]
    score_before: Mapped[float | None]
    score_after: Mapped[float | None]
    bound_before: Mapped[float | None]
    bound_after: Mapped[float | None]
    failure: Mapped[Code] = mapped_column(default="")
