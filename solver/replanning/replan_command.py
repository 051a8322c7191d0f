"""`python -m solver replan`: from a folder, its published plan and a change to plans to choose from."""

import argparse
import resource
import sys
import time
from dataclasses import replace
from datetime import date

from solver.checks import broken_rules
from solver.contract import OnProgress, Params, Plan, Problem
from solver.files.cells import Faults, FolderRefused
from solver.files.folder import Keys
from solver.files.folder_changes import keys_of_changed, read_changes
from solver.files.folder_out import plan_of_folder
from solver.replanning.changes import changed, published
from solver.replanning.midway import on_day
from solver.replanning.replan import released, replan
from solver.replanning.replan_out import told, write_replan

Limits = tuple[Params, OnProgress | None]


def answer(problem: Problem, keys: Keys, options: argparse.Namespace, limits: Limits) -> bool:
    """Plan, judge and write the alternatives; False where the published plan itself breaks a rule."""
    began = time.monotonic()
    plan = plan_of_folder(options.plan, problem, keys)
    for breach in broken_rules(problem, plan):
        print(f"broken: {breach.rule} ({breach.count}), {breach.table} {breach.rows[:5]}", file=sys.stderr)
        return False
    if options.today is not None:
        problem, plan, keys = _on_day(problem, plan, keys, options.today)
        options.keys = keys
    changes = read_changes(options.change, problem, keys)
    of = changed(published(problem, plan), changes)
    options.keys = named = keys_of_changed(problem, of, keys, changes)
    of, let_go = released(of)
    found = replan(of, options.alternatives, *limits)

    def run() -> dict[str, object]:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"seed": options.seed, "workers": options.workers, "peak_memory_mb": memory}

    write_replan(options.out, of, named, found, run)
    print("\n".join(told(found)))
    if let_go:
        print(f"{let_go} pinned appointments cannot stand any more and were let go")
    print(f"{time.monotonic() - began:.1f} s: {options.out}")
    return True


def _on_day(problem: Problem, plan: Plan, keys: Keys, today: date) -> tuple[Problem, Plan, Keys]:
    """What is left on that day, and its names. Raises FolderRefused where the plan has no such day."""
    day = (today - keys.start).days
    if not 0 <= day < problem.policy.days:
        faults = Faults()
        faults.add("--today", 0, "", f"{today} is not a day of the plan")
        raise FolderRefused(faults)
    left = on_day(problem, plan, day)
    names = [keys.requests[row] for row in left.requests.tolist()]
    promised = [keys.promised[row] for row in left.promised.tolist()]
    return left.problem, left.plan, replace(keys, start=today, requests=names, promised=promised)
