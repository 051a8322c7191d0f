"""A run's problem planned in parts, by as many planners as listen (ADR 0039).

The run's own planner takes the problem apart, rings for the parts, and works on them like everybody else
until none is left, so one worker alone ends as well. It holds no connection while it waits.
"""

import logging
import math
import shutil
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from solver.contract import Params, Plan, Problem, ProblemRefused, Progress
from solver.faults import validated
from solver.parts import Part, join, split
from solver.portable import NotPortable, plan_from_bytes, plan_to_bytes, problem_from_bytes, problem_to_bytes
from solver.solve import solve
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import PartStatus
from vaccination.services.planning.parts import (
    NewPart,
    PartClaim,
    PartState,
    add_parts,
    claim_part,
    fail_part,
    keep_part,
    note_part,
    parts_of,
    release_part,
    reopen_part,
    requeue_silent_parts,
)
from vaccination.services.planning.runs import Claim, note_alive
from web.jobs.heartbeat import Heartbeat
from web.jobs.settings import settings
from web.queue import JobName, QueueName, enqueue, listeners

logger = logging.getLogger(__name__)

FOLDER = Path("plans/parts")
"""Within the folder of files that all workers see; problems and plans here are numbers, without names."""
LOOKS_EVERY_S = 0.5
GRACE_S = 5.0
"""So long other planners may take to answer the bell; then the run's own counts on solving what is left."""
SILENT_FOR_S = 30.0
LATE_S = 60.0
"""So long after the time limit a part's planner is not waited for any more, whatever it says."""


class PartFailed(Exception):
    """A part has no plan that may be kept, and so the run has none; the text holds nothing personal."""


def plan_together(claim: Claim, problem: Problem, params: Params, heartbeat: Heartbeat) -> Plan:
    """The plan of the whole: in parts where there are several and others to share them with, else at once."""
    started, planners = now(), listeners(QueueName.PLANNING)
    parts = split(validated(problem), planners) if planners > 1 else []
    if len(parts) < 2:
        return solve(problem, params, heartbeat.hear)
    together = _Together(claim, parts, heartbeat, started)
    try:
        return join(problem, parts, together.run())
    finally:
        shutil.rmtree(_path(together.folder), ignore_errors=True)


def run_part(part_id: int) -> None:
    """Solve a queued part, once: a second call finds it claimed, or its run over, and leaves."""
    with transaction() as session:
        claim = claim_part(session, part_id, now=now())
    if claim is not None:
        _solve_part(claim, (claim.solve_until - now()).total_seconds())


def _solve_part(claim: PartClaim, seconds: float) -> None:
    """Read, solve and keep a claimed part, with signs of life and no connection held."""
    params = Params(
        time_limit_s=max(1.0, seconds), seed=claim.lottery_seed, workers=settings().planner_workers
    )
    with Heartbeat(claim, note_part):
        try:
            problem = problem_from_bytes(_path(claim.problem_file).read_bytes())
            _write(claim.plan_file, plan_to_bytes(solve(problem, params)))
        except FileNotFoundError:
            logger.warning("part %d: this planner sees no %s", claim.part_id, claim.problem_file)
            with transaction() as session:
                release_part(session, claim)
            return
        except Exception as failure:  # the rim: whatever it was, the part must say so
            with transaction() as session:
                fail_part(session, claim, _words(claim, failure), now=now())
            return
    with transaction() as session:
        if not keep_part(session, claim, now=now()):
            logger.warning("part %d: turn %d came too late, its plan is dropped", claim.part_id, claim.turn)


def _words(claim: PartClaim, failure: Exception) -> str:
    if isinstance(failure, ProblemRefused):
        return f"problem_refused: {failure}"
    logger.error("part %d: the solver broke", claim.part_id, exc_info=failure)
    return f"planner_error: {type(failure).__name__}"


def _path(name: str) -> Path:
    return settings().files_dir / name


def _write(name: str, content: bytes) -> None:
    """The file appears whole or not at all."""
    target = _path(name)
    unfinished = target.with_suffix(f"{target.suffix}.new")
    unfinished.write_bytes(content)
    unfinished.replace(target)


@dataclass
class _Together:
    """One attempt at planning in parts, seen from the run's own planner."""

    claim: Claim
    parts: list[Part]
    heartbeat: Heartbeat
    started: datetime
    plans: dict[int, Plan] = field(default_factory=dict)
    """What has been solved, by the number of the part."""

    @property
    def folder(self) -> str:
        """The folder of this attempt; an earlier one's planner may still write into its own."""
        return f"{FOLDER}/run-{self.claim.run_id}-{self.claim.attempt}"

    @property
    def solve_until(self) -> datetime:
        return self.started + timedelta(seconds=self.claim.time_limit_s)

    def run(self) -> list[Plan]:
        """Share the parts, work on what nobody takes, and hand back all plans in the parts' order."""
        self._share()
        while len(self.plans) < len(self.parts):
            waiting = [part for part in self._look() if part.status is PartStatus.QUEUED]
            # Who begins with everything to itself gives each part little time: others may still answer.
            if len(waiting) == 1 or (waiting and now() - self.started > timedelta(seconds=GRACE_S)):
                self._solve_one_of(waiting)
            elif len(self.plans) < len(self.parts):
                time.sleep(LOOKS_EVERY_S)
        return [self.plans[number] for number in range(len(self.parts))]

    def _share(self) -> None:
        """Write the problems, then the rows, then ring."""
        _path(self.folder).mkdir(parents=True, exist_ok=True)
        fresh = []
        for number, part in enumerate(self.parts):
            name = f"{self.folder}/{number}.problem"
            _write(name, problem_to_bytes(part.problem))
            fresh.append(NewPart(len(part.requests), name))
        with transaction() as session:
            part_ids = add_parts(session, self.claim, fresh, self.solve_until)
        for part_id in part_ids:
            enqueue(JobName.RUN_PLAN_PART, part_id)

    def _look(self) -> list[PartState]:
        """How far all parts are. Plans that are new are read, and planners that died are given up."""
        late = now() > self.solve_until + timedelta(seconds=LATE_S)
        heard_before = now() - timedelta(seconds=0 if late else SILENT_FOR_S)
        with transaction() as session:
            if not note_alive(session, self.claim, now=now()):
                raise PartFailed("the run was called off or taken over")
            requeue_silent_parts(session, self.claim, heard_before=heard_before)
            states = parts_of(session, self.claim)
        for state in states:
            if state.status is PartStatus.FAILED:
                raise PartFailed(f"{state.failure} (part {state.number + 1} of {len(states)})")
            if state.status is PartStatus.DONE and state.number not in self.plans:
                self._collect(state)
        return states

    def _collect(self, state: PartState) -> None:
        try:
            self.plans[state.number] = plan_from_bytes(_path(state.plan_file).read_bytes())
        except (FileNotFoundError, NotPortable) as unreadable:
            logger.warning("part %d has no plan here (%s)", state.part_id, type(unreadable).__name__)
            with transaction() as session:
                reopen_part(session, state.part_id)
            return
        done = self.plans.values() if len(self.plans) == len(self.parts) else []
        score, bound = (math.fsum(plan.score for plan in done), math.fsum(plan.bound for plan in done))
        seconds = (now() - self.started).total_seconds()
        known = (score, bound) if done else (-math.inf, math.inf)
        self.heartbeat.hear(Progress("parts", *known, seconds))

    def _solve_one_of(self, waiting: list[PartState]) -> None:
        """The largest part, in its share of the time that is left for all that nobody has taken."""
        chosen, all_requests = waiting[0], sum(part.requests for part in waiting)
        with transaction() as session:
            claim = claim_part(session, chosen.part_id, now=now())
        if claim is not None:
            left = (self.solve_until - now()).total_seconds()
            _solve_part(claim, left * chosen.requests / max(all_requests, 1))
