"""CSV files as people send them: read whole, every fault with its line, column and a code for the reason.

UTF-8 with or without a byte order mark, comma or semicolon. A column that is not asked for is ignored. A
cell that a spreadsheet guarded against formulas ('+33…) is taken without its guard.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeVar

from vaccination.errors import Invalid

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_FAULTS = 500
Value = TypeVar("Value")
Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class CsvFault:
    """One reason to refuse a file: line (0 is the file as a whole), column, code, facts for the sentence."""

    line: int
    column: str
    code: str
    facts: Facts = field(default_factory=dict)


class FileRefused(Invalid):
    """The file has at least one fault; nothing of it was taken. Holds the faults found."""

    code = "file_refused"

    def __init__(self, faults: tuple[CsvFault, ...]) -> None:
        super().__init__(f"{len(faults)} faults", faults=faults)
        self.faults = faults


class BadCell(Exception):
    """A cell that is not what its column asks for."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class CsvRow:
    """One line's cells; reading one that is wrong notes a fault and yields the given stand-in."""

    def __init__(self, line: int, cells: Mapping[str, str], faults: list[CsvFault]) -> None:
        self.line, self._cells, self._faults = line, cells, faults
        self.is_faulty = False

    def fault(self, column: str, code: str, facts: Facts | None = None) -> None:
        """Note a fault of this line."""
        self.is_faulty = True
        self._faults.append(CsvFault(self.line, column, code, facts or {}))

    def text(self, column: str) -> str:
        """The cell as it stands; empty where the file has no such column."""
        return self._cells.get(column, "")

    def required(self, column: str, parse: Callable[[str], Value], instead: Value) -> Value:
        """The cell's value; an empty cell is a fault."""
        if not self.text(column):
            self.fault(column, "missing")
            return instead
        return self._parsed(column, parse, instead)

    def optional(self, column: str, parse: Callable[[str], Value]) -> Value | None:
        """The cell's value, or None where it is empty."""
        return self._parsed(column, parse, None) if self.text(column) else None

    def _parsed(self, column: str, parse: Callable[[str], Value], instead: Value) -> Value:
        try:
            return parse(self.text(column))
        except BadCell as wrong:
            self.fault(column, wrong.code, {"value": self.text(column)[:40], **wrong.facts})
            return instead


@dataclass
class CsvTable:
    """The rows of a file and the faults found so far."""

    rows: list[CsvRow] = field(default_factory=list)
    faults: list[CsvFault] = field(default_factory=list)

    def check(self) -> None:
        """Raise FileRefused with every fault, in the order of the file."""
        if self.faults:
            ordered = sorted(self.faults, key=lambda fault: fault.line)
            raise FileRefused(tuple(ordered[:MOST_FAULTS]))


def read_csv(content: bytes, needed: Collection[str], optional: Collection[str] = ()) -> CsvTable:
    """The file's rows. Faults of the file as a whole raise FileRefused at once."""
    table = CsvTable()
    text = _decoded(content, table)
    table.check()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        _read_rows(reader, table, needed, optional)
    except csv.Error as wrong:
        table.faults.append(CsvFault(reader.line_num, "", "not_csv", {"detail": str(wrong)}))
    table.check()
    return table


def _decoded(content: bytes, table: CsvTable) -> str:
    if len(content) > MOST_BYTES:
        table.faults.append(CsvFault(0, "", "too_large", {"megabytes": MOST_BYTES // 1024**2}))
        return ""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        table.faults.append(CsvFault(line, "", "not_utf8"))
        return ""
    if not text.strip():
        table.faults.append(CsvFault(0, "", "empty_file"))
    elif "\x00" in text:
        table.faults.append(CsvFault(text[: text.index("\x00")].count("\n") + 1, "", "not_csv"))
    return text


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return ";" if head.count(";") > head.count(",") else ","


def _read_rows(
    reader: "Iterator[list[str]]", table: CsvTable, needed: Collection[str], optional: Collection[str]
) -> None:
    head = [name.strip().lower() for name in next(reader)]
    absent = [name for name in needed if name not in head]
    twice = [name for name in sorted({*needed, *optional}) if head.count(name) > 1]
    table.faults += [CsvFault(1, name, "column_missing") for name in absent]
    table.faults += [CsvFault(1, name, "column_twice") for name in twice]
    if table.faults:
        return
    before = reader.line_num  # type: ignore[attr-defined]
    for cells in reader:
        line, before = before + 1, reader.line_num  # type: ignore[attr-defined]
        if any(cell.strip() for cell in cells) and not _read_row(line, head, cells, table):
            return


def _read_row(line: int, head: list[str], cells: list[str], table: CsvTable) -> bool:
    """Keep a row; false when there are too many to go on."""
    if len(table.rows) >= MOST_ROWS:
        table.faults.append(CsvFault(line, "", "too_many_rows", {"most": MOST_ROWS}))
        return False
    if len(cells) != len(head):
        table.faults.append(CsvFault(line, "", "cell_count", {"found": len(cells), "wanted": len(head)}))
    else:
        named = {name: _plain(cell) for name, cell in zip(head, cells, strict=True)}
        table.rows.append(CsvRow(line, named, table.faults))
    return True


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if re.match(r"'\s*[=+\-@＝＋－＠|%]", cell) else cell


def text(cell: str) -> str:
    """Any text without control characters."""
    if any(ord(c) < 32 for c in cell):
        raise BadCell("control_character")
    return cell


def whole(cell: str) -> int:
    """A whole number in digits."""
    if not re.fullmatch(r"-?[0-9]{1,9}", cell):
        raise BadCell("not_whole")
    return int(cell)


def decimal(cell: str) -> float:
    """A number; the decimal comma is fine."""
    if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,12})?", cell):
        raise BadCell("not_a_number")
    value = float(cell.replace(",", "."))
    return value if math.isfinite(value) else 0.0


def day(cell: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            raise ValueError
        return date.fromisoformat(cell)
    except ValueError:
        raise BadCell("not_a_day") from None


def clock(cell: str) -> time:
    """A time of day as HH:MM."""
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", cell):
        raise BadCell("not_a_time")
    hours, minutes = cell.split(":")
    return time(int(hours), int(minutes))


def truth(cell: str) -> bool:
    """1 or 0."""
    if cell not in ("0", "1"):
        raise BadCell("not_truth")
    return cell == "1"


def one_of(known: Mapping[str, Value], code: str) -> Callable[[str], Value]:
    """A parser of names that must be known; `code` says what is unknown."""

    def parse(cell: str) -> Value:
        if cell not in known:
            raise BadCell(code)
        return known[cell]

    return parse
