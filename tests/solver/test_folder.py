"""The planning folder: read, refused with every fault, written again."""

import csv
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from solver.__main__ import main
from solver.cells import FolderRefused
from solver.contract import Problem
from solver.folder import REQUESTS, SCHEDULES, read_problem
from solver.folder_export import write_problem

FILES = {
    "schedules.csv": SCHEDULES.replace(" ", ",")
    + """
PF,Pfizer,Pfizer,16,,21,28,49,,
JA,Janssen,,55,,,,,2021-05-12,
""",
    "products.csv": "product,doses_per_vial,colour\nPfizer,6,purple\nJanssen,5,blue\n",
    "centres.csv": """centre,name,lat,lon,wheelchair
A,"Halle, rue du Port",45.0,4.0,1
B,Gymnase,45.1,4.0,0
""",
    "sessions.csv": """centre,date,start,end,slot_minutes,seats
A,2021-05-10,09:00,10:00,20,2
A,2021-05-10,10:00,10:30,10,1
A,2021-06-07,09:00,10:00,20,2
B,2021-05-12,17:00,18:00,30,3
""",
    "stock.csv": """centre,product,lot,doses,available_from,expires_on
A,Pfizer,L1,12,2021-05-10,2021-06-09
B,Janssen,L2,5,2021-05-01,2021-08-01
""",
    "requests.csv": REQUESTS.replace(" ", ",")
    + """
R1,H1,40,1,45.0,4.0,20,,,,,,,111111111111111111111,,0
R2,H1,42,2,45.0,4.0,20,,,,,,,111111111111111111111,,1
R3,,70,2,45.1,4.0,20,,,Janssen,,,,111111111111111111111,2021-05-13|2021-05-11,0
R4,,60,1,45.0,4.0,5,45.04,4.0,Pfizer|Janssen,Pfizer,2021-05-08,,111111111111111111111,,0
""",
    "appointments.csv": """request,dose,centre,product,date,start,pinned
elsewhere,1,A,Pfizer,2021-05-10,10:20,1
""",
    "policy.json": json.dumps(
        {"start": "2021-05-10", "days": 84, "weights": {"1": 16, "2": 8}, "reward": 100, "delay_per_day": 0.5}
        | {"km": 0.2, "interval_per_day": 0.3, "moved": 20, "dropped": 200, "wasted_dose": 1, "lottery": 1}
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "problem"
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def columns(problem: Problem) -> dict[str, object]:
    """Every column of every table, by name."""
    found: dict[str, object] = {}
    for table in fields(problem):
        part = getattr(problem, table.name)
        for column in fields(part):
            value = getattr(part, column.name)
            found[f"{table.name}.{column.name}"] = value.tolist() if isinstance(value, np.ndarray) else value
    return found


def test_a_folder_becomes_numbers(folder: Path) -> None:
    problem, keys = read_problem(folder)
    assert keys.centre_names == ["Halle, rue du Port", "Gymnase"]
    assert problem.slots.minute.tolist() == [540, 560, 580, 600, 610, 620, 540, 560, 580, 1020, 1050]
    assert problem.slots.day.tolist() == [0, 0, 0, 0, 0, 0, 28, 28, 28, 2, 2]
    assert problem.requests.products.tolist() == [3, 3, 2, 3]
    assert problem.requests.first_day.tolist() == [0, 0, 0, -2]
    assert problem.requests.unavailable_days.tolist() == [1, 3]
    assert problem.promised.request.tolist() == [-1]
    assert problem.policy.first_weekday == 0


def test_what_is_written_reads_the_same(folder: Path, tmp_path: Path) -> None:
    problem, keys = read_problem(folder)
    write_problem(tmp_path / "again", problem, keys)
    again, names = read_problem(tmp_path / "again")
    assert repr(columns(again)) == repr(columns(problem))
    assert names == keys


def test_the_command_solves_judges_and_writes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    assert main(["solve", str(folder), "--out", str(out), "--seconds", "20", "--quiet"]) == 0
    assert main(["check", str(folder), str(out)]) == 0
    summary = json.loads((out / "summary.json").read_text())
    assert summary["planned"] == 4
    assert summary["bound"] >= summary["score"] > 0
    with open(out / "plan.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["dose"] for row in rows if row["request"] == "R4"] == ["2"]
    assert {row["product"] for row in rows if row["request"] == "R3"} == {"Janssen"}


def test_the_command_tells_a_broken_plan(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    assert main(["baseline", str(folder), "--out", str(out)]) == 0
    text = (out / "plan.csv").read_text()
    (out / "plan.csv").write_text("\n".join(line for line in text.split("\n") if not line.startswith("R1,2")))
    assert main(["check", str(folder), str(out)]) == 1
    (out / "plan.csv").write_text(text.replace("2021-06-07", "2021-06-08"))
    assert main(["check", str(folder), str(out)]) == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column"),
    [
        ("schedules.csv", "16,,21,28,49", "16,,50,28,49", 2, "max_days"),
        ("schedules.csv", "16,,21,28,49", "16,,21,,49", 2, "ideal_days"),
        ("schedules.csv", "PF,Pfizer,Pfizer", "PF,Pfizer,Novavax", 2, "second_product"),
        ("schedules.csv", "JA,", "PF,", 3, "schedule"),
        ("products.csv", "Pfizer,6", "Pfizer,0", 2, "doses_per_vial"),
        ("centres.csv", "45.1", "95.1", 3, "lat"),
        ("centres.csv", "45.1", "nan", 3, "lat"),
        ("sessions.csv", "10:00,10:30", "09:50,10:30", 3, "start"),
        ("sessions.csv", "17:00,18:00", "18:00,17:00", 5, "end"),
        ("sessions.csv", "17:00", "17h00", 5, "start"),
        ("sessions.csv", "B,2021", "C,2021", 5, "centre"),
        ("sessions.csv", "2021-05-12", "0021-05-12", 5, "date"),
        ("stock.csv", "L1,12", "L1,13", 2, "doses"),
        ("stock.csv", "2021-08-01", "2021-04-01", 3, "expires_on"),
        ("stock.csv", "2021-08-01", "2021-02-30", 3, "expires_on"),
        ("requests.csv", "R2,H1,42,2,45.0", "R2,H1,42,2,45.2", 3, "lat"),
        ("requests.csv", "R3,,70,2", "R3,,70,7", 4, "priority"),
        ("requests.csv", "R3,,70,2", "R3,,seventy,2", 4, "age"),
        ("requests.csv", "2021-05-13|2021-05-11", "2021-05-13;2021-05-11", 4, "unavailable"),
        ("requests.csv", "Pfizer,2021-05-08", "Pfizer,", 5, "first_date"),
        ("requests.csv", "Pfizer,2021-05-08", "Pfizer,2021-05-11", 5, "first_date"),
        ("requests.csv", "5,45.04,4.0", "5,45.04,", 5, "second_lon"),
        ("requests.csv", "R4,", "R1,", 5, "request"),
        ("requests.csv", ",0\nR4", "\nR4", 4, ""),
        ("appointments.csv", "10:20,1", "10:25,1", 2, "start"),
        ("appointments.csv", "10:20,1", "10:20,0", 2, "pinned"),
        ("appointments.csv", "A,Pfizer", "A,Janssen", 2, "product"),
        ("policy.json", '"days": 84', '"days": 0', 0, "days"),
        ("policy.json", '"reward": 100', '"reward": -1', 0, "reward"),
        ("policy.json", '"start": "2021-05-10"', '"start": "10/05/2021"', 0, "start"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(
    folder: Path, file: str, old: str, new: str, line: int, column: str
) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(FolderRefused) as refusal:
        read_problem(folder)
    assert (file, line, column) in {(fault.file, fault.line, fault.column) for fault in refusal.value.faults}


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    for file, old, new in (("products.csv", "Pfizer,6", "Pfizer,x"), ("requests.csv", "R3,,70", "R3,,-1")):
        (folder / file).write_text((folder / file).read_text().replace(old, new))
    (folder / "stock.csv").unlink()
    (folder / "centres.csv").write_bytes(b"centre,name,lat,lon\nA,\xe9,1,2\n")
    with pytest.raises(FolderRefused) as refusal:
        read_problem(folder)
    files = {fault.file for fault in refusal.value.faults}
    assert {"products.csv", "requests.csv", "stock.csv", "centres.csv"} <= files
    assert main(["check", str(folder)]) == 2


def test_appointments_may_be_absent(folder: Path) -> None:
    (folder / "appointments.csv").unlink()
    problem, _ = read_problem(folder)
    assert len(problem.promised) == 0
