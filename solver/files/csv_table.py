"""A CSV file as numbered texts: each column holds its distinct texts once, and a number a row.

A million requests have sixteen million cells and a few ten thousand distinct texts. So a text is parsed once
however often it stands there, and the file is read in pieces, for the cells as strings would fill a gigabyte.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.contract import Bools, Ints
from solver.files.cells import FAULTS_KEPT, Faults, Names, shown

V = TypeVar("V")
ROWS_AT_ONCE = 512
"""Few enough that a piece's cells stay in the processor's cache: thirty times as many took half as long again
(a million requests, two cores)."""
_BREAK = re.compile("\r\n|\r|\n")
_Codes = NDArray[np.int32]


class _Texts(dict[str, int]):
    """Numbers texts in the order in which they first appear."""

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code


@dataclass
class CsvTable:
    """The wanted columns of one CSV file, with the line on which each row ends."""

    file: str
    faults: Faults
    texts: dict[str, _Texts]
    codes: dict[str, _Codes]
    lines: _Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    spoilt: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """Rows with a fault: what is said of their other cells may hang on a stand-in."""
    complete: bool = True
    """Whether every row was taken; one with a wrong number of cells is not."""

    @classmethod
    def empty(cls, file: str, wanted: str, faults: Faults) -> "CsvTable":
        """A table without rows."""
        names = wanted.split()
        none = np.zeros(0, dtype=np.int32)
        return cls(file, faults, {name: _Texts() for name in names}, dict.fromkeys(names, none))

    @classmethod
    def read(cls, folder: Path, file: str, wanted: str, faults: Faults) -> "CsvTable":
        """The file's table; what cannot be read of it is a fault."""
        table = cls.empty(file, wanted, faults)
        try:
            with open(folder / file, newline="", encoding="utf-8-sig") as stream:
                table._fill(csv.reader(stream, strict=True))
        except OSError as failure:
            table._lost(0, f"cannot be read: {failure.strerror}")
        except UnicodeDecodeError:
            table._lost(_first_line_not_utf8(folder / file), "is not UTF-8")
        return table

    def _lost(self, line: int, reason: str) -> None:
        self.complete = False
        self.faults.add(self.file, line, "", reason)

    def _fill(self, reader: "Iterator[list[str]]") -> None:
        try:
            head = next(reader, [])
            missing = [name for name in self.texts if head.count(name) != 1]
            for name in missing if head else ():
                self.faults.add(self.file, 1, name, "this column must stand in the header once")
            self.complete = not missing
            if missing and not head:
                self._lost(1, "is empty: the header is missing")
            elif not missing:
                self._take(reader, head)
        except csv.Error as failure:
            self._lost(reader.line_num, f"is not CSV: {failure}")  # type: ignore[attr-defined]

    def _take(self, reader: "Iterator[list[str]]", head: list[str]) -> None:
        """All rows, piece by piece."""
        at = {name: head.index(name) for name in self.texts}
        texts = {name: _Texts() for name in at}
        codes: dict[str, list[_Codes]] = {name: [] for name in at}
        ends: list[_Codes] = []
        line = reader.line_num  # type: ignore[attr-defined]
        while rows := list(islice(reader, ROWS_AT_ONCE)):
            end = _line_ends(rows, line, reader.line_num)  # type: ignore[attr-defined]
            line = int(end[-1])
            if set(map(len, rows)) != {len(head)}:
                rows, end = self._whole_rows(rows, end, len(head))
            ends.append(end)
            columns = list(zip(*rows, strict=True)) or [()] * len(head)
            for name, i in at.items():
                codes[name].append(np.fromiter(map(texts[name].__getitem__, columns[i]), np.int32, len(rows)))
        if ends:
            self.lines, self.texts = np.concatenate(ends), texts
            self.codes = {name: np.concatenate(parts) for name, parts in codes.items()}
            self.spoilt = np.zeros(len(self.lines), dtype=np.bool_)

    def _whole_rows(self, rows: list[list[str]], end: _Codes, width: int) -> tuple[list[list[str]], _Codes]:
        """The rows as wide as the header, with their lines; empty lines are no rows."""
        for row, line in zip(rows, end.tolist(), strict=True):
            if row and len(row) != width:
                self._lost(line, f"has {len(row)} cells, not {width}")
        fits = np.array([len(row) == width for row in rows], dtype=np.bool_)
        return [row for row in rows if len(row) == width], end[fits]

    def __len__(self) -> int:
        return len(self.lines)

    def fault_at(self, row: int, column: str, reason: str) -> None:
        """Something is wrong in this row's cell."""
        self.spoilt[row] = True
        self.faults.add(self.file, int(self.lines[row]), column, reason)

    def faults_at(self, rows: Ints, column: str, reason: Callable[[int], str] | str) -> None:
        """Something is wrong in each of these rows; the reason is one for all, or found by row."""
        for row in rows[:FAULTS_KEPT].tolist():
            self.fault_at(row, column, reason if isinstance(reason, str) else reason(row))
        self.spoilt[rows] = True
        self.faults.beyond += max(0, len(rows) - FAULTS_KEPT)

    def text(self, column: str) -> list[str]:
        """The column as it stands in the file."""
        texts = list(self.texts[column])
        return [texts[code] for code in self.codes[column].tolist()]

    def distinct(self, column: str, parse: Callable[[str], V], instead: V) -> list[V]:
        """The value of each distinct text; one that `parse` refuses with ValueError becomes faults."""
        values, bad = [], {}
        for code, text in enumerate(self.texts[column]):
            try:
                values.append(parse(text))
            except ValueError as refusal:
                values.append(instead)
                bad[code] = str(refusal)
        if bad:
            self._refuse(column, bad)
        return values

    def _refuse(self, column: str, bad: dict[int, str]) -> None:
        codes = self.codes[column]
        is_bad = np.zeros(len(self.texts[column]), dtype=np.bool_)
        is_bad[list(bad)] = True
        self.faults_at(np.flatnonzero(is_bad[codes]), column, lambda row: bad[int(codes[row])])

    def parsed(self, column: str, parse: Callable[[str], Any], instead: Any) -> NDArray[Any]:
        """The column's values."""
        values = np.array(self.distinct(column, parse, instead))
        return np.asarray(values[self.codes[column]])

    def keys(self, column: str) -> Names:
        """Row number by id; ids are neither empty nor repeated."""
        texts, codes = self.texts[column], self.codes[column]
        row_of = Names(texts)
        row_of.complete = self.complete and len(texts) == len(self) and "" not in texts
        if len(texts) != len(self):
            _, first = np.unique(codes, return_index=True)
            row_of.update(zip(texts, first.tolist(), strict=True))
            again = np.ones(len(self), dtype=np.bool_)
            again[first] = False
            names = list(texts)
            twice = "{} stands here twice".format
            self.faults_at(np.flatnonzero(again), column, lambda row: twice(shown(names[codes[row]])))
        if "" in texts:
            self.faults_at(np.flatnonzero(codes == texts[""]), column, "is empty")
        return row_of


def _line_ends(rows: list[list[str]], before: int, after: int) -> _Codes:
    """The line on which each row ends; a cell in quotes may hold line breaks."""
    if after - before == len(rows):
        return np.arange(before + 1, after + 1, dtype=np.int32)
    spans = [1 + sum(len(_BREAK.findall(cell)) for cell in row) for row in rows]
    return (before + np.cumsum(spans)).astype(np.int32)


def _first_line_not_utf8(path: Path) -> int:
    with open(path, "rb") as stream:
        for line, raw in enumerate(stream, 1):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                return line
    return 0
