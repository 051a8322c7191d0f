"""python -m solver: what it writes, says and answers with its exit code."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solver.__main__ import BROKEN, DONE, REFUSED, main
from tests.solver.folders import changed

SUMMARY = {
    "status", "score", "bound", "gap", "terms", "seconds", "phases", "peak_memory_mb", "seed", "lottery",
    "engine", "notes", "why_unplanned", "workers", "time_limit_s", "requests", "planned", "fallback",
}  # fmt: skip


@pytest.fixture
def plan(folder: Path, tmp_path: Path) -> Path:
    """The baseline's plan of the folder."""
    out = tmp_path / "plan"
    assert main(["baseline", str(folder), "--out", str(out)]) == DONE
    return out


def test_the_command_solves_judges_and_writes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    asked = ["solve", str(folder), "--out", str(out), "--seconds", "20", "--seed", "7", "--quiet"]
    assert main(asked) == DONE
    assert main(["check", str(folder), str(out)]) == DONE
    summary = json.loads((out / "summary.json").read_text())
    assert set(summary) >= SUMMARY
    assert summary["planned"] == 4
    assert summary["bound"] >= summary["score"] > 0
    assert summary["score"] == pytest.approx(sum(summary["terms"].values()))
    assert (summary["seed"], summary["lottery"]) == (7, 1)
    assert {"read", "judge", "write", "total"} <= set(summary["phases"])
    assert summary["seconds"] >= summary["phases"]["total"]
    with open(out / "plan.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["dose"] for row in rows if row["request"] == "R4"] == ["2"]
    assert {row["product"] for row in rows if row["request"] == "R3"} == {"Janssen"}


def test_who_is_left_out_is_told_with_the_reason(folder: Path, tmp_path: Path) -> None:
    changed(folder, "requests.csv", "R3,,70,2,45.1", "R3,,70,2,55.1")
    out = tmp_path / "plan"
    assert main(["baseline", str(folder), "--out", str(out)]) == DONE
    with open(out / "unplanned.csv", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["request"], row["code"]) == ("R3", "no_centre_in_reach")
    assert row["sentence"].endswith(".")
    assert json.loads((out / "summary.json").read_text())["why_unplanned"] == {"no_centre_in_reach": 1}


def test_a_folder_without_fault_is_told_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == DONE
    assert capsys.readouterr().out == "4 requests, 2 centres, 11 slots: no fault\n"


def test_check_refuses_a_bad_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(folder, "products.csv", "Pfizer,6", "Pfizer,x")
    changed(folder, "requests.csv", "R3,,70", "R3,,-1")
    assert main(["check", str(folder)]) == REFUSED
    assert capsys.readouterr().err.split("\n")[:3] == [
        "refused: 2 fault(s)",
        "products.csv:2: doses_per_vial: 'x' is not a whole number",
        "requests.csv:4: age: '-1' is not between 0 and 150",
    ]


@pytest.mark.parametrize("command", ["solve", "baseline"])
def test_nothing_is_written_where_the_folder_is_refused(folder: Path, tmp_path: Path, command: str) -> None:
    (folder / "stock.csv").unlink()
    assert main([command, str(folder), "--out", str(tmp_path / "plan")]) == REFUSED
    assert not (tmp_path / "plan").exists()


def test_check_tells_a_plan_that_breaks_a_rule(
    folder: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R1 without the second dose: half a pair, and a household apart."""
    text = (plan / "plan.csv").read_text()
    (plan / "plan.csv").write_text(
        "\n".join(line for line in text.split("\n") if not line.startswith("R1,2"))
    )
    assert main(["check", str(folder), str(plan)]) == BROKEN
    said = capsys.readouterr().err
    assert "broken: pair (1), requests (0,)" in said
    assert "broken: household" in said


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("2021-06-07", "2021-06-08", 3, "start"),
        ("R1,1,A", "R9,1,A", 2, "request"),
        ("R1,1,A", "R1,3,A", 2, "dose"),
        ("R1,2,A", "R1,1,A", 3, "dose"),
        ("R1,1,A", "R1,1,Z", 2, "centre"),
        ("Pfizer,PF", "Janssen,PF", 2, "product"),
        ("Pfizer,PF", "Novavax,PF", 2, "product"),
        ("Pfizer,PF", "Pfizer,XX", 2, "schedule"),
        ("Pfizer,PF", "Janssen,JA", 3, "dose"),
        ("request,dose", "request,number", 1, "dose"),
    ],
)
def test_check_refuses_a_plan_that_is_not_of_this_folder(
    folder: Path, plan: Path, old: str, new: str, line: int, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(plan, "plan.csv", old, new)
    assert main(["check", str(folder), str(plan)]) == REFUSED
    assert f"plan.csv:{line}: {column}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        (None, DONE),
        ("{}", DONE),
        ('{"bound": null}', DONE),
        ('{"bound": 1e9}', DONE),
        ('{"bound": -5.0}', BROKEN),
        ('{"bound": "high"}', REFUSED),
        ('{"bound": NaN}', REFUSED),
        ('{"score": []}', REFUSED),
        ("[]", REFUSED),
        ("", REFUSED),
    ],
)
def test_check_judges_what_the_summary_claims(
    folder: Path, plan: Path, summary: Any, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (plan / "summary.json").unlink()
    if summary is not None:
        (plan / "summary.json").write_text(summary)
    assert main(["check", str(folder), str(plan)]) == code
    assert (code == REFUSED) == ("summary.json" in capsys.readouterr().err)


def test_a_wrong_score_is_told(folder: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (plan / "summary.json").write_text('{"score": 1}')
    assert main(["check", str(folder), str(plan)]) == DONE
    assert "the summary claims a score of 1.0" in capsys.readouterr().out


def test_check_refuses_a_plan_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    assert main(["check", str(folder), str(tmp_path / "nowhere")]) == REFUSED


def test_the_exit_code_is_the_process_own(folder: Path, plan: Path) -> None:
    def code(*arguments: str) -> int:
        command = [sys.executable, "-m", "solver", *arguments]
        return subprocess.run(command, capture_output=True, timeout=60).returncode

    assert code("check", str(folder), str(plan)) == DONE
    (plan / "plan.csv").write_text((plan / "plan.csv").read_text().split("\n")[0])
    assert code("check", str(folder), str(plan)) == DONE
    assert code("check", str(folder.parent / "nowhere")) == REFUSED
    assert code("check") == REFUSED
