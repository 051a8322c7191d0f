"""Planning as jobs: the only place where the store and the solver meet (ADR 0024, 0025, 0026)."""

import logging
from zoneinfo import ZoneInfo

from solver.checks import broken_rules
from solver.contract import Params, ProblemRefused
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.planning import RunStatus
from vaccination.services.planning.folder import names_of
from vaccination.services.planning.runs import (
    Claim,
    PlanIsLive,
    Solved,
    StaleAttempt,
    apply_share,
    claim_run,
    fail_run,
    finish_apply,
    keep_proposals,
    load_problem,
    nightly_plan,
    pending_shares,
    request_plan,
)
from web.jobs.heartbeat import Heartbeat
from web.jobs.plan_archive import archive
from web.jobs.plan_parts import PartFailed, plan_together
from web.jobs.settings import settings
from web.queue import JobName, enqueue

logger = logging.getLogger(__name__)


class PlanRefused(Exception):
    """No plan that may be kept came of it; the text is stored with the run and holds nothing personal."""


def run_plan(run_id: int) -> None:
    """Plan a queued run, once: a second call finds it claimed and leaves."""
    with transaction() as session:
        claim = claim_run(session, run_id, now=now())
    if claim is None:
        return
    with Heartbeat(claim) as heartbeat:
        try:
            solved = _solve(claim, heartbeat)
        except PlanRefused as refused:
            with transaction() as session:
                fail_run(session, claim, str(refused), now=now())
            logger.error("plan run %d failed: %s", run_id, refused)
            return
    try:
        with transaction() as session:
            status = keep_proposals(session, run_id, claim.attempt, solved, now=now())
    except StaleAttempt:
        logger.warning("plan run %d: attempt %d came too late, its plan is dropped", run_id, claim.attempt)
        return
    if status is RunStatus.APPLYING:
        apply_plan(run_id)


def _solve(claim: Claim, heartbeat: Heartbeat) -> Solved:
    """Snapshot, then solve and judge with no connection held."""
    with snapshot() as session:
        problem, keys = load_problem(session, claim.run_id, now=now())
        names = names_of(session, keys)
    params = Params(
        time_limit_s=claim.time_limit_s, seed=claim.lottery_seed, workers=settings().planner_workers
    )
    try:
        plan = plan_together(claim, problem, params, heartbeat)
    except PartFailed as failed:
        raise PlanRefused(str(failed)) from failed
    except ProblemRefused as refused:
        raise PlanRefused(f"problem_refused: {refused}") from refused
    except Exception as failure:  # the rim: whatever it was, the run must say so
        logger.exception("plan run %d: the solver broke", claim.run_id)
        raise PlanRefused(f"planner_error: {type(failure).__name__}") from failure
    archive(settings().files_dir, claim.run_id, problem, names, plan)
    if faults := broken_rules(problem, plan):
        raise PlanRefused("broken_rules: " + ", ".join(f"{fault.rule} ({fault.count})" for fault in faults))
    return Solved(problem, keys, plan)


def apply_plan(run_id: int) -> None:
    """Book an approved run centre by centre; whoever is killed in between is followed by another call."""
    with transaction() as session:
        centre_ids = pending_shares(session, run_id)
    for centre_id in centre_ids:
        with transaction() as session:
            booked = apply_share(session, run_id, centre_id, now=now())
        if booked:
            enqueue(JobName.DELIVER_BATCH)
    with transaction() as session:
        done = finish_apply(session, run_id, now=now())
    if done:
        enqueue(JobName.MAKE_CONFIRMATIONS, run_id)


def nightly(_row_id: int = 0) -> None:
    """Ask for tonight's plan of the active programme, from tomorrow on; one that is under way is enough."""
    chosen = settings()
    today = now().astimezone(ZoneInfo(chosen.timezone)).date()
    try:
        with transaction() as session:
            command = nightly_plan(session, today, chosen.planner_seconds, chosen.apply_nightly_plan)
            if command is None:
                return
            run_id = request_plan(session, command, now=now())
    except PlanIsLive:
        return
    enqueue(JobName.RUN_PLAN, run_id)
