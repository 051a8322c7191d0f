"""The life of a what-if: asked for beside a price, claimed, solved, kept (docs/states.md).

Nothing of the region changes. As with runs the row is the truth, and every claim raises `attempt`: who speaks
with an older number is not heard (ADR 0025, 0037).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solver.contract import NONE, Plan, Problem
from solver.files.folder import Keys as Names
from vaccination.domain.planning import WhatIfKind, WhatIfStatus
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanPrice, PlanRun, PlanWhatIf
from vaccination.models.programmes import Product
from vaccination.services import audit
from vaccination.services.planning.changes import (
    DoseChange,
    NothingToChange,
    SeatChange,
    with_doses,
    with_seats,
)

MOST_SEATS, MOST_DOSES = 50, 100_000
MOST_ATTEMPTS = 3


class WhatIfIsLive(Conflict):
    """The run has a what-if under way; one at a time."""

    code = "what_if_is_live"


class NoSuchPrice(NotFound):
    """The run has no such price."""

    code = "no_such_price"


class BadWhatIf(Invalid):
    """Nothing, or too much, more or fewer."""

    code = "bad_what_if"


@dataclass(frozen=True, slots=True)
class AskWhatIf:
    """Solve the run again with so many seats a start, or doses, more (or, negative, fewer) than it had."""

    run_id: int
    price_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class WhatIfClaim:
    """The right to work on a what-if, until somebody else claims it."""

    what_if_id: int
    attempt: int
    run_id: int
    time_limit_s: int
    lottery_seed: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """The change by the names of the run's folder."""

    centre: str
    product: str | None
    day: date
    bands: int
    amount: int


def ask_what_if(session: Session, command: AskWhatIf, *, now: datetime, user_id: int | None = None) -> int:
    """Queue a what-if and return its id; WhatIfIsLive when the run has one under way."""
    price = session.get(PlanPrice, command.price_id)
    if price is None or price.plan_run_id != command.run_id:
        raise NoSuchPrice
    kind = WhatIfKind.SEATS if price.product_id is None else WhatIfKind.DOSES
    most = MOST_SEATS if kind is WhatIfKind.SEATS else MOST_DOSES
    if not 1 <= abs(command.amount) <= most:
        raise BadWhatIf(f"amount: 1 to {most}", field="amount", most=most)
    asked = PlanWhatIf(
        plan_run_id=command.run_id, kind=kind, centre_id=price.centre_id, product_id=price.product_id,
        day=price.last_day, bands=price.bands, amount=command.amount, price=price.price,
        asked_by=user_id, asked_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError:
        raise WhatIfIsLive from None
    audit.record(session, "what_if_asked", f"plan_what_if:{asked.id}", now=now, user_id=user_id)
    return asked.id


def claim_what_if(session: Session, what_if_id: int, *, now: datetime) -> WhatIfClaim | None:
    """QUEUED to RUNNING for one caller; None when it is not queued (any more)."""
    row = session.execute(
        update(PlanWhatIf)
        .where(PlanWhatIf.id == what_if_id, PlanWhatIf.status == WhatIfStatus.QUEUED)
        .values(status=WhatIfStatus.RUNNING, attempt=PlanWhatIf.attempt + 1, heard_at=now, progress=[])
        .returning(PlanWhatIf.id, PlanWhatIf.attempt, PlanWhatIf.plan_run_id)
    ).one_or_none()
    if row is None:
        return None
    run = session.execute(
        select(PlanRun.time_limit_s, PlanRun.lottery_seed).where(PlanRun.id == row.plan_run_id)
    ).one()
    return WhatIfClaim(*row, *run)


def changed_problem(
    session: Session, claim: WhatIfClaim, problem: Problem, names: Names
) -> tuple[Problem, int]:
    """The run's problem with the change that was asked for, and what it came to."""
    asked = _asked(session, claim)
    if asked.centre not in names.centres or (asked.product and asked.product not in names.products):
        raise NothingToChange("the centre or the vaccine has another code by now")
    centre, day = names.centres.index(asked.centre), (asked.day - names.start).days
    if asked.product is None:
        return with_seats(problem, SeatChange(centre, day, asked.bands, asked.amount))
    product = names.products.index(asked.product)
    return with_doses(problem, DoseChange(centre, product, day, asked.amount))


def _asked(session: Session, claim: WhatIfClaim) -> _Asked:
    row = session.execute(
        select(Centre.code, Product.code, PlanWhatIf.day, PlanWhatIf.bands, PlanWhatIf.amount)
        .select_from(PlanWhatIf)
        .join(Centre, Centre.id == PlanWhatIf.centre_id)
        .outerjoin(Product, Product.id == PlanWhatIf.product_id)
        .where(PlanWhatIf.id == claim.what_if_id)
    ).one()
    return _Asked(*row)


def note_what_if(
    session: Session, claim: WhatIfClaim, points: Sequence[tuple[float, str, float, float]], *, now: datetime
) -> bool:
    """A sign of life with the planner's last word. False: the claim is lost."""
    last = [[round(seconds, 2), phase] for seconds, phase, _, _ in points[-1:]]
    return _if_current(session, claim, heard_at=now, progress=last)


def keep_what_if(session: Session, claim: WhatIfClaim, changed: int, plan: Plan, *, now: datetime) -> bool:
    """Store how the plan with the change compares with the run's own. False: the claim is lost."""
    run = session.execute(select(PlanRun.summary).where(PlanRun.id == claim.run_id)).scalar_one()
    return _if_current(
        session, claim, status=WhatIfStatus.DONE, done_at=now, changed=changed,
        planned_before=run.get("planned"), planned_after=int((plan.schedule != NONE).sum()),
        score_before=run.get("score"), score_after=round(plan.score, 3),
        bound_before=run.get("bound"), bound_after=round(plan.bound, 3),
    )  # fmt: skip


def fail_what_if(session: Session, claim: WhatIfClaim, code: str, *, now: datetime) -> bool:
    """The attempt found no answer, and never will: the code says why."""
    return _if_current(session, claim, status=WhatIfStatus.FAILED, done_at=now, failure=code)


def call_off_what_if(session: Session, run_id: int, *, now: datetime) -> None:
    """Nobody wants the answer any more; what its planner still brings is not kept."""
    session.execute(
        update(PlanWhatIf)
        .where(PlanWhatIf.plan_run_id == run_id)
        .where(PlanWhatIf.status.in_((WhatIfStatus.QUEUED, WhatIfStatus.RUNNING)))
        .values(status=WhatIfStatus.FAILED, done_at=now, failure="called_off")
    )


def requeue_silent_what_ifs(session: Session, silent_for: timedelta, *, now: datetime) -> list[int]:
    """Those whose planner has fallen silent go back to the queue, or have failed; returns all that wait."""
    silent = (PlanWhatIf.status == WhatIfStatus.RUNNING) & (PlanWhatIf.heard_at < now - silent_for)
    session.execute(
        update(PlanWhatIf)
        .where(silent, PlanWhatIf.attempt >= MOST_ATTEMPTS)
        .values(status=WhatIfStatus.FAILED, done_at=now, failure="planner_died")
    )
    session.execute(update(PlanWhatIf).where(silent).values(status=WhatIfStatus.QUEUED))
    return list(session.scalars(select(PlanWhatIf.id).where(PlanWhatIf.status == WhatIfStatus.QUEUED)))


def _if_current(session: Session, claim: WhatIfClaim, **values: Any) -> bool:
    """Write only while this claim is the latest one."""
    current = (
        PlanWhatIf.id == claim.what_if_id,
        PlanWhatIf.attempt == claim.attempt,
        PlanWhatIf.status == WhatIfStatus.RUNNING,
    )
    written = session.scalar(update(PlanWhatIf).where(*current).values(**values).returning(PlanWhatIf.id))
    return written is not None
