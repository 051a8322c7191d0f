"""python -m solver replan: what it refuses, writes and says."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from solver.__main__ import BROKEN, DONE, REFUSED, main
from solver.files.folder import read_problem
from solver.files.folder_changes import KINDS, read_changes
from solver.replanning.changes import CloseCentre, CutHours, DelayLots, RecallLots, Which, WithdrawProduct
from tests.solver.folders import changed

CLOSED = {"change": "close_centre", "centre": "A", "from": "2021-05-10", "to": "2021-05-10"}


@pytest.fixture
def plan(folder: Path, tmp_path: Path) -> Path:
    """A plan of the folder, of which nobody outside holds a place."""
    (folder / "appointments.csv").unlink()
    out = tmp_path / "plan"
    assert main(["solve", str(folder), "--out", str(out), "--quiet"]) == DONE
    return out


def stated(folder: Path, *changes: Any) -> Path:
    path = folder.parent / "changes.json"
    path.write_text(json.dumps({"changes": list(changes)}), encoding="utf-8")
    return path


def replanned(folder: Path, plan: Path, *changes: Any, more: tuple[str, ...] = ()) -> Path:
    out = folder.parent / "answers"
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder, *changes)), "--out", str(out)]
    assert main([*asked, "--quiet", *more]) == DONE
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_each_alternative_is_a_plan_of_the_changed_folder(folder: Path, plan: Path) -> None:
    out = replanned(folder, plan, CLOSED)
    table = rows(out / "alternatives.csv")
    assert [row["alternative"] for row in table] == ["repair", "balanced", "afresh"]
    assert {row["least_people"] for row in table} == {"2"}
    for row in table:
        assert main(["check", str(out / "problem"), str(out / row["alternative"])]) == DONE
        assert float(row["bound"]) >= float(row["score"])
        summary = json.loads((out / row["alternative"] / "summary.json").read_text())
        assert summary["score"] == pytest.approx(float(row["score"]), abs=0.1)


def test_what_moved_is_told_by_appointment(folder: Path, plan: Path) -> None:
    """Half of the seats of a day are gone, but there are starts enough in the same half-day."""
    changed(folder, "sessions.csv", "A,2021-06-07,09:00,10:00", "A,2021-06-07,09:00,11:00")
    lost = {"change": "cut_hours", "from": "2021-06-07", "to": "2021-06-07", "share": 0.5}
    out = replanned(folder, plan, lost, more=("--alternatives", "repair"))
    (row,) = rows(out / "alternatives.csv")
    moved = rows(out / "repair" / "moved.csv")
    assert len(moved) == int(row["moved"]) > 0
    assert {line["fate"] for line in moved} == {"same_half_day"}
    assert {line["days_apart"] for line in moved} == {"0"}
    assert all(line["old_start"] != line["new_start"] for line in moved)
    assert not (out / "balanced").exists()


def test_the_table_is_printed(folder: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replanned(folder, plan, CLOSED)
    said = capsys.readouterr().out
    assert "repair" in said
    assert "at least 2 people must be told something new" in said


def test_a_twin_of_a_schedule_has_a_name(folder: Path, plan: Path) -> None:
    out = replanned(folder, plan, {"change": "withdraw_product", "product": "Pfizer", "then": "Janssen"})
    assert rows(out / "problem" / "schedules.csv")[2]["schedule"] == "PF then Janssen"
    assert main(["check", str(out / "problem"), str(out / "repair")]) == DONE


def test_a_broken_plan_is_not_published(folder: Path, plan: Path) -> None:
    (row,) = [line for line in (plan / "plan.csv").read_text().split("\n") if line.startswith("R1,2")]
    changed(plan, "plan.csv", row + "\n", "")
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder, CLOSED)), "--out", str(folder)]
    assert main(asked) == BROKEN


def test_people_outside_who_lose_their_place_are_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan"
    assert main(["solve", str(folder), "--out", str(plan), "--quiet"]) == DONE
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder, CLOSED)), "--out", str(folder)]
    assert main(asked) == REFUSED
    assert "promised elsewhere: start:" in capsys.readouterr().err


def test_names_become_rows_and_dates_become_days(folder: Path) -> None:
    path = stated(
        folder,
        CLOSED,
        {"change": "delay_lots", "lots": ["L2"], "days": 3},
        {"change": "recall_lots", "product": "Janssen", "on": "2021-05-12"},
        {"change": "cut_hours", "from": "2021-05-10", "to": "2021-05-16", "bands": ["evening"]},
        {"change": "withdraw_product", "product": "Pfizer", "from": "2021-05-11", "then": "Janssen"},
    )
    assert read_changes(path, *read_problem(folder)) == [
        CloseCentre(0, 0, 0),
        DelayLots(Which(lots=(1,)), 3),
        RecallLots(Which(product=1), 2),
        CutHours(-1, 0, 6, 1.0, 0b100),
        WithdrawProduct(0, 1, 1),
    ]


LOT = {"change": "cut_delivery", "lots": ["L1"]}


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ("all", "changes[0].change", f"must be one of {', '.join(KINDS)}"),
        ({"change": ["x"]}, "changes[0].change", "must be one of"),
        ({"change": "burn"}, "changes[0].change", "must be one of"),
        (CLOSED | {"centre": "Z"}, "changes[0].centre", "'Z' is not known"),
        (CLOSED | {"centre": None}, "changes[0].centre", "is missing"),
        (CLOSED | {"from": "2021-05-11"}, "changes[0].to", "lies before from"),
        (CLOSED | {"from": 7}, "changes[0].from", "is not a date"),
        (CLOSED | {"to": "2999-01-01"}, "changes[0].to", "absurdly far"),
        (CLOSED | {"until": "2021-05-11"}, "changes[0].until", "means nothing here"),
        (LOT | {"lots": ["L9"]}, "changes[0].lots", "'L9' is not known"),
        (LOT | {"lots": "L1"}, "changes[0].lots", "must be a list of names"),
        (LOT | {"centre": "B"}, "changes[0].lots", "no lot of the folder is meant"),
        (LOT | {"share": 1.5}, "changes[0].share", "'1.5' is not a number over 0, up to 1"),
        (LOT | {"share": True}, "changes[0].share", "'True' is not a number"),
        (LOT | {"share": 0.5, "doses": 6}, "changes[0].share", "share and doses exclude each other"),
        (LOT | {"doses": -1}, "changes[0].doses", "'-1' is not a whole number between 1 and"),
        ({"change": "cut_delivery"}, "changes[0].lots", "say which lots"),
        (LOT | {"change": "delay_lots"}, "changes[0].days", "is missing"),
        ({"change": "withdraw_product", "product": "X"}, "changes[0].product", "'X' is not known"),
        (
            {"change": "withdraw_product", "product": "Pfizer", "then": "Pfizer"},
            "changes[0].then",
            "is the product that is withdrawn",
        ),
        ({"change": "change_interval", "schedule": "JA"}, "changes[0].schedule", "has a single dose"),
        ({"change": "change_interval", "schedule": "?"}, "changes[0].schedule", "'?' is not known"),
        (
            {"change": "cut_hours", "from": "2021-05-10", "to": "2021-05-10", "bands": ["night"]},
            "changes[0].bands",
            "must be a list of some of morning, afternoon, evening",
        ),
    ],
)
def test_a_bad_change_is_refused_with_place_and_reason(
    folder: Path, plan: Path, change: Any, place: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder.parent / "answers"
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder, change)), "--out", str(out)]
    assert main(asked) == REFUSED
    said = capsys.readouterr().err
    assert f"changes.json:0: {place}: " in said
    assert reason in said
    assert not out.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"changes": 3}', "{}"])
def test_a_file_without_changes_is_refused(folder: Path, plan: Path, text: str) -> None:
    path = stated(folder)
    path.write_text(text, encoding="utf-8")
    asked = ["replan", str(folder), str(plan), "--change", str(path), "--out", str(folder.parent / "answers")]
    assert main(asked) == REFUSED


def test_a_change_that_contradicts_itself_is_refused(
    folder: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = stated(folder, {"change": "change_interval", "schedule": "PF", "min_days": 60})
    asked = ["replan", str(folder), str(plan), "--change", str(path), "--out", str(folder.parent / "answers")]
    assert main(asked) == REFUSED
    assert "min_days is over max_days" in capsys.readouterr().err


def test_an_unknown_alternative_is_no_word(folder: Path, plan: Path) -> None:
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder)), "--out", str(folder)]
    with pytest.raises(SystemExit):
        main([*asked, "--alternatives", "repair,magic"])


def test_what_was_given_before_today_is_history(folder: Path, plan: Path) -> None:
    """R1 and R2 had their first doses on the first day: only the second ones can move."""
    closed = CLOSED | {"from": "2021-06-07", "to": "2021-06-07"}
    out = replanned(folder, plan, closed, more=("--today", "2021-05-11", "--alternatives", "repair"))
    asked = {row["request"]: row["first_date"] for row in rows(out / "problem" / "requests.csv")}
    assert asked["R1"] == asked["R2"] == "2021-05-10"
    assert {row["dose"] for row in rows(out / "repair" / "moved.csv")} == {"2"}
    assert json.loads((out / "problem" / "policy.json").read_text())["start"] == "2021-05-11"
    assert main(["check", str(out / "problem"), str(out / "repair")]) == DONE


@pytest.mark.parametrize("day", ["2021-05-09", "2021-08-02"])
def test_today_is_a_day_of_the_plan(
    folder: Path, plan: Path, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["replan", str(folder), str(plan), "--change", str(stated(folder)), "--out", str(folder)]
    assert main([*asked, "--today", day]) == REFUSED
    assert "is not a day of the plan" in capsys.readouterr().err
