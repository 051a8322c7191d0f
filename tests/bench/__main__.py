"""`make bench`: scan, store, book; writes docs/benchmarks.md and tells what changed since the last run.

The planner is measured by tests.bench.planner, in processes of its own.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers
from tests.bench import desk, page, places, plan_store
from tests.bench.figures import Figure, machine
from tests.databases import ROOT, PostgresDatabases, SqliteDatabases
from vaccination import db
from vaccination.security.fields import KeyRing, generate_keys, use_keys

_LAST = ROOT / "var/benchmarks.json"


def main() -> None:
    """Measure everything and write it down."""
    use_keys(KeyRing.from_text(generate_keys()))
    found = machine()
    sections = {
        "A plan and the store (5,000 requests; first come, first served)": list(_plan_store()),
        "Desk": list(_desk()),
        "Booking on PostgreSQL (its disk is not waited for: fsync off)": list(_places()),
    }
    before = _before()
    page.put_section(page.MACHINE, [f"- {name}: {what}" for name, what in found.items()])
    for title, figures in sections.items():
        page.put_section(title, _lines(title, figures, before))
    _LAST.parent.mkdir(mode=0o700, exist_ok=True)
    values = {f"{title}/{one.name}": one.value for title, part in sections.items() for one in part}
    _LAST.write_text(json.dumps(values, indent=1), encoding="utf-8")
    sys.stdout.write(page.PAGE.read_text(encoding="utf-8"))


def _plan_store() -> Iterator[Figure]:
    with _postgres():
        yield from plan_store.measure("PostgreSQL")
    with tempfile.TemporaryDirectory() as folder, SqliteDatabases(Path(folder)).fresh() as url, _bound(url):
        yield from plan_store.measure("SQLite")


def _desk() -> Iterator[Figure]:
    with _postgres():
        yield from desk.measure("PostgreSQL")
    with tempfile.TemporaryDirectory() as folder, SqliteDatabases(Path(folder)).fresh() as url, _bound(url):
        yield from list(desk.measure("SQLite"))[1:]


def _places() -> Iterator[Figure]:
    with _postgres():
        yield from places.measure()


@contextmanager
def _postgres() -> Iterator[None]:
    with servers.postgres() as sockets, PostgresDatabases(sockets).fresh() as url, _bound(url):
        yield


@contextmanager
def _bound(url: str) -> Iterator[None]:
    engine = db.bind(url)
    try:
        yield
    finally:
        engine.dispose()


def _before() -> dict[str, float]:
    read: dict[str, float] = json.loads(_LAST.read_text(encoding="utf-8")) if _LAST.exists() else {}
    return read


def _lines(title: str, figures: list[Figure], before: dict[str, float]) -> list[str]:
    rows = [(one.name, str(one), _change(one, before.get(f"{title}/{one.name}"))) for one in figures]
    return page.table(("what", "figure", "since last run"), rows)


def _change(one: Figure, last: float | None) -> str:
    if not last:
        return ""
    return f"{100 * (one.value - last) / last:+.1f} %"


if __name__ == "__main__":
    main()
