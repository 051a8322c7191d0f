"""Plans written beside a planning folder, and read back."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from solver.contract import NONE, Fault, Ints, Plan, PlanStatus, Problem, WhyUnplanned
from solver.files.cells import Faults, FolderRefused, Names, day_from, member_of, minute, whole
from solver.files.csv_out import write_rows
from solver.files.csv_table import CsvTable
from solver.files.folder import Keys
from solver.files.json_file import is_number, read_object
from solver.files.plan_rows import PLAN, PRICES, UNPLANNED, plan_lines, price_rows, unplanned_rows
from solver.files.reasons import code_of
from solver.objective import terms_of
from solver.pins import slot_rows

SUMMARY = "summary.json"


def write_plan(
    path: Path, problem: Problem, keys: Keys, plan: Plan, run: Callable[[], Mapping[str, Any]] = dict
) -> None:
    """The plan's files into the folder, which is made where it is not there.

    `run` is asked last of all what the summary shall say of the run beyond the plan. Where the summary is,
    the rest is too.
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / SUMMARY).unlink(missing_ok=True)
    with open(path / "plan.csv", "w", newline="", encoding="utf-8") as stream:
        stream.write(PLAN.replace(" ", ",") + "\n")
        stream.writelines(plan_lines(problem, keys, plan))
    write_rows(path / "unplanned.csv", UNPLANNED, unplanned_rows(keys, plan))
    (path / "prices.csv").unlink(missing_ok=True)
    if plan.prices is not None:
        write_rows(path / "prices.csv", PRICES, price_rows(keys, plan.prices))
    summary = json.dumps(_summary(problem, plan) | dict(run()), indent=1)
    (path / SUMMARY).write_text(summary + "\n", encoding="utf-8")


def _summary(problem: Problem, plan: Plan) -> dict[str, Any]:
    proven = math.isfinite(plan.bound)
    return {
        "status": "optimal" if plan.status is PlanStatus.OPTIMAL else "feasible",
        "score": plan.score,
        # JSON knows no infinity.
        "bound": plan.bound if proven else None,
        "gap": plan.gap if proven else None,
        "seconds": plan.seconds.get("total", 0.0),
        "peak_memory_mb": plan.peak_memory_mb,
        "engine": plan.engine,
        "fallback": plan.status is PlanStatus.FALLBACK,
        "requests": len(problem.requests),
        "planned": int((plan.schedule != NONE).sum()),
        "lottery": problem.policy.lottery,
        "terms": dict(plan.terms),
        "phases": dict(plan.seconds),
        "why_unplanned": _counted(plan),
        "notes": list(plan.notes),
    }


def _counted(plan: Plan) -> dict[str, int]:
    """How many are left out for each reason."""
    why = plan.why_unplanned[plan.schedule == NONE]
    counts = {code_of(reason): int((why == reason).sum()) for reason in WhyUnplanned}
    del counts[code_of(WhyUnplanned.PLANNED)]
    return {code: many for code, many in counts.items() if many}


def read_plan(path: Path, problem: Problem, keys: Keys) -> tuple[Ints, Ints, Ints]:
    """Schedule, first slot and second slot of each request, from `plan.csv`. Raises FolderRefused."""
    faults = Faults()
    table = CsvTable.read(path, "plan.csv", PLAN, faults)

    def rows_of(column: str, names: list[str]) -> Ints:
        known = Names(zip(names, range(len(names)), strict=True))
        return np.asarray(table.parsed(column, member_of(known, column), 0), dtype=np.int64)

    request = rows_of("request", keys.requests)
    schedule = rows_of("schedule", keys.schedules)
    centre, product = rows_of("centre", keys.centres), rows_of("product", keys.products)
    dose = table.parsed("dose", whole(1, 2), 1).astype(np.int64)
    day = table.parsed("date", day_from(keys.start), 0).astype(np.int64)
    slot = slot_rows(problem, centre, day, table.parsed("start", minute, 0).astype(np.int64))
    bad = table.spoilt.copy()
    table.faults_at(np.flatnonzero((slot == NONE) & ~bad), "start", "there is no such slot")
    again = "the request has another row for this dose, or another schedule"
    table.faults_at(np.flatnonzero(_again(request, dose, schedule) & ~bad), "dose", again)
    s = problem.schedules
    if len(table) and len(s):
        foreign = product != np.where(dose == 1, s.first_product[schedule], s.second_product[schedule])
        table.faults_at(np.flatnonzero(foreign & ~bad), "product", "is not the schedule's")
    if len(faults):
        raise FolderRefused(faults)
    chosen = np.full(len(problem.requests), NONE)
    slot_of = np.full((3, len(problem.requests)), NONE)
    chosen[request], slot_of[dose, request] = schedule, slot
    return chosen, slot_of[1], slot_of[2]


def _again(request: Ints, dose: Ints, schedule: Ints) -> Ints:
    """Rows whose request has an earlier row with the same dose or with another schedule."""
    _, first = np.unique(request * 2 + dose, return_index=True)
    again = np.ones(len(request), dtype=np.bool_)
    again[first] = False
    _, head, whose = np.unique(request, return_index=True, return_inverse=True)
    return np.asarray(again | (schedule[head[whose]] != schedule))


def plan_of_folder(path: Path, problem: Problem, keys: Keys) -> Plan:
    """The folder's plan, with its score worked out and the bound that its summary claims."""
    schedule, first, second = read_plan(path, problem, keys)
    terms = terms_of(problem, schedule, first, second)
    score, claims = sum(terms.values()), _claims(path)
    bound, claimed = claims.get("bound", math.inf), claims.get("score", score)
    slack = 1e-6 * max(1.0, abs(score))
    notes = () if abs(claimed - score) <= slack else (f"the summary claims a score of {claimed:,.1f}",)
    unknown = np.zeros(len(schedule), dtype=np.int64)
    return Plan(schedule, first, second, unknown, terms, score, bound, PlanStatus.FEASIBLE, "folder", notes)


def _claims(path: Path) -> dict[str, float]:
    """Score and bound of `summary.json`, where it is there and states them. Raises FolderRefused."""
    faults, claims = Faults(), {}
    if not (path / SUMMARY).exists():
        return {}
    stated = read_object(path / SUMMARY, lambda key, reason: faults.add(SUMMARY, 0, key, reason)) or {}
    for key in ("score", "bound"):
        value: Any = stated.get(key)
        if is_number(value, -1e300, 1e300):
            claims[key] = float(value)
        elif value is not None:
            faults.add(SUMMARY, 0, key, "is not a number")
    if len(faults):
        raise FolderRefused(faults)
    return claims


def named_faults(faults: list[Fault], keys: Keys) -> list[str]:
    """Faults in words, with the names of the requests whose promises they are about."""
    return [
        f"{f.table} {keys.promised[f.row] if f.table == 'promised' else f.row}: {f.column}: {f.words}"
        for f in faults
    ]
