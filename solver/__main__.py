"""The planner without the application: python -m solver solve|baseline|check|replan PROBLEM_DIR … or warm"""

import argparse
import resource
import sys
import time
from pathlib import Path

from solver.checks import broken_rules
from solver.contract import NONE, Params, Plan, Problem, ProblemRefused, Progress, WhyUnplanned
from solver.files.cells import FolderRefused, listed
from solver.files.folder import Keys, read_problem
from solver.files.folder_out import named_faults, plan_of_folder, write_plan
from solver.replanning.replan_arguments import add_arguments

DONE, BROKEN, REFUSED = 0, 1, 2
"""Exit codes: all is well; the plan breaks a rule; the folder or the problem was refused."""


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code."""
    options = _parser().parse_args(arguments)
    options.watch = _Watch()
    if "problem" not in options:
        return int(options.run())
    try:
        problem, keys = read_problem(options.problem)
        options.keys = keys
        options.watch.lap("read")
        return int(options.run(problem, keys, options))
    except FolderRefused as refusal:
        print(f"refused: {refusal.count} fault(s)\n{refusal}", file=sys.stderr)
    except ProblemRefused as refusal:
        named = named_faults(refusal.faults, options.keys)
        print(f"refused: {len(named)} fault(s)\n{listed(named, len(named))}", file=sys.stderr)
    return REFUSED


class _Watch:
    """Wall time of what is done around the engine, by name."""

    def __init__(self) -> None:
        self.began = self._last = time.monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """What was done since the last word took so long."""
        now = time.monotonic()
        self.laps[name], self._last = now - self._last, now


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="solve|baseline|check|replan|warm")
    for name, run in (("solve", _solve), ("baseline", _baseline)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("problem", type=Path, metavar="PROBLEM_DIR")
        _add_limits(command)
    command = commands.add_parser("check", help="judge a plan, or only the problem where no plan is named")
    command.set_defaults(run=_check)
    command.add_argument("problem", type=Path, metavar="PROBLEM_DIR")
    command.add_argument("plan", type=Path, nargs="?", metavar="PLAN_DIR")
    command = commands.add_parser("replan", help="answer a change after a plan was published")
    command.set_defaults(run=_replan)
    add_arguments(command)
    _add_limits(command)
    commands.add_parser("warm", help="compile ahead what is compiled; quick once that is done").set_defaults(
        run=_warm
    )
    return parser


def _add_limits(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, required=True, metavar="OUT_DIR")
    command.add_argument("--seconds", type=float, default=60.0)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--workers", type=int, default=1)
    command.add_argument("--memory-mb", type=int, default=4096)
    command.add_argument("--quiet", action="store_true")


def _params(options: argparse.Namespace) -> Params:
    return Params(options.seconds, options.seed, options.workers, options.memory_mb)


def _tell(progress: Progress) -> None:
    print(
        f"{progress.seconds:8.1f} s  {progress.phase:<12} score {progress.score:16,.1f}"
        f"  bound {progress.bound:16,.1f}",
        flush=True,
    )


def _solve(problem: Problem, keys: Keys, options: argparse.Namespace) -> int:
    # The engine takes a second to load, which `check` need not pay.
    from solver.solve import solve

    return _keep(problem, keys, solve(problem, _params(options), None if options.quiet else _tell), options)


def _baseline(problem: Problem, keys: Keys, options: argparse.Namespace) -> int:
    from solver.solve import baseline

    return _keep(problem, keys, baseline(problem, _params(options)), options)


def _keep(problem: Problem, keys: Keys, plan: Plan, options: argparse.Namespace) -> int:
    """Judge, write and describe a plan. A broken one is not written."""
    options.watch.lap("plan")
    if not _judge(problem, plan):
        return BROKEN
    options.watch.lap("judge")
    write_plan(options.out, problem, keys, plan, lambda: _run(plan, options))
    planned = int((plan.schedule != NONE).sum())
    print(f"{plan.status.value} by {plan.engine} in {plan.seconds['total']:.1f} s: {options.out}")
    print(f"planned  {planned} of {len(problem.requests)} requests")
    print(f"score    {plan.score:,.1f}   bound {plan.bound:,.1f}   gap {plan.gap:.3%}")
    print("terms    " + "   ".join(f"{name} {value:,.1f}" for name, value in plan.terms.items()))
    for reason in WhyUnplanned:
        many = int((plan.why_unplanned == reason).sum())
        if many and reason is not WhyUnplanned.PLANNED:
            print(f"not planned  {many:7d}  {reason.name.lower().replace('_', ' ')}")
    for note in plan.notes:
        print(f"note     {note}")
    return DONE


def _run(plan: Plan, options: argparse.Namespace) -> dict[str, object]:
    """What the summary says of this run beyond the plan: seconds and memory of all that was done."""
    watch: _Watch = options.watch
    watch.lap("write")
    around = {name: watch.laps[name] for name in ("read", "judge", "write")}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": time.monotonic() - watch.began,
        "peak_memory_mb": max(memory, plan.peak_memory_mb),
        "phases": {**plan.seconds, **around},
        "seed": options.seed,
        "workers": options.workers,
        "time_limit_s": options.seconds,
    }


def _judge(problem: Problem, plan: Plan) -> bool:
    breaches = broken_rules(problem, plan)
    for breach in breaches:
        print(f"broken: {breach.rule} ({breach.count}), {breach.table} {breach.rows[:5]}", file=sys.stderr)
    return not breaches


def _replan(problem: Problem, keys: Keys, options: argparse.Namespace) -> int:
    from solver.replanning.replan_command import answer

    limits = _params(options)
    return DONE if answer(problem, keys, options, (limits, None if options.quiet else _tell)) else BROKEN


def _warm() -> int:
    from solver.warm import warm

    print("The planner's loops are compiled once for each version: about a minute", flush=True)
    done = warm()
    where = f"kept in {done.kept_in}" if done.kept_in else "kept nowhere: no folder for it can be written to"
    print(f"loops ready in {done.seconds:.1f} s, {where}")
    return DONE


def _check(problem: Problem, keys: Keys, options: argparse.Namespace) -> int:
    q = problem.requests
    print(f"{len(q)} requests, {len(problem.centres)} centres, {len(problem.slots)} slots: no fault")
    if options.plan is None:
        return DONE
    plan = plan_of_folder(options.plan, problem, keys)
    if not _judge(problem, plan):
        return BROKEN
    print(f"planned {int((plan.schedule != NONE).sum())}, score {plan.score:,.1f}: every rule holds")
    for note in plan.notes:
        print(f"note    {note}")
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
