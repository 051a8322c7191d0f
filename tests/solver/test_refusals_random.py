"""Whatever stands in a folder's files, it is read or refused; nothing else happens."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.files.cells import FolderRefused
from solver.files.folder import read_problem
from tests.solver.folders import FILES, write_files

NASTY = [
    "", " ", "0", "-1", "1", "2", "nan", "-inf", "1e308", "9" * 40, "0x1", "١٢", "1_0", "-0", "--1", "5.5",
    "A", "B", "Pfizer", "Janssen", "Pfizer|Janssen", "|", "H1", "R1", "R9", "1" * 21, "0" * 21,
    "2021-05-10", "2021-06-07", "0001-01-01", "9999-12-31", "2021-02-30", "2021-W19-1", "24:00", "00:00",
    "09:00", "9:00", "25:61", "\x00", "\ud7ff", "a,b", 'say "hi"', "two\nlines", "\r",
]  # fmt: skip
SIGNS = [b'"', b"\n", b"\r", b",", b"{", b"\xef\xbb\xbf"]
TABLES = sorted(set(FILES) - {"policy.json"})


def _refused_or_read(files: dict[str, bytes]) -> None:
    with TemporaryDirectory() as place:
        folder = write_files(Path(place) / "problem")
        for name, content in files.items():
            (folder / name).write_bytes(content)
        try:
            read_problem(folder)
        except FolderRefused as refusal:
            assert refusal.faults
            assert all(fault.file in FILES and fault.reason and fault.line >= 0 for fault in refusal.faults)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(TABLES), st.data()), min_size=1, max_size=4))
def test_any_cell_is_read_or_refused(changes: list[tuple[str, st.DataObject]]) -> None:
    tables = {name: list(csv.reader(io.StringIO(text, newline=""))) for name, text in FILES.items()}
    for name, data in changes:
        row = data.draw(st.integers(1, len(tables[name]) - 1))
        cell = data.draw(st.integers(0, len(tables[name][row]) - 1))
        tables[name][row][cell] = data.draw(st.sampled_from(NASTY))
    written = {}
    for name in {name for name, _ in changes}:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(tables[name])
        written[name] = out.getvalue().encode()
    _refused_or_read(written)


@settings(max_examples=200)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    content = FILES[name].encode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    other = data.draw(
        st.binary(max_size=12) | st.sampled_from([b'"', b"\n", b"\r", b",", b"{", b"\xef\xbb\xbf"])
    )
    _refused_or_read({name: content[:start] + other + content[end:]})


@settings(max_examples=50)
@given(st.sampled_from(TABLES), st.data())
def test_lines_lost_twice_or_in_another_order_are_read_or_refused(name: str, data: st.DataObject) -> None:
    lines = FILES[name].encode().split(b"\n")
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=8))
    _refused_or_read({name: b"\n".join(chosen)})
