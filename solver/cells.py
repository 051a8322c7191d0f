"""Cells of CSV files turned into columns of values; every bad cell is remembered with its file and line."""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

V = TypeVar("V")
ABSURD_DAYS = 100 * 366
"""No date of a campaign lies further than this from its start."""


@dataclass(frozen=True, slots=True, order=True)
class FolderFault:
    """One reason to refuse a planning folder; line 0 is the file as a whole."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


class FolderRefused(ValueError):
    """The folder holds at least one bad value; nothing of it was taken. Holds every fault found."""

    def __init__(self, faults: list[FolderFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class _Memo(dict[str, V], Generic[V]):
    """Parses each distinct text once: columns repeat themselves."""

    def __init__(self, parse: Callable[[str], V], instead: V) -> None:
        self.parse, self.instead, self.bad = parse, instead, dict[str, str]()

    def __missing__(self, text: str) -> V:
        try:
            value = self.parse(text)
        except ValueError as refusal:
            value, self.bad[text] = self.instead, str(refusal)
        self[text] = value
        return value


@dataclass
class CsvTable:
    """The wanted columns of one CSV file, as text, with the line on which each row ends."""

    file: str
    faults: list[FolderFault]
    columns: dict[str, list[str]]
    lines: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path, file: str, wanted: str, faults: list[FolderFault]) -> "CsvTable":
        names = wanted.split()
        table = cls(file, faults, {name: [] for name in names})
        try:
            with open(folder / file, newline="", encoding="utf-8-sig") as stream:
                table._fill(names, csv.reader(stream, strict=True))
        except OSError as failure:
            table.fault(0, "", f"cannot be read: {failure.strerror}")
        except UnicodeDecodeError as failure:
            table.fault(0, "", f"is not UTF-8 (byte {failure.start})")
        except csv.Error as failure:
            table.fault(0, "", f"is not CSV: {failure}")
        return table

    def _fill(self, names: list[str], rows: "Iterator[list[str]]") -> None:
        head = next(rows, [])
        missing = [name for name in names if head.count(name) != 1]
        for name in missing:
            self.fault(1, name, "this column must stand in the header once")
        if missing:
            return
        take = [head.index(name) for name in names]
        kept: list[list[str]] = []
        for row in rows:
            if len(row) == len(head):
                kept.append(row)
                self.lines.append(rows.line_num)  # type: ignore[attr-defined]
            elif row:
                self.fault(rows.line_num, "", f"has {len(row)} cells, not {len(head)}")  # type: ignore[attr-defined]
        self.columns = {name: [row[i] for row in kept] for name, i in zip(names, take, strict=True)}

    def __len__(self) -> int:
        return len(self.lines)

    def fault(self, line: int, column: str, reason: str) -> None:
        self.faults.append(FolderFault(self.file, line, column, reason))

    def fault_at(self, row: int, column: str, reason: str) -> None:
        self.fault(self.lines[row] if 0 <= row < len(self.lines) else 0, column, reason)

    def parsed(self, column: str, parse: Callable[[str], V], instead: V) -> list[V]:
        """The column's values; a text which `parse` refuses with ValueError becomes a fault."""
        memo = _Memo(parse, instead)
        values = [memo[text] for text in self.columns[column]]
        if memo.bad:
            for row, text in enumerate(self.columns[column]):
                if text in memo.bad:
                    self.fault_at(row, column, memo.bad[text])
        return values

    def keys(self, column: str) -> dict[str, int]:
        """Row number by id; ids are neither empty nor repeated."""
        row_of: dict[str, int] = {}
        for row, key in enumerate(self.columns[column]):
            if not key:
                self.fault_at(row, column, "is empty")
            elif key in row_of:
                self.fault_at(row, column, f"{key!r} stands here twice")
            row_of.setdefault(key, row)
        return row_of


def whole(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.lstrip("-").isdigit()):
            raise ValueError(f"{text!r} is not a whole number")
        if not low <= int(text) <= high:
            raise ValueError(f"{text} is not between {low} and {high}")
        return int(text)

    return parse


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of decimal numbers from `low` to `high`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in text:
            raise ValueError(f"{text!r} is not a number")
        if not low <= value <= high:
            raise ValueError(f"{text} is not between {low:g} and {high:g}")
        return value

    return parse


def flag(text: str) -> bool:
    """1 is yes; 0, or an empty cell, is no."""
    if text not in ("0", "1", ""):
        raise ValueError(f"{text!r} is not 0 or 1")
    return text == "1"


def minute(text: str) -> int:
    """Minutes after midnight of HH:MM; 24:00 is the end of the day."""
    hours, minutes = text[:2], text[3:]
    if not (
        len(text) == 5 and text[2] == ":" and (hours + minutes).isascii() and (hours + minutes).isdigit()
    ):
        raise ValueError(f"{text!r} is not a time as HH:MM")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > 24 * 60:
        raise ValueError(f"{text!r} is no time of day")
    return total


def day_from(start: date) -> Callable[[str], int]:
    """A parser of dates as days from the planning start."""

    def parse(text: str) -> int:
        try:
            day = (date.fromisoformat(text) - start).days if len(text) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise ValueError(f"{text!r} is not a date as YYYY-MM-DD")
        if abs(day) > ABSURD_DAYS:
            raise ValueError(f"{text} is absurdly far from the planning start")
        return day

    return parse


def member_of(row_of: dict[str, int], what: str) -> Callable[[str], int]:
    """A parser of ids that stand in another table."""

    def parse(text: str) -> int:
        if text not in row_of:
            raise ValueError(f"{text!r} is no known {what}")
        return row_of[text]

    return parse


def or_none(parse: Callable[[str], V], none: V) -> Callable[[str], V]:
    """The same parser, but an empty cell means `none`."""
    return lambda text: parse(text) if text else none


def joined(parse: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A parser of values joined by '|'; an empty cell holds none. Sorted, without repetition."""
    return lambda text: tuple(sorted({parse(part) for part in text.split("|")})) if text else ()
