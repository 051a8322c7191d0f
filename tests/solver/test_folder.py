"""The planning folder: read, and written again."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.contract import Problem
from solver.files.folder import read_problem
from solver.files.folder_export import write_problem
from tests.solver.folders import FILES, changed, columns, keys_of
from tests.solver.instances import lot, problem, slot


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


def written_and_read(slots: list[tuple[int, int, int, int]], path: Path) -> tuple[Problem, Problem]:
    """A problem with these slots, and what its folder says."""
    of = problem(requests=[{}], slots=slots, lots=[lot(1)])
    write_problem(path, of, keys_of(of))
    return of, read_problem(path)[0]


@pytest.mark.parametrize(
    "slots",
    [
        [slot(0, 540), slot(0, 700), slot(0, 720, seats=2)],
        [slot(0, 540), slot(0, 560), slot(0, 580), slot(0, 590, seats=2)],
        [slot(0, 540), slot(0, 1020), slot(1, 540)],
        [slot(0, 1439)],
    ],
    ids=["more seats soon", "more seats sooner than the last step", "a step past midnight", "late"],
)
def test_no_session_reaches_over_what_follows(tmp_path: Path, slots: list[tuple[int, int, int, int]]) -> None:
    of, again = written_and_read(slots, tmp_path)
    assert repr(columns(again)) == repr(columns(of))


@given(st.dictionaries(st.sampled_from([0, 10, 20, 30, 45, 540, 700, 719, 720, 1439]), st.integers(1, 2)))
def test_any_slots_read_the_same(tmp_path_factory: pytest.TempPathFactory, seats: dict[int, int]) -> None:
    slots = [slot(0, minute, many) for minute, many in seats.items()]
    of, again = written_and_read(slots, tmp_path_factory.mktemp("folder"))
    assert repr(columns(again)) == repr(columns(of))


def test_appointments_may_be_absent(folder: Path) -> None:
    (folder / "appointments.csv").unlink()
    problem, _ = read_problem(folder)
    assert len(problem.promised) == 0


def test_byte_order_mark_crlf_and_blank_lines_are_fine(folder: Path) -> None:
    expected, names = read_problem(folder)
    for file in FILES:
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n\r\n").encode())
    again, keys = read_problem(folder)
    assert repr(columns(again)) == repr(columns(expected))
    assert keys == names


def test_cells_in_quotes_may_hold_commas_quotes_and_line_breaks(folder: Path, tmp_path: Path) -> None:
    changed(folder, "requests.csv", "R3,", '"R,""3\n""",')
    problem, keys = read_problem(folder)
    assert keys.requests[2] == 'R,"3\n"'
    write_problem(tmp_path / "again", problem, keys)
    assert read_problem(tmp_path / "again")[1] == keys


def test_a_file_is_read_in_pieces_as_if_in_one(folder: Path) -> None:
    """More rows than a piece holds, with dates that repeat across the pieces."""
    away = ["2021-05-11|2021-05-10", "", "", "", ""]
    rows = [f"Q{i},,{i % 90},1,45.{i % 7},4.0,20,,,,,,,{'1' * 21},{away[i % 5]},0" for i in range(1500)]
    head = FILES["requests.csv"].split("\n")[0]
    (folder / "requests.csv").write_text("\n".join([head, *rows]))
    problem, keys = read_problem(folder)
    q = problem.requests
    assert keys.requests == [f"Q{i}" for i in range(1500)]
    assert q.age.tolist() == [i % 90 for i in range(1500)]
    assert np.allclose(q.lat, [45 + i % 7 / 10 for i in range(1500)])
    assert np.diff(q.unavailable_at).tolist() == [2 * (i % 5 == 0) for i in range(1500)]
    assert q.unavailable_days.tolist() == [0, 1] * 300


def test_households_are_numbered_as_they_come(folder: Path) -> None:
    changed(folder, "requests.csv", "R4,,", "R4,H2,")
    assert read_problem(folder)[0].requests.household.tolist() == [0, 0, -1, 1]


def test_an_empty_region_is_no_fault(folder: Path) -> None:
    (folder / "appointments.csv").unlink()
    for file in ("centres.csv", "sessions.csv", "stock.csv", "requests.csv"):
        (folder / file).write_text(FILES[file].split("\n")[0])
    problem, _ = read_problem(folder)
    assert (len(problem.centres), len(problem.slots), len(problem.requests)) == (0, 0, 0)
