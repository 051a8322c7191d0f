"""What importers share: who imports, what came of it, and refusals turned into faults of a line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from vaccination.domain.csv_table import CsvRow
from vaccination.domain.faults import InvalidFields
from vaccination.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Author:
    """Who imports, and when."""

    now: datetime
    user_id: int | None


@dataclass(slots=True)
class Imported:
    """Rows that were made, changed, or were there already as the file says."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def count_change(self, has_changed: bool) -> None:
        """One more row that was there before."""
        if has_changed:
            self.changed += 1
        else:
            self.unchanged += 1


@contextmanager
def faults_of(row: CsvRow, column_of: Mapping[str, str], whole_row: str) -> Iterator[None]:
    """Turn a refusal inside the block into faults of the row; `whole_row` is the column of a conflict."""
    try:
        yield
    except InvalidFields as refusal:
        for fault in refusal.faults:
            row.fault(column_of.get(fault.field, fault.field), fault.code, fault.facts)
    except (Conflict, NotFound) as refusal:
        row.fault(whole_row, refusal.code, refusal.detail)
