"""CSV files into rows: a file is taken whole or refused whole, with every fault's line, column and reason."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from vaccination.domain.csv_table import CsvTable, read_csv
from vaccination.domain.file_kinds import NEEDED, OPTIONAL, FileKind
from vaccination.services import audit
from vaccination.services.imports.centres import import_centres, import_hours
from vaccination.services.imports.rules import import_priority_groups, import_products, import_schedules
from vaccination.services.imports.stock import import_deliveries
from vaccination.services.imports.tally import Author, Imported

Importer: TypeAlias = Callable[[Session, CsvTable, Author], Imported]

_IMPORTERS: dict[FileKind, Importer] = {
    FileKind.CENTRES: import_centres,
    FileKind.HOURS: import_hours,
    FileKind.DELIVERIES: import_deliveries,
    FileKind.PRODUCTS: import_products,
    FileKind.SCHEDULES: import_schedules,
    FileKind.PRIORITY_GROUPS: import_priority_groups,
}


def import_file(
    session: Session, kind: FileKind, content: bytes, *, now: datetime, user_id: int | None = None
) -> Imported:
    """Take a file's rows: what is new is made, what differs is changed. Sent twice, it changes nothing more.

    Raises FileRefused with every fault; then nothing is changed, whatever the caller commits.
    """
    table = read_csv(content, NEEDED[kind], OPTIONAL[kind])
    with session.begin_nested():
        result = _IMPORTERS[kind](session, table, Author(now, user_id))
        table.check()
    facts = {"created": result.created, "changed": result.changed, "unchanged": result.unchanged}
    audit.record(session, "import_file", f"file:{kind.value}", now=now, user_id=user_id, facts=facts)
    return result
