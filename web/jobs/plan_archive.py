"""Each run's planning folder and plan as one zip, as the solver saw them: to judge, to try, to answer for."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from solver.contract import Plan, Problem
from solver.files.folder import Keys as Names
from solver.files.folder import read_problem
from solver.files.folder_export import write_problem
from solver.files.folder_out import write_plan


def archive_path(files_dir: Path, run_id: int) -> Path:
    """Where a run's zip lies once it was solved."""
    return files_dir / "plans" / f"run-{run_id}.zip"


def archive(files_dir: Path, run_id: int, problem: Problem, names: Names, plan: Plan) -> Path:
    """Write the zip; it appears whole or not at all."""
    target = archive_path(files_dir, run_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as folder:
        inside = Path(folder) / "folder"
        write_problem(inside, problem, names)
        write_plan(inside, problem, names, plan)
        made = shutil.make_archive(str(Path(folder) / "made"), "zip", inside)
        Path(made).replace(target)
    return target


def archived_problem(files_dir: Path, run_id: int) -> tuple[Problem, Names]:
    """What the solver saw; FileNotFoundError where the zip is gone or on another machine."""
    with TemporaryDirectory() as folder:
        shutil.unpack_archive(archive_path(files_dir, run_id), folder)
        return read_problem(Path(folder))
