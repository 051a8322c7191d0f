"""Cells of CSV files turned into values, and the faults of those that cannot be."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

V = TypeVar("V")
ABSURD_DAYS = 100 * 366
"""No date of a campaign lies further than this from its start."""
FAULTS_KEPT, FAULTS_SHOWN = 1000, 3000
"""Faults of one column that are kept one by one, and faults that are printed; the rest is counted."""


@dataclass(frozen=True, slots=True, order=True)
class FolderFault:
    """One reason to refuse a planning folder; line 0 is the file as a whole."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


class Faults:
    """All that is wrong with a folder: of each column the first thousand faults, the others as a number."""

    def __init__(self) -> None:
        self.kept: list[FolderFault] = []
        self.beyond = 0
        self._of: Counter[tuple[str, str]] = Counter()

    def __len__(self) -> int:
        return len(self.kept) + self.beyond

    def add(self, file: str, line: int, column: str, reason: str) -> None:
        """Keep one fault, or count it where its column has shown more than enough."""
        self._of[file, column] += 1
        if self._of[file, column] > FAULTS_KEPT:
            self.beyond += 1
        else:
            self.kept.append(FolderFault(file, line, column, reason))

    def files(self) -> set[str]:
        """The files with a fault."""
        return {file for file, _ in self._of}


class FolderRefused(ValueError):
    """The folder holds at least one bad value; nothing of it was taken. Holds the faults found."""

    def __init__(self, faults: Faults) -> None:
        self.faults = sorted(set(faults.kept))
        self.count = len(self.faults) + faults.beyond
        super().__init__(listed(self.faults, self.count))


def listed(faults: Iterable[object], count: int) -> str:
    """The faults one a line; of endless ones the first thousands, and how many more there are."""
    lines = [str(fault) for fault in faults][:FAULTS_SHOWN]
    if count > len(lines):
        lines.append(f"… and {count - len(lines)} more")
    return "\n".join(lines)


class Names(dict[str, int]):
    """Row number by id. Where a row or its id was lost nothing can be said of an id that is not here."""

    complete = True


def shown(text: str) -> str:
    """A cell's text for a sentence, cut where it is endless."""
    return repr(text if len(text) <= 60 else text[:57] + "…")


def whole(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError(f"{shown(text)} is not a whole number")
        # Python refuses to read a number of thousands of digits, in words that tell nobody anything.
        if len(digits) > 30 or not low <= int(text) <= high:
            raise ValueError(f"{shown(text)} is not between {low} and {high}")
        return int(text)

    return parse


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of decimal numbers from `low` to `high`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in text or not text.isascii():
            raise ValueError(f"{shown(text)} is not a number")
        if not low <= value <= high:
            raise ValueError(f"{shown(text)} is not between {low:g} and {high:g}")
        return value

    return parse


def flag(text: str) -> bool:
    """1 is yes; 0, or an empty cell, is no."""
    if text not in ("0", "1", ""):
        raise ValueError(f"{shown(text)} is not 0 or 1")
    return text == "1"


def minute(text: str) -> int:
    """Minutes after midnight of HH:MM; 24:00 is the end of the day."""
    hours, minutes = text[:2], text[3:]
    if not (
        len(text) == 5 and text[2] == ":" and (hours + minutes).isascii() and (hours + minutes).isdigit()
    ):
        raise ValueError(f"{shown(text)} is not a time as HH:MM")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > 24 * 60:
        raise ValueError(f"{shown(text)} is no time of day")
    return total


def iso_date(text: str) -> date:
    """A date as YYYY-MM-DD, and no other way of ISO 8601 to write one."""
    # fromisoformat also takes 20210510 and 2021-W19-1.
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"{shown(text)} is not a date as YYYY-MM-DD")


def day_from(start: date) -> Callable[[str], int]:
    """A parser of dates as days from the planning start."""

    def parse(text: str) -> int:
        day = (iso_date(text) - start).days
        if abs(day) > ABSURD_DAYS:
            raise ValueError(f"{text} is absurdly far from the planning start")
        return day

    return parse


def member_of(row_of: Names, what: str) -> Callable[[str], int]:
    """A parser of ids that stand in another table."""

    def parse(text: str) -> int:
        row = row_of.get(text)
        if row is None and row_of.complete:
            raise ValueError(f"{shown(text)} is no known {what}")
        return row or 0

    return parse


def or_none(parse: Callable[[str], V], none: V) -> Callable[[str], V]:
    """The same parser, but an empty cell means `none`."""
    return lambda text: parse(text) if text else none


def joined(parse: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A parser of values joined by '|'; an empty cell holds none. Sorted, without repetition."""
    return lambda text: tuple(sorted({parse(part) for part in text.split("|")})) if text else ()
