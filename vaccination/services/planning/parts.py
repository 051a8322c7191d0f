"""The life of a part of a plan run: queued, claimed by some planner, solved, and joined by the run's own.

As with runs the row is the truth. A part belongs to one attempt of its run: when that is over, nobody claims
its parts any more. Every claim raises `turn`; who speaks with an older number is not heard (ADR 0025, 0039).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, exists, select, update
from sqlalchemy.orm import Session

from vaccination.domain.planning import PartStatus, RunStatus
from vaccination.models.planning import PlanPart, PlanRun
from vaccination.services.planning.runs import Claim

MOST_TURNS = 3
_LONGEST_FAILURE = 500


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part to be planned: how many requests it has, and the file with its problem."""

    requests: int
    problem_file: str


@dataclass(frozen=True, slots=True)
class PartClaim:
    """The right to solve a part, until somebody else claims it or the run goes on without."""

    part_id: int
    turn: int
    problem_file: str
    solve_until: datetime
    lottery_seed: int

    @property
    def plan_file(self) -> str:
        """Where the plan goes: a planner that was believed dead writes another file than its successor."""
        return f"{self.problem_file.removesuffix('.problem')}-{self.turn}.plan"


@dataclass(frozen=True, slots=True)
class PartState:
    """What the run's own planner looks at."""

    part_id: int
    number: int
    requests: int
    status: PartStatus
    plan_file: str
    failure: str


def add_parts(session: Session, claim: Claim, parts: Sequence[NewPart], solve_until: datetime) -> list[int]:
    """Queue the parts of this attempt; their ids, in order."""
    rows = [
        PlanPart(
            plan_run_id=claim.run_id,
            attempt=claim.attempt,
            number=number,
            requests=part.requests,
            problem_file=part.problem_file,
            solve_until=solve_until,
        )
        for number, part in enumerate(parts)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def claim_part(session: Session, part_id: int, *, now: datetime) -> PartClaim | None:
    """QUEUED to RUNNING for one caller; None when somebody has it, or its run's attempt is over."""
    row = session.execute(
        update(PlanPart)
        .where(PlanPart.id == part_id, PlanPart.status == PartStatus.QUEUED, _attempt_goes_on())
        .values(status=PartStatus.RUNNING, turn=PlanPart.turn + 1, claimed_at=now, heard_at=now)
        .returning(
            PlanPart.id, PlanPart.turn, PlanPart.problem_file, PlanPart.solve_until, PlanPart.plan_run_id
        )
    ).one_or_none()
    if row is None:
        return None
    seed = session.execute(select(PlanRun.lottery_seed).where(PlanRun.id == row.plan_run_id)).scalar_one()
    return PartClaim(row.id, row.turn, row.problem_file, row.solve_until, seed)


def note_part(session: Session, claim: PartClaim, _points: Sequence[Any] = (), *, now: datetime) -> bool:
    """A sign of life. False: the claim is lost."""
    return _if_current(session, claim, heard_at=now)


def keep_part(session: Session, claim: PartClaim, *, now: datetime) -> bool:
    """The plan lies in its file. False: it came too late."""
    return _if_current(session, claim, status=PartStatus.DONE, plan_file=claim.plan_file, done_at=now)


def fail_part(session: Session, claim: PartClaim, failure: str, *, now: datetime) -> bool:
    """No plan came of it, and none will; the reason holds nothing personal."""
    return _if_current(
        session, claim, status=PartStatus.FAILED, failure=failure[:_LONGEST_FAILURE], done_at=now
    )


def release_part(session: Session, claim: PartClaim) -> bool:
    """Give the part back: this planner cannot see its file."""
    return _if_current(session, claim, status=PartStatus.QUEUED)


def parts_of(session: Session, claim: Claim) -> list[PartState]:
    """How far the parts of this attempt are, in order."""
    p = PlanPart
    rows = session.execute(
        select(p.id, p.number, p.requests, p.status, p.plan_file, p.failure)
        .where(p.plan_run_id == claim.run_id, p.attempt == claim.attempt)
        .order_by(p.number)
    )
    return [PartState(*row) for row in rows]


def requeue_silent_parts(session: Session, claim: Claim, *, heard_before: datetime) -> None:
    """Parts whose planner was not heard since then wait again; after a few turns they have failed."""
    silent = (PlanPart.status == PartStatus.RUNNING) & (PlanPart.heard_at < heard_before)
    mine = (PlanPart.plan_run_id == claim.run_id) & (PlanPart.attempt == claim.attempt)
    died = {"status": PartStatus.FAILED, "failure": "planner_died"}
    session.execute(update(PlanPart).where(silent & mine, PlanPart.turn >= MOST_TURNS).values(**died))
    session.execute(update(PlanPart).where(silent & mine).values(status=PartStatus.QUEUED))


def reopen_part(session: Session, part_id: int) -> None:
    """A part whose plan cannot be read waits again."""
    done = (PlanPart.id == part_id) & (PlanPart.status == PartStatus.DONE)
    session.execute(update(PlanPart).where(done).values(status=PartStatus.QUEUED))


def _attempt_goes_on() -> Any:
    """The part's attempt is the one at which its run is."""
    same = (PlanRun.id == PlanPart.plan_run_id) & (PlanRun.attempt == PlanPart.attempt)
    return exists().where(same, PlanRun.status == RunStatus.RUNNING)


def _if_current(session: Session, claim: PartClaim, **values: Any) -> bool:
    """Write to the part only while this claim is the latest one."""
    current: Update = update(PlanPart).where(
        PlanPart.id == claim.part_id, PlanPart.turn == claim.turn, PlanPart.status == PartStatus.RUNNING
    )
    return session.execute(current.values(**values).returning(PlanPart.id)).one_or_none() is not None
