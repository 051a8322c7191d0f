"""A folder with a bad value is refused whole, with every fault's place and reason, before any planning."""

import json
from pathlib import Path
from typing import Any

import pytest

from solver.files.cells import FAULTS_KEPT, FAULTS_SHOWN, FolderFault, FolderRefused
from solver.files.folder import read_problem
from tests.solver.folders import FILES, changed

EVERY_FILE = sorted(set(FILES) - {"policy.json"})
ALWAYS = 21 * "1"
PINNED = "request,dose,centre,product,date,start,pinned\n"


def refused(folder: Path) -> list[FolderFault]:
    with pytest.raises(FolderRefused) as refusal:
        read_problem(folder)
    return refusal.value.faults


def places(folder: Path) -> set[tuple[str, int, str]]:
    return {(fault.file, fault.line, fault.column) for fault in refused(folder)}


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
        # absurd dates
        ("sessions.csv", "2021-05-12", "0001-01-01", 5, "date"),
        ("stock.csv", "2021-08-01", "9999-12-31", 3, "expires_on"),
        ("stock.csv", "2021-05-01", "2021-02-30", 3, "available_from"),
        ("stock.csv", "2021-05-01", "2021-W17-6", 3, "available_from"),
        ("schedules.csv", "2021-05-12", "12/05/2021", 3, "valid_from"),
        ("schedules.csv", ",2021-05-12,", ",2021-05-12,2021-05-11", 3, "valid_to"),
        ("requests.csv", "Pfizer,2021-05-08", "Pfizer,0001-01-01", 5, "first_date"),
        ("requests.csv", "2021-05-13|2021-05-11", "2021-05-13|9999-12-31", 4, "unavailable"),
        ("appointments.csv", "2021-05-10", "2021-13-01", 2, "date"),
        # negative, endless and monstrous numbers
        ("centres.csv", "45.1", "inf", 3, "lat"),
        ("centres.csv", "45.1", "1e400", 3, "lat"),
        ("centres.csv", "45.1,4.0", "45.1,-181", 3, "lon"),
        ("centres.csv", "45.1,4.0,0", "45.1,4.0,2", 3, "wheelchair"),
        ("products.csv", "Pfizer,6", "Pfizer,-6", 2, "doses_per_vial"),
        ("products.csv", "Pfizer,6", "Pfizer,6.0", 2, "doses_per_vial"),
        ("sessions.csv", "20,2\nA,2021-05-10,10", "20,-2\nA,2021-05-10,10", 2, "seats"),
        ("sessions.csv", "10:00,20,2", "10:00,0,2", 2, "slot_minutes"),
        ("sessions.csv", "10:00,20,2", "25:00,20,2", 2, "end"),
        ("stock.csv", "L1,12", "L1,-12", 2, "doses"),
        ("stock.csv", "L1,12", "L1," + "9" * 25, 2, "doses"),
        ("stock.csv", "L1,12", "L1," + "9" * 5000, 2, "doses"),
        ("schedules.csv", "16,,21,28,49", "16,,-21,28,49", 2, "min_days"),
        ("schedules.csv", "16,,21,28,49", "16,15,21,28,49", 2, "max_age"),
        ("requests.csv", "R3,,70,2", "R3,,70,0", 4, "priority"),
        ("requests.csv", "R3,,70,2", "R3,,151,2", 4, "age"),
        ("requests.csv", "R3,,70,2,45.1,4.0,20", "R3,,70,2,nan,4.0,20", 4, "lat"),
        ("requests.csv", "R3,,70,2,45.1,4.0,20", "R3,,70,2,45.1,4.0,-1", 4, "max_km"),
        ("requests.csv", "R3,,70,2,45.1,4.0,20", "R3,,70,2,45.1,4.0,inf", 4, "max_km"),
        ("requests.csv", "R3,,70,2,45.1,4.0,20", "R3,,70,2,45.1,4_0,20", 4, "lon"),
        ("requests.csv", "R3,,70,2,45.1,4.0,20", "R3,,70,2,,4.0,20", 4, "lat"),
        ("requests.csv", "111,,0\nR2", "11,,0\nR2", 2, "availability"),
        ("requests.csv", "111,,0\nR2", "112,,0\nR2", 2, "availability"),
        ("requests.csv", "111,,0\nR2", "111,,yes\nR2", 2, "wheelchair"),
        # ids unknown, empty, repeated
        ("schedules.csv", "JA,Janssen", "JA,", 3, "first_product"),
        ("schedules.csv", "JA,", ",", 3, "schedule"),
        ("centres.csv", "B,Gymnase", "A,Gymnase", 3, "centre"),
        ("products.csv", "Janssen,5", "Pfizer,5", 3, "product"),
        ("stock.csv", "B,Janssen", "B,Novavax", 3, "product"),
        ("stock.csv", "B,Janssen", "Z,Janssen", 3, "centre"),
        ("requests.csv", ",Janssen,,", ",Janssen|Novavax,,", 4, "products"),
        ("requests.csv", ",Janssen,,", ",Janssen||Pfizer,,", 4, "products"),
        ("requests.csv", "Pfizer,2021-05-08", "Novavax,2021-05-08", 5, "first_product"),
        ("appointments.csv", "A,Pfizer", "Z,Pfizer", 2, "centre"),
        ("appointments.csv", "elsewhere,1", "elsewhere,3", 2, "dose"),
        # a household that disagrees
        ("requests.csv", "R2,H1,42,2,45.0,4.0,20", "R2,H1,42,2,45.0,4.0,21", 3, "max_km"),
        ("requests.csv", "R2,H1,42,2,45.0,4.0,20,,,,", "R2,H1,42,2,45.0,4.0,20,,,Pfizer,", 3, "products"),
        ("requests.csv", "111,,1\nR3", "111,2021-05-10,1\nR3", 3, "unavailable"),
        ("requests.csv", "111,,1\nR3", "110,,1\nR3", 3, "availability"),
        ("requests.csv", f"20,,,,,,,{ALWAYS},,1", f"20,,,,,,2021-05-12,{ALWAYS},,1", 3, "earliest"),
        ("requests.csv", f"20,,,,,,,{ALWAYS},,1", f"20,,,,Pfizer,2021-05-02,,{ALWAYS},,1", 3, "first_date"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_its_place(
    folder: Path, file: str, old: str, new: str, line: int, column: str
) -> None:
    changed(folder, file, old, new)
    assert (file, line, column) in places(folder)
    assert {fault.file for fault in refused(folder)} == {file}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("start", "0001-01-01"),
        ("start", "9999-12-31"),
        ("start", "2021-02-30"),
        ("start", "20210510"),
        ("start", 20210510),
        ("start", None),
        ("days", 0),
        ("days", -1),
        ("days", 100_000),
        ("days", "84"),
        ("days", 84.0),
        ("days", True),
        ("days", 10**400),
        ("lottery", "1"),
        ("lottery", -1),
        ("lottery", 10**30),
        ("reward", "100"),
        ("reward", -1),
        ("km", float("nan")),
        ("moved", float("inf")),
        ("dropped", 10**400),
        ("wasted_dose", None),
        ("interval_per_day", [0.3]),
        ("delay_per_day", True),
        ("weights", [16, 8]),
        ("weights", {"1": 16, "2": -8}),
        ("weights", {"1": 16, "2": "8"}),
        ("weights", {"1": 16, "2": 8, "10": 1}),
    ],
)
def test_a_bad_policy_is_refused_by_its_key(folder: Path, key: str, value: Any) -> None:
    policy = json.loads(FILES["policy.json"]) | {key: value}
    (folder / "policy.json").write_text(json.dumps(policy))
    assert places(folder) == {("policy.json", 0, key)}


@pytest.mark.parametrize("key", sorted(json.loads(FILES["policy.json"])))
def test_a_policy_without_a_key_is_refused(folder: Path, key: str) -> None:
    policy = json.loads(FILES["policy.json"])
    del policy[key]
    (folder / "policy.json").write_text(json.dumps(policy))
    assert [str(fault) for fault in refused(folder)] == [f"policy.json:0: {key}: is missing"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("start: 2021-05-10", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1]", "is not a JSON object"),
        ("null", "is not a JSON object"),
    ],
)
def test_a_policy_that_is_no_json_object_is_refused(folder: Path, text: str, reason: str) -> None:
    (folder / "policy.json").write_text(text)
    (fault,) = refused(folder)
    assert (fault.file, fault.line) == ("policy.json", 0)
    assert reason in fault.reason


def test_a_key_that_is_stated_twice_is_refused(folder: Path) -> None:
    changed(folder, "policy.json", '"days": 84', '"days": 84, "days": 85')
    assert [str(fault) for fault in refused(folder)] == ["policy.json:0: days: stands here twice"]


def test_a_priority_without_a_weight_is_refused(folder: Path) -> None:
    changed(folder, "policy.json", ', "2": 8', "")
    assert places(folder) == {("requests.csv", 3, "priority"), ("requests.csv", 4, "priority")}


@pytest.mark.parametrize("file", EVERY_FILE)
@pytest.mark.parametrize(
    ("damage", "line", "reason"),
    [
        (lambda text: b"", 1, "is empty: the header is missing"),
        (lambda text: text.split("\n", 1)[1].encode(), 1, "this column must stand in the header once"),
        (lambda text: text.replace("\n", "\nlonely\n", 1).encode(), 2, "has 1 cells, not"),
        (lambda text: text.encode() + b"\xe9\n", None, "is not UTF-8"),
        (lambda text: text.encode("utf-16"), 1, "is not UTF-8"),
        (lambda text: text.encode() + b'"never closed\n', None, "is not CSV"),
        (lambda text: text.encode() + b"x" * 200_000, None, "is not CSV"),
    ],
    ids=["empty", "headless", "cells", "latin-1", "utf-16", "quote", "endless"],
)
def test_a_file_that_is_no_such_table_is_refused(
    folder: Path, file: str, damage: Any, line: int | None, reason: str
) -> None:
    text = FILES[file]
    (folder / file).write_bytes(damage(text))
    faults = refused(folder)
    assert {fault.file for fault in faults} == {file}
    assert all(fault.line == (line or fault.line) for fault in faults if reason in fault.reason)
    assert any(reason in fault.reason for fault in faults)
    if line is None:
        assert faults[-1].line == text.count("\n") + 1


@pytest.mark.parametrize("file", sorted(FILES))
def test_a_folder_in_the_place_of_a_file_is_refused(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    (fault,) = refused(folder)
    assert (fault.file, fault.line) == (file, 0)
    assert "cannot be read" in fault.reason


def test_a_folder_that_is_not_there_is_refused(folder: Path) -> None:
    missing = set(FILES) - {"appointments.csv"}
    assert places(folder / "nowhere") == {(file, 0, "") for file in missing}


def test_a_column_that_stands_twice_is_refused(folder: Path) -> None:
    changed(folder, "products.csv", "colour", "product")
    assert places(folder) == {("products.csv", 1, "product")}


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    changed(folder, "products.csv", "Pfizer,6", "Pfizer,x")
    changed(folder, "requests.csv", "R3,,70", "R3,,-1")
    (folder / "stock.csv").unlink()
    (folder / "centres.csv").write_bytes(b"centre,name,lat,lon\nA,\xe9,1,2\n")
    assert places(folder) >= {
        ("products.csv", 2, "doses_per_vial"),
        ("requests.csv", 4, "age"),
        ("stock.csv", 0, ""),
        ("centres.csv", 2, ""),
    }


def test_what_contradicts_itself_is_told_beside_what_cannot_be_read(folder: Path) -> None:
    """A household that disagrees, a schedule upside down, a broken vial: each beside a bad cell elsewhere."""
    changed(folder, "requests.csv", "R2,H1,42,2,45.0", "R2,H1,42,2,45.2")
    changed(folder, "requests.csv", "R3,,70", "R3,,-1")
    changed(folder, "schedules.csv", "16,,21,28,49", "16,,50,28,49")
    changed(folder, "stock.csv", "L1,12", "L1,13")
    changed(folder, "appointments.csv", "10:20", "10h20")
    assert places(folder) == {
        ("requests.csv", 3, "lat"),
        ("requests.csv", 4, "age"),
        ("schedules.csv", 2, "max_days"),
        ("stock.csv", 2, "doses"),
        ("appointments.csv", 2, "start"),
    }


def test_a_bad_cell_does_not_make_its_household_disagree(folder: Path) -> None:
    changed(folder, "requests.csv", "R1,H1,40,1,45.0", "R1,H1,40,1,north")
    assert places(folder) == {("requests.csv", 2, "lat")}


def test_a_lost_row_does_not_make_its_id_unknown(folder: Path) -> None:
    changed(folder, "centres.csv", "4.0,1", "4.0")
    assert places(folder) == {("centres.csv", 2, "")}


def test_a_session_inside_a_long_one_does_not_hide_the_next(folder: Path) -> None:
    more = "B,2021-05-20,09:00,17:00,20,1\nB,2021-05-20,10:00,11:00,20,1\nB,2021-05-20,12:00,13:00,20,1\n"
    (folder / "sessions.csv").write_text(FILES["sessions.csv"] + more)
    assert places(folder) == {("sessions.csv", 7, "start"), ("sessions.csv", 8, "start")}


def test_the_line_is_right_below_a_cell_with_line_breaks(folder: Path) -> None:
    changed(folder, "centres.csv", "Halle, rue du Port", "Halle\nrue du\r\nPort")
    changed(folder, "centres.csv", "45.1", "x")
    assert places(folder) == {("centres.csv", 5, "lat")}


def test_more_products_than_fit_are_refused(folder: Path) -> None:
    more = "".join(f"P{i},5,\n" for i in range(70))
    (folder / "products.csv").write_text(FILES["products.csv"] + more)
    changed(folder, "requests.csv", "Janssen", "Janssen|P69")
    assert places(folder) == {("products.csv", line, "product") for line in range(64, 74)}


def test_endless_faults_are_counted(folder: Path) -> None:
    """Of a column the first thousand are kept; of all, the first thousands are printed."""
    head = FILES["requests.csv"].split("\n")[0]
    rows = [f"Q{i},,x,x,x,x,20,,,,,,,{'1' * 21},,0" for i in range(1200)]
    (folder / "requests.csv").write_text("\n".join([head, *rows]))
    with pytest.raises(FolderRefused) as refusal:
        read_problem(folder)
    assert refusal.value.count == 4 * 1200
    assert len(refusal.value.faults) == 4 * FAULTS_KEPT
    lines = str(refusal.value).split("\n")
    assert len(lines) == FAULTS_SHOWN + 1
    assert lines[-1] == f"… and {4 * 1200 - FAULTS_SHOWN} more"


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("R1,1,A,Pfizer,2021-05-10,09:10,1", 2, "start"),
        ("R3,1,A,Pfizer,2021-05-10,09:00,1", 2, "product"),
        ("R4,1,A,Pfizer,2021-05-10,09:00,1", 2, "dose"),
        ("R1,1,A,Pfizer,2021-05-10,09:00,1\nR1,1,A,Pfizer,2021-06-07,09:00,1", 3, "dose"),
        ("R1,1,A,Pfizer,2021-05-10,09:00,1\nR1,2,A,Pfizer,2021-05-10,09:20,1", 2, "date"),
        ("R1,1,A,Pfizer,2021-05-10,09:00,1\nR2,1,A,Pfizer,2021-05-10,10:00,1", 2, "start"),
        ("elsewhere,1,A,Pfizer,2021-05-10,10:20,0", 2, "pinned"),
        ("elsewhere,1,A,Pfizer,2021-05-10,10:20,", 2, "pinned"),
        ("R1,1,A,Pfizer,2021-05-10,09:00,1\nR1,2,A,Janssen,2021-06-07,09:00,1", 2, "product"),
    ],
)
def test_pins_that_contradict_are_refused(folder: Path, rows: str, line: int, column: str) -> None:
    (folder / "appointments.csv").write_text(PINNED + rows + "\n")
    assert ("appointments.csv", line, column) in places(folder)
    assert {fault.file for fault in refused(folder)} == {"appointments.csv"}
