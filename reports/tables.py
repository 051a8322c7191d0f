"""Rows as CSV that a spreadsheet opens rightly, and cannot be made to run."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

Cell = str | int | float | Decimal | date | datetime | None

# A spreadsheet takes a text that begins so for a formula, also in its full-width form or after a space.
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")
_BYTE_ORDER_MARK = "\ufeff"


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, delimiter: str = ",") -> bytes:
    """UTF-8 with a byte order mark, so that Excel too shows the accents; no text becomes a formula."""
    stream = StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells under a header of {len(header)}")
        writer.writerow([_written(cell) for cell in row])
    return (_BYTE_ORDER_MARK + stream.getvalue()).encode()


def guarded(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_STARTS_FORMULA) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else str(cell)
