"""The counted odds as a file that the job writes and the page reads: small, public, whole or not at all."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from vaccination.domain.fair import Odds, OddsTable


@dataclass(frozen=True, slots=True)
class CountedOdds:
    """The tables by kind, and when they were counted."""

    counted_at: datetime
    tables: Mapping[str, OddsTable]


def write_odds(files_dir: Path, odds: CountedOdds) -> None:
    """Put the file into its place in one step: no page reads half of it."""
    target = _path(files_dir)
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=target.parent, delete=False, encoding="utf-8") as partial:
        tables = {kind: asdict(table) for kind, table in odds.tables.items()}
        json.dump({"counted_at": odds.counted_at.isoformat(), "tables": tables}, partial)
    made = Path(partial.name)
    made.chmod(0o644)  # the web reads what the worker writes
    made.replace(target)


def read_odds(files_dir: Path) -> CountedOdds | None:
    """What was counted last; None where nobody has counted yet."""
    try:
        kept = json.loads(_path(files_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    tables = {
        kind: OddsTable(tuple(Odds(**row) for row in table["rows"]), table["hidden"])
        for kind, table in kept["tables"].items()
    }
    return CountedOdds(datetime.fromisoformat(kept["counted_at"]), tables)


def _path(files_dir: Path) -> Path:
    return files_dir / "public" / "odds.json"
