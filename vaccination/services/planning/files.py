"""Planning folders as zip files: the region's problem to take away, and a plan made elsewhere to bring back.

A plan from outside is judged by our own rules against the region as it stands now; what is claimed of it (its
score, its bound) is not believed.
"""

import io
import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from solver.checks import broken_rules
from solver.contract import NONE, Plan, PlanStatus, Problem, WhyUnplanned
from solver.files.cells import FolderFault, FolderRefused
from solver.files.folder import Keys as Names
from solver.files.folder import read_problem
from solver.files.folder_export import write_problem
from solver.files.folder_out import read_plan
from solver.objective import terms_of
from vaccination.errors import Invalid
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.programmes import Programme
from vaccination.services.planning.folder import names_of
from vaccination.services.planning.problem import NoSuchProgramme, Scope, load_scope
from vaccination.services.planning.runs import (
    PlanIsLive,
    RequestPlan,
    Solved,
    claim_run,
    keep_proposals,
    request_plan,
)

PROBLEM_FILES = (
    "policy.json", "schedules.csv", "products.csv", "centres.csv", "sessions.csv", "stock.csv",
    "requests.csv",
)  # fmt: skip
_KNOWN = {*PROBLEM_FILES, "appointments.csv", "plan.csv", "summary.json"}
MOST_BYTES_UNPACKED = 512 * 1024 * 1024
NOT_IN_THE_FILE = "not_in_the_file"
_LEFT_OUT = WhyUnplanned.LOWER_PRIORITY


@dataclass(frozen=True, slots=True)
class FileFault:
    """One reason to refuse a planning folder; line 0 is the file as a whole."""

    file: str
    line: int
    column: str
    reason: str


class FolderNotTaken(Invalid):
    """The zip holds no planning folder with a plan that fits this region; nothing was changed."""

    code = "folder_not_taken"

    def __init__(self, faults: tuple[FileFault, ...]) -> None:
        super().__init__(f"{len(faults)} faults", faults=faults)
        self.faults = faults


class PlanBreaksRules(Invalid):
    """The plan breaks rules of this region as it stands now; `detail['rules']` counts them by rule."""

    code = "plan_breaks_rules"


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a folder is about: its first day, its days, and where it was unpacked."""

    folder: Path
    starts_on: date
    days: int


def problem_zip(problem: Problem, names: Names) -> bytes:
    """The planning folder of a problem."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_problem(folder, problem, names)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return packed.getvalue()


@contextmanager
def unpacked(content: bytes) -> Iterator[Asked]:
    """Unpack a planning folder with a plan, refusing every file that breaks the format."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        _unpack(content, folder)
        try:
            problem, names = read_problem(folder)
        except FolderRefused as refusal:
            raise FolderNotTaken(_faults(refusal)) from None
        yield Asked(folder, names.start, problem.policy.days)


def judge(session: Session, asked: Asked, *, now: datetime) -> Solved:
    """The folder's plan on our own region as it stands now. Raises FolderNotTaken or PlanBreaksRules."""
    programme_id, lottery = _active(session)
    scope = Scope(programme_id, asked.starts_on, asked.days, lottery)
    problem, keys = load_scope(session, scope, now=now)
    try:
        chosen, first, second = read_plan(asked.folder, problem, names_of(session, keys))
    except FolderRefused as refusal:
        raise FolderNotTaken(_faults(refusal)) from None
    why = np.where(chosen == NONE, _LEFT_OUT, WhyUnplanned.PLANNED)
    terms = terms_of(problem, chosen, first, second)
    plan = Plan(
        chosen, first, second, why, terms, sum(terms.values()), math.inf, PlanStatus.FEASIBLE, "imported"
    )
    if breaches := broken_rules(problem, plan):
        raise PlanBreaksRules(rules={breach.rule: breach.count for breach in breaches})
    return Solved(problem, keys, plan)


def keep_imported(
    session: Session, asked: Asked, solved: Solved, *, now: datetime, user_id: int | None = None
) -> int:
    """Keep a judged plan as a proposal of a run of its own; returns the run's id."""
    programme_id, _ = _active(session)
    command = RequestPlan(programme_id, asked.starts_on, asked.days, seconds=1)
    run_id = request_plan(session, command, now=now, user_id=user_id)
    claim = claim_run(session, run_id, now=now)
    if claim is None:
        raise PlanIsLive
    keep_proposals(session, run_id, claim.attempt, solved, now=now)
    _say_why(session, run_id)
    return run_id


def _say_why(session: Session, run_id: int) -> None:
    """Nobody looked for the reason of those whom the file leaves out; do not pretend otherwise."""
    stand_in = _LEFT_OUT.name.lower()
    session.execute(
        update(Unplanned)
        .where(Unplanned.plan_run_id == run_id, Unplanned.reason == stand_in)
        .values(reason=NOT_IN_THE_FILE)
    )
    run = session.get_one(PlanRun, run_id, populate_existing=True)
    why = dict(run.summary.get("why", {}))
    if stand_in in why:
        why[NOT_IN_THE_FILE] = why.pop(stand_in)
    run.summary = run.summary | {"why": why}


def _active(session: Session) -> tuple[int, int]:
    found = session.execute(
        select(Programme.id, Programme.lottery_seed).where(Programme.is_active)
    ).one_or_none()
    if found is None:
        raise NoSuchProgramme
    return found.id, found.lottery_seed


def _unpack(content: bytes, folder: Path) -> None:
    """The known files only, wherever they lie in the zip; a bomb is not unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {PurePosixPath(i.filename).name: i for i in archive.infolist() if not i.is_dir()}
            wanted = {name: members[name] for name in _KNOWN & members.keys()}
            if sum(info.file_size for info in wanted.values()) > MOST_BYTES_UNPACKED:
                raise _refused("", "the files are too large")
            for name, info in wanted.items():
                _copy(archive, info, folder / name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise _refused("", "this is not a zip file that can be read") from None
    missing = [name for name in (*PROBLEM_FILES, "plan.csv") if not (folder / name).exists()]
    if missing:
        raise FolderNotTaken(tuple(FileFault(name, 0, "", "is missing") for name in missing))


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """No more bytes than the zip's table of contents admits to."""
    with archive.open(info) as source, target.open("wb") as out:
        left = info.file_size
        while left > 0 and (piece := source.read(min(left, 1024 * 1024))):
            out.write(piece)
            left -= len(piece)


def _refused(file: str, reason: str) -> FolderNotTaken:
    return FolderNotTaken((FileFault(file, 0, "", reason),))


def _faults(refusal: FolderRefused) -> tuple[FileFault, ...]:
    faults: list[FolderFault] = refusal.faults
    return tuple(FileFault(f.file, f.line, f.column, f.reason) for f in faults[:500])
