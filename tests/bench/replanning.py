"""`python -m tests.bench.replanning [SIZE]`: a published campaign loses one delivery in ten.

Each alternative runs in a fresh process, as anybody would run it, reading and writing included. Results go to
docs/benchmarks/replanning.json. This module stays free of large imports: Linux counts the memory of whoever
starts a process as that process's own.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import machine
from tests.bench.planner import task_of

_ROOT = Path(__file__).resolve().parents[2]
_RESULTS = _ROOT / "docs/benchmarks/replanning.json"
_SEED = 5
_LOST_ONE_IN = 10
_ALTERNATIVES = ("repair", "balanced", "afresh")


def main(arguments: list[str]) -> None:
    """Measure one size and keep the result; a problem and its plan that are there already may be named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replanning", description=__doc__)
    parser.add_argument("size", type=int, nargs="?", default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1, help="which deliveries are lost")
    parser.add_argument("--problem", type=Path)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--alternatives", default=",".join(_ALTERNATIVES))
    options = parser.parse_args(arguments)
    found = {"requests": options.size, "machine": machine(("ortools", "numpy", "numba"))}
    with tempfile.TemporaryDirectory() as name:
        problem, plan = options.problem or Path(name) / "problem", options.plan or Path(name) / "plan"
        if options.problem is None:
            drawn = ("folder", str(problem), "--requests", str(options.size), "--seed", str(_SEED))
            _run("seeds", *drawn)
        if options.plan is None:
            _run("solver", "solve", str(problem), "--out", str(plan), *_limits(options))
        changes = Path(name) / "changes.json"
        found["lots"] = lose_deliveries(problem, changes, options.seed)
        asked = ("replan", str(problem), str(plan), "--change", str(changes), *_limits(options))
        found["alternatives"] = [
            _measure(asked, one, Path(name) / one) for one in options.alternatives.split(",")
        ]
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n".join(lines(found)))


def _limits(options: argparse.Namespace) -> tuple[str, ...]:
    task = task_of(options.size, options.workers)
    return "--seconds", str(task.limit_s), "--workers", str(task.workers), "--quiet"


def lose_deliveries(problem: Path, changes: Path, seed: int) -> list[str]:
    """Write the change that one delivery in ten is lost; what is lost, by name."""
    with open(problem / "stock.csv", newline="", encoding="utf-8") as stream:
        stock = list(csv.DictReader(stream))
    lost = random.Random(seed).sample(stock, len(stock) // _LOST_ONE_IN)
    entries = [
        {"change": "cut_delivery", "lots": [row["lot"]], "centre": row["centre"], "product": row["product"]}
        for row in lost
    ]
    changes.write_text(json.dumps({"changes": entries}), encoding="utf-8")
    return [f"{row['centre']} {row['lot']}: {row['doses']}" for row in lost]


def _measure(asked: tuple[str, ...], alternative: str, out: Path) -> dict[str, Any]:
    """The alternative's line of the table, with the seconds and the memory of the whole process."""
    began = time.monotonic()
    command = (*asked, "--out", str(out), "--alternatives", alternative)
    process = subprocess.Popen([sys.executable, "-m", "solver", *command], cwd=_ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    with open(out / "alternatives.csv", newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    seconds = round(time.monotonic() - began, 1)
    return row | {"process_seconds": seconds, "peak_memory_mb": round(usage.ru_maxrss / 1024)}


def _run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", *command], cwd=_ROOT, check=True)


def lines(found: dict[str, Any]) -> list[str]:
    """The measurement in words."""
    told = [f"{found['requests']:,} requests, {len(found['lots'])} lots lost"]
    for row in found["alternatives"]:
        least, people = int(row["least_people"]), int(row["people"])
        touched = int(row["moved"]) + int(row["dropped"])
        told.append(
            f"{row['alternative']:<9} moved {row['moved']:>7}  dropped {row['dropped']:>7}"
            f"  people {people:>7}, least {least} ({people / max(1, least) - 1:+.1%})"
            f"  moved and dropped {touched / max(1, least) - 1:+.1%}  score {float(row['score']):,.0f}"
            f"  {row['process_seconds']} s  {row['peak_memory_mb']} MB"
        )
    return told


if __name__ == "__main__":
    main(sys.argv[1:])
