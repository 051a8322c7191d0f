"""`python -m solver replan`: from a folder, its published plan and a change to plans to choose from."""

import argparse
import resource
import sys
import time

from solver.changes import changed, published
from solver.checks import broken_rules
from solver.contract import OnProgress, Params, Problem
from solver.folder import Keys
from solver.folder_changes import keys_of_changed, read_changes
from solver.folder_out import plan_of_folder
from solver.replan import released, replan
from solver.replan_out import told, write_replan

Limits = tuple[Params, OnProgress | None]


def answer(problem: Problem, keys: Keys, options: argparse.Namespace, limits: Limits) -> bool:
    """Plan, judge and write the alternatives; False where the published plan itself breaks a rule."""
    began = time.monotonic()
    plan = plan_of_folder(options.plan, problem, keys)
    changes = read_changes(options.change, problem, keys)
    for breach in broken_rules(problem, plan):
        print(f"broken: {breach.rule} ({breach.count}), {breach.table} {breach.rows[:5]}", file=sys.stderr)
        return False
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
