"""Values as the planning folder writes them."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from solver.contract import NEVER_AFTER, NEVER_BEFORE


def write_rows(path: Path, head: str, rows: Iterable[Sequence[Any]]) -> None:
    """One CSV file; `head` names its columns, parted by spaces."""
    with open(path, "w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(head.split())
        out.writerows(rows)


def quoted(names: list[str]) -> list[str]:
    """The names as cells of a CSV file."""
    # One look at all of them together is enough where none needs quotes, as nearly always.
    together = "".join(names)
    if not any(sign in together for sign in ',"\r\n'):
        return names
    return ['"' + n.replace('"', '""') + '"' if set(n) & set(',"\r\n') else n for n in names]


def clock(minutes: int) -> str:
    """HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Dates(dict[int, str]):
    """Day number to ISO date; no date for a range without an end."""

    def __init__(self, start: date) -> None:
        self.start = start
        self[NEVER_BEFORE] = self[NEVER_AFTER] = ""

    def __missing__(self, day: int) -> str:
        self[day] = text = (self.start + timedelta(int(day))).isoformat()
        return text
