"""What-ifs as jobs: an archived problem, changed a little, solved again with the run's own seed and time."""

import logging
from shutil import ReadError

from solver.checks import broken_rules
from solver.contract import Params, Plan, Problem, ProblemRefused
from solver.files.cells import FolderRefused
from solver.solve import solve
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.services.planning.changes import NothingToChange
from vaccination.services.planning.what_if import (
    WhatIfClaim,
    changed_problem,
    claim_what_if,
    fail_what_if,
    keep_what_if,
    note_what_if,
)
from web.jobs.heartbeat import Heartbeat
from web.jobs.plan_archive import archived_problem
from web.jobs.settings import settings

logger = logging.getLogger(__name__)


class NoAnswer(Exception):
    """The change cannot be tried; the text is a code which the page puts into words."""


def run_what_if(what_if_id: int) -> None:
    """Answer a queued what-if, once: a second call finds it claimed and leaves."""
    with transaction() as session:
        claim = claim_what_if(session, what_if_id, now=now())
    if claim is None:
        return
    with Heartbeat(claim, note_what_if) as heartbeat:
        try:
            problem, changed = _problem(claim)
            plan = _solve(claim, problem, heartbeat)
        except NoAnswer as failure:
            with transaction() as session:
                fail_what_if(session, claim, str(failure), now=now())
            logger.warning("what-if %d: %s", what_if_id, failure)
            return
    with transaction() as session:
        if not keep_what_if(session, claim, changed, plan, now=now()):
            logger.warning("what-if %d: attempt %d came too late", what_if_id, claim.attempt)


def _problem(claim: WhatIfClaim) -> tuple[Problem, int]:
    try:
        problem, names = archived_problem(settings().files_dir, claim.run_id)
        with snapshot() as session:
            return changed_problem(session, claim, problem, names)
    except (FileNotFoundError, ReadError, FolderRefused):
        raise NoAnswer("no_such_archive") from None
    except NothingToChange:
        raise NoAnswer("nothing_to_change") from None


def _solve(claim: WhatIfClaim, problem: Problem, heartbeat: Heartbeat) -> Plan:
    """With no connection held. The plan is judged, for a broken one would prove nothing."""
    params = Params(
        time_limit_s=claim.time_limit_s, seed=claim.lottery_seed, workers=settings().planner_workers
    )
    try:
        plan = solve(problem, params, heartbeat.hear)
    except ProblemRefused:
        raise NoAnswer("promised_already") from None
    except Exception as failure:  # the rim: whatever it was, the page must say so
        logger.exception("what-if %d: the solver broke", claim.what_if_id)
        raise NoAnswer("planner_error") from failure
    if broken_rules(problem, plan):
        raise NoAnswer("broken_rules")
    return plan
