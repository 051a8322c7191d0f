"""Keeping what the planner found: proposals, reasons and figures, for review or for booking at once."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import case, insert, literal, select, update
from sqlalchemy.orm import Session

from solver.contract import NONE, Ints, NearestChange, Plan, Problem, WhyUnplanned
from vaccination.domain.planning import RunStatus
from vaccination.errors import Conflict
from vaccination.models.planning import CentreShare, PlanPrice, PlanRun, Proposal, Unplanned
from vaccination.services import audit
from vaccination.services.planning.prices import person_points, price_rows
from vaccination.services.planning.problem import Keys

_NEXT = case(
    (PlanRun.apply_at_once, literal(RunStatus.APPLYING, PlanRun.status.type)),
    else_=literal(RunStatus.PROPOSED, PlanRun.status.type),
)


INPUTS = "inputs"
"""Where a run's summary keeps what it was asked for (`services/planning/rolling.py`)."""


class StaleAttempt(Conflict):
    """Somebody else has claimed the run meanwhile, or it was called off: this result is not kept."""

    code = "stale_attempt"


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A problem, the ids behind its rows, and its plan."""

    problem: Problem
    keys: Keys
    plan: Plan


def keep_proposals(
    session: Session, run_id: int, attempt: int, solved: Solved, *, now: datetime
) -> RunStatus:
    """Store a plan under its run; returns PROPOSED, or APPLYING where it is to be booked at once."""
    asked = session.scalar(select(PlanRun.summary).where(PlanRun.id == run_id)) or {}
    summary = summary_of(solved) | {name: asked[name] for name in (INPUTS,) if name in asked}
    # First, and in one statement: it locks the run, so nobody can claim it while the rows are written.
    at_once = session.scalar(
        update(PlanRun)
        .where(
            PlanRun.id == run_id, PlanRun.attempt == attempt, PlanRun.status == RunStatus.RUNNING
        )
        .values(status=_NEXT, heard_at=now, finished_at=now, summary=summary)
        .returning(PlanRun.apply_at_once)
    )  # fmt: skip
    if at_once is None:
        raise StaleAttempt
    proposals = _proposals(run_id, solved)
    if proposals:
        session.execute(insert(Proposal), proposals)
        centres = sorted({row["home_centre_id"] for row in proposals})
        session.execute(insert(CentreShare), [{"plan_run_id": run_id, "centre_id": c} for c in centres])
    if unplanned := _unplanned(run_id, solved):
        session.execute(insert(Unplanned), unplanned)
    if prices := price_rows(solved.problem, solved.keys, solved.plan):
        session.execute(insert(PlanPrice), [{"plan_run_id": run_id, **row} for row in prices])
    audit.record(session, "plan_proposed", f"plan_run:{run_id}", now=now, facts={"attempt": attempt})
    return RunStatus.APPLYING if at_once else RunStatus.PROPOSED


def _proposals(run_id: int, solved: Solved) -> list[dict[str, Any]]:
    """One row a planned dose. A pair is booked by the share of the centre of its first planned dose."""
    plan, keys, schedules = solved.plan, solved.keys, solved.problem.schedules
    planned = np.flatnonzero(plan.schedule != NONE)
    if not len(planned):
        return []
    home_slot = np.where(plan.first_slot != NONE, plan.first_slot, plan.second_slot)
    rows: list[dict[str, Any]] = []
    for dose, slot_of, product_of in (
        (1, plan.first_slot, schedules.first_product),
        (2, plan.second_slot, schedules.second_product),
    ):
        given = planned[slot_of[planned] != NONE]
        schedule = plan.schedule[given]
        columns = (
            keys.request_ids[given].tolist(),
            solved.problem.slots.centre[home_slot[given]].tolist(),
            keys.slot_ids[slot_of[given]].tolist(),
            product_of[schedule].tolist(),
            schedule.tolist(),
        )
        rows += [
            {
                "plan_run_id": run_id,
                "request_id": request_id,
                "dose_number": dose,
                "home_centre_id": keys.centre_ids[home],
                "slot_id": slot_id,
                "product_id": keys.product_ids[product],
                "schedule_id": keys.schedule_ids[row],
            }
            for request_id, home, slot_id, product, row in zip(*columns, strict=True)
        ]
    return rows


def reasons(solved: Solved) -> dict[int, str]:
    """Request id to the reason's code, for everybody whom the plan leaves out."""
    plan, keys = solved.plan, solved.keys
    out: Ints = np.flatnonzero(plan.schedule == NONE)
    ids, codes = keys.request_ids[out].tolist(), plan.why_unplanned[out].tolist()
    found = {i: WhyUnplanned(code).name.lower() for i, code in zip(ids, codes, strict=True)}
    return found | {i: why.value for i, why in keys.left_out.items()}


def changes(solved: Solved) -> dict[int, tuple[str, float]]:
    """Request id to code and amount of the nearest change, for everybody whom one would have helped."""
    plan = solved.plan
    out: Ints = np.flatnonzero(plan.nearest_change != NearestChange.NONE)
    columns = solved.keys.request_ids[out], plan.nearest_change[out], plan.nearest_amount[out]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {i: (NearestChange(code).name.lower(), amount) for i, code, amount in rows}


def _unplanned(run_id: int, solved: Solved) -> list[dict[str, Any]]:
    helped = changes(solved)
    rows = []
    for request_id, why in reasons(solved).items():
        change, amount = helped.get(request_id, ("", 0.0))
        told = {"reason": why, "change": change, "amount": amount}
        rows.append({"plan_run_id": run_id, "request_id": request_id, **told})
    return rows


def summary_of(solved: Solved) -> dict[str, Any]:
    """The figures of a plan, for pages; nothing personal, no infinity (JSON has none)."""
    plan, keys = solved.plan, solved.keys
    planned = int((plan.schedule != NONE).sum())
    bound = plan.bound if math.isfinite(plan.bound) else None
    return {
        "status": plan.status.value,
        "engine": plan.engine,
        "score": round(plan.score, 3),
        "bound": None if bound is None else round(bound, 3),
        "gap": None if bound is None else round(plan.gap, 6),
        "seconds": round(plan.seconds.get("total", 0.0), 2),
        "phases": {name: round(seconds, 2) for name, seconds in plan.seconds.items()},
        "terms": {name: round(value, 3) for name, value in plan.terms.items()},
        "person_points": person_points(solved.problem),
        "requests": len(plan.schedule) + len(keys.left_out),
        "planned": planned,
        "unplanned": len(plan.schedule) - planned + len(keys.left_out),
        "doses": int((plan.first_slot != NONE).sum() + (plan.second_slot != NONE).sum()),
        "why": dict(Counter(reasons(solved).values())),
        "short": [list(shelf) for shelf in keys.short],
        "notes": list(plan.notes),
        "peak_memory_mb": round(plan.peak_memory_mb, 1),
    }
