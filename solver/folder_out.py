"""Plans written beside a planning folder, and read back."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from solver.cells import CsvTable, FolderFault, FolderRefused, day_from, member_of, minute, whole
from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE, Fault, Ints, Plan, PlanStatus, Problem
from solver.folder import Keys
from solver.objective import terms_of

PLAN = "request dose centre product schedule date start"


def write_rows(path: Path, head: str, rows: Iterable[Sequence[Any]]) -> None:
    """One CSV file; `head` names its columns, parted by spaces."""
    with open(path, "w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(head.split())
        out.writerows(rows)


def clock(minutes: int) -> str:
    """HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Dates(dict[int, str]):
    """Day number to ISO date; no date for a range without an end."""

    def __init__(self, start: date) -> None:
        self.start = start
        self[NEVER_BEFORE] = self[NEVER_AFTER] = ""

    def __missing__(self, day: int) -> str:
        self[day] = text = (self.start + timedelta(int(day))).isoformat()
        return text


def write_plan(path: Path, problem: Problem, keys: Keys, plan: Plan) -> None:
    """`plan.csv` and `summary.json` into the folder, which is made where it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    dates, slots, schedules = Dates(keys.start), problem.slots, problem.schedules
    dose_of = ((1, plan.first_slot, schedules.first_product), (2, plan.second_slot, schedules.second_product))

    def rows() -> Iterable[Sequence[Any]]:
        for r in np.flatnonzero(plan.schedule != NONE).tolist():
            s = plan.schedule[r]
            for dose, slot_of, product in dose_of:
                slot = slot_of[r]
                if slot != NONE:
                    where, on = keys.centres[slots.centre[slot]], dates[int(slots.day[slot])]
                    yield (
                        keys.requests[r],
                        dose,
                        where,
                        keys.products[product[s]],
                        keys.schedules[s],
                        on,
                        clock(slots.minute[slot]),
                    )

    write_rows(path / "plan.csv", PLAN, rows())
    (path / "summary.json").write_text(json.dumps(_summary(problem, plan), indent=1) + "\n")


def _summary(problem: Problem, plan: Plan) -> dict[str, Any]:
    codes, counts = np.unique(plan.why_unplanned, return_counts=True)
    return {
        "status": "optimal" if plan.status.value == "optimal" else "feasible",
        "score": plan.score,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": plan.seconds.get("total", 0.0),
        "peak_memory_mb": plan.peak_memory_mb,
        "engine": plan.engine,
        "fallback": plan.status.value == "fallback",
        "requests": len(problem.requests),
        "planned": int((plan.schedule != NONE).sum()),
        "lottery": problem.policy.lottery,
        "terms": dict(plan.terms),
        "phases": dict(plan.seconds),
        "why_unplanned": {int(code): int(n) for code, n in zip(codes, counts, strict=True)},
        "notes": list(plan.notes),
    }


def read_plan(path: Path, problem: Problem, keys: Keys) -> tuple[Ints, Ints, Ints]:
    """Schedule, first slot and second slot of each request, from `plan.csv`. Raises FolderRefused."""
    faults: list[FolderFault] = []
    table = CsvTable.read(path, "plan.csv", PLAN, faults)
    names = {key: row for row, key in enumerate(keys.requests)}
    request = table.parsed("request", member_of(names, "request"), 0)
    dose = table.parsed("dose", whole(1, 2), 1)
    known = {key: row for row, key in enumerate(keys.schedules)}
    schedule = table.parsed("schedule", member_of(known, "schedule"), 0)
    places = {key: row for row, key in enumerate(keys.centres)}
    centre = table.parsed("centre", member_of(places, "centre"), 0)
    day = table.parsed("date", day_from(keys.start), 0)
    start = table.parsed("start", minute, 0)
    slots = problem.slots
    at = dict(
        zip(
            zip(slots.centre.tolist(), slots.day.tolist(), slots.minute.tolist(), strict=True),
            range(len(slots)),
            strict=True,
        )
    )
    chosen = np.full(len(problem.requests), NONE)
    slot_of = np.full((3, len(problem.requests)), NONE)
    products = (None, problem.schedules.first_product, problem.schedules.second_product)
    for row, (r, k, s) in enumerate(zip(request, dose, schedule, strict=True)):
        slot = at.get((centre[row], day[row], start[row]))
        product = products[k][s]  # type: ignore[index]
        if slot is None:
            table.fault_at(row, "start", "there is no such slot")
        elif slot_of[k, r] != NONE or chosen[r] not in (NONE, s):
            table.fault_at(row, "dose", "the request has another row for this dose, or another schedule")
        elif product == NONE or keys.products[product] != table.columns["product"][row]:
            table.fault_at(row, "product", "is not the schedule's")
        else:
            slot_of[k, r], chosen[r] = slot, s
    if faults:
        raise FolderRefused(sorted(faults))
    return chosen, slot_of[1], slot_of[2]


def plan_of_folder(path: Path, problem: Problem, keys: Keys) -> Plan:
    """The folder's plan, with its score worked out and the bound that its summary claims."""
    schedule, first, second = read_plan(path, problem, keys)
    terms = terms_of(problem, schedule, first, second)
    score, bound = sum(terms.values()), np.inf
    if (path / "summary.json").exists():
        stated = json.loads((path / "summary.json").read_text(encoding="utf-8-sig")).get("bound")
        bound = np.inf if stated is None else float(stated)
    unknown = np.zeros(len(schedule), dtype=np.int64)
    return Plan(schedule, first, second, unknown, terms, score, bound, PlanStatus.FEASIBLE, "folder")


def named_faults(faults: list[Fault], keys: Keys) -> list[str]:
    """Faults in words, with the names of the requests whose promises they are about."""
    return [
        f"{f.table} {keys.promised[f.row] if f.table == 'promised' else f.row}: {f.column}: {f.words}"
        for f in faults
    ]
