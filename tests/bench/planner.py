"""`python -m tests.bench.planner SIZE…`: campaigns planned as anybody would, each in a fresh process.

Results replace those of the same size in docs/benchmarks/planner.json; the picture and the page follow. This
module stays free of large imports: Linux counts the memory of whoever starts a process as that process's own.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.bench import page
from tests.bench.curves import draw_curves
from tests.bench.figures import machine

_ROOT = Path(__file__).resolve().parents[2]
_RESULTS = _ROOT / "docs/benchmarks/planner.json"
_PICTURE = _ROOT / "docs/pictures/planner-curves.svg"
_SEED = 5  # few centres of this seed stand well apart: most people reach one or two of them
_ENGINE = ("ortools", "numpy", "numba")
_YARDSTICK_S = 3600.0  # a yardstick that is cut short measures nothing
_REPORTED = re.compile(r"\s*[\d.]+ s\s+\S.*?\s+score\s+(\S+)\s+bound\s+(\S+)\s*$")

Entry: TypeAlias = dict[str, Any]
Point: TypeAlias = tuple[float, float | None, float | None]
"""Seconds since the process began, score, bound; None while there is none."""


@dataclass(frozen=True, slots=True)
class Task:
    """One size, with what the planner is allowed."""

    requests: int
    limit_s: float
    memory_mb: int = 4096
    workers: int = 1


_TASKS = (Task(2000, 20), Task(20_000, 60), Task(100_000, 120), Task(1_000_000, 600, 6144))
USUAL = tuple(task.requests for task in _TASKS[:-1])
"""The sizes that are measured unless others are asked for: the largest alone takes a quarter of an hour."""


def main(arguments: list[str]) -> None:
    """Measure the sizes, then write results, picture and page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.planner", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE", help=f"by default {USUAL}")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args(arguments)
    for requests in options.sizes or USUAL:
        task = task_of(requests, options.workers)
        print(f"planning {requests:,} requests, {task.limit_s:.0f} s", flush=True)
        keep(_RESULTS, measure(task))
    entries = kept(_RESULTS)
    _PICTURE.write_text(draw_curves(entries), encoding="utf-8")
    page.put_section(page.PLANNER, page.planner_lines(entries))
    print("\n".join(page.planner_lines(entries)))


def task_of(requests: int, workers: int) -> Task:
    """A size between the usual ones is allowed what the next larger one is."""
    usual = next((task for task in _TASKS if task.requests >= requests), _TASKS[-1])
    return Task(requests, usual.limit_s, usual.memory_mb, workers)


def measure(task: Task) -> Entry:
    """Draw, plan, and compare with the yardsticks."""
    found = machine(_ENGINE)
    with tempfile.TemporaryDirectory() as folder:
        problem, plan = Path(folder) / "problem", Path(folder) / "plan"
        drawn = ("seeds", "folder", str(problem), "--requests", str(task.requests), "--seed", str(_SEED))
        subprocess.run([sys.executable, "-m", *drawn], cwd=_ROOT, check=True)
        seconds, memory_mb, curve = _solve(task, problem, plan)
        summary = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
        centres = len((problem / "centres.csv").read_text(encoding="utf-8").splitlines()) - 1
        yardsticks = _yardsticks(problem)
    curve.append((seconds, summary["score"], summary["bound"]))
    named = ("status", "engine", "score", "bound", "gap", "planned", "phases", "notes")
    return {
        "requests": task.requests,
        "centres": centres,
        "seed": _SEED,
        "limit_s": task.limit_s,
        "workers": task.workers,
        "seconds": seconds,
        "peak_memory_mb": round(memory_mb, 1),
        **{name: summary[name] for name in named},
        "yardsticks": yardsticks,
        "curve": curve,
        "machine": found,
    }


def _solve(task: Task, problem: Path, plan: Path) -> tuple[float, float, list[Point]]:
    """Seconds from start to files written, peak memory in MB, and what was reported on the way."""
    limits = ("--seconds", str(task.limit_s), "--memory-mb", str(task.memory_mb))
    command = ("solver", "solve", str(problem), "--out", str(plan), "--workers", str(task.workers), *limits)
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    curve: list[Point] = []
    for line in process.stdout:
        point = reported(line, time.monotonic() - began)
        if point and (not curve or curve[-1][1:] != point[1:]):
            curve.append(point)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = round(time.monotonic() - began, 2)
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, usage.ru_maxrss / 1024, curve


def reported(line: str, seconds: float) -> Point | None:
    """A line of the planner's progress as a point of the curve; None for any other line."""
    match = _REPORTED.match(line)
    if match is None:
        return None
    score, bound = (float(text.replace(",", "")) for text in match.groups())
    return round(seconds, 2), _finite(score), _finite(bound)


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None


def _yardsticks(problem: Path) -> dict[str, Entry]:
    command = [sys.executable, "-m", "tests.bench.yardsticks", str(problem), str(_YARDSTICK_S)]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    read: dict[str, Entry] = json.loads(done.stdout)
    return read


def kept(path: Path) -> list[Entry]:
    """What was measured before, the smallest first."""
    entries: list[Entry] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return entries


def keep(path: Path, entry: Entry) -> None:
    """Replace the result of the same size, a line each; written at once, for the next size may take long."""
    entries = [old for old in kept(path) if old["requests"] != entry["requests"]]
    entries = sorted([*entries, entry], key=lambda one: int(one["requests"]))
    path.parent.mkdir(exist_ok=True)
    path.write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
