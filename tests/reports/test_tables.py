import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.tables import guarded, to_csv

cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), st.integers()
)


def parsed(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_rows_come_back_and_no_text_begins_as_a_formula(rows: list[tuple[str | int, str | int]]) -> None:
    header, *read = parsed(to_csv(["one", "two"], rows))
    assert header == ["one", "two"]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [str(cell).removeprefix("'") for cell in row] for row in rows
    ]
    for given_row, read_row in zip(rows, read, strict=True):
        for cell, text in zip(given_row, read_row, strict=True):
            assert isinstance(cell, int) or text.lstrip(" \u00a0")[:1] not in tuple("=+-@\t\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+33 2", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "|cmd"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_plain_cells_are_written_plainly() -> None:
    moment = datetime(2027, 5, 4, 9, 40, tzinfo=UTC)
    content = to_csv(["a", "b", "c", "d", "e"], [["é; x", -3, None, date(2027, 5, 4), moment]], delimiter=";")
    assert parsed(content, ";")[1] == ["é; x", "-3", "", "2027-05-04", "2027-05-04T09:40:00+00:00"]
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")


def test_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        to_csv(["a"], [["x", "y"]])
