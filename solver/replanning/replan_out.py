"""The answers to a change as files: a plan folder each, what moved, and a table to choose by."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from solver.contract import NONE, Problem
from solver.files.csv_out import Dates, clock, write_rows
from solver.files.folder import Keys
from solver.files.folder_export import write_problem
from solver.files.folder_out import write_plan
from solver.replanning.disturbance import Disturbance, Fate
from solver.replanning.replan import Answer, Replan

ALTERNATIVES = (
    "alternative moved moved_first moved_second same_half_day same_centre other_centre otherwise dropped"
    " newly_planned people least_people score bound seconds"
)
HEAD = ["", "moved", "same half-day", "same centre", "other centre", "otherwise"]
HEAD += ["dropped", "new", "people", "score", "bound", "seconds"]
MOVED = "request dose fate old_centre old_date old_start new_centre new_date new_start days_apart"


def write_replan(
    path: Path, of: Problem, keys: Keys, found: Replan, run: Callable[[], Mapping[str, Any]] = dict
) -> None:
    """`problem` is the problem after the change, with what was promised; each answer's plan is one of it."""
    path.mkdir(parents=True, exist_ok=True)
    write_problem(path / "problem", of, keys)
    for answer in found.answers:
        folder = path / answer.alternative.value
        write_plan(folder, of, keys, answer.plan, run)
        write_rows(folder / "moved.csv", MOVED, moved_rows(of, keys, answer.disturbance))
    write_rows(path / "alternatives.csv", ALTERNATIVES, table_rows(found))


def table_rows(found: Replan) -> Iterator[list[object]]:
    """A line for each alternative, under the names of `ALTERNATIVES`."""
    for answer in found.answers:
        yield [answer.alternative.value, *_counts(answer), found.least, *_figures(answer)]


def _counts(answer: Answer) -> list[int]:
    made = answer.disturbance
    moved = Fate.SAME_HALF_DAY, Fate.SAME_CENTRE, Fate.OTHER_CENTRE
    by_dose = [made.count(*moved, dose=dose) for dose in (1, 2)]
    far = [made.count(fate) for fate in moved]
    return [made.moved, *by_dose, *far, made.otherwise, made.dropped, made.fresh, made.people]


def _figures(answer: Answer) -> list[str]:
    plan = answer.plan
    return [f"{plan.score:.1f}", f"{plan.bound:.1f}", f"{answer.seconds:.1f}"]


def moved_rows(of: Problem, keys: Keys, made: Disturbance) -> Iterator[list[object]]:
    """Every promised appointment that does not stand: where it was, where it is now, and how far that is."""
    p, z, dates = of.promised, of.slots, Dates(keys.start)
    for row in np.flatnonzero(made.fate != Fate.STANDS).tolist():
        promise, slot = int(made.promise[row]), int(made.slot[row])
        day = int(p.day[promise])
        old = keys.centres[p.centre[promise]], dates[day], clock(int(p.minute[promise]))
        new: tuple[object, ...] = ("", "", "", "")
        if slot != NONE:
            now = int(z.day[slot])
            new = keys.centres[z.centre[slot]], dates[now], clock(int(z.minute[slot])), now - day
        fate = Fate(int(made.fate[row])).name.lower()
        yield [keys.requests[made.request[row]], int(made.dose[row]), fate, *old, *new]


def told(found: Replan) -> list[str]:
    """The table for a terminal."""
    lines = [HEAD]
    for answer in found.answers:
        moved, _, _, *counts = map(str, _counts(answer))
        lines.append([answer.alternative.value, moved, *counts, *_figures(answer)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return [*text, f"whatever the plan, at least {found.least} people must be told something new"]
