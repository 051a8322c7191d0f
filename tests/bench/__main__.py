"""`make bench`: plan, scan, book; writes docs/benchmarks.md and tells what changed since the last run."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers
from tests.bench import desk, places, plan_store, planning
from tests.bench.figures import Figure, machine
from tests.databases import ROOT, PostgresDatabases, SqliteDatabases
from vaccination import db
from vaccination.security.fields import KeyRing, generate_keys, use_keys

_PAGE = ROOT / "docs/benchmarks.md"
_LAST = ROOT / "var/benchmarks.json"


def main() -> None:
    """Measure everything and write it down."""
    use_keys(KeyRing.from_text(generate_keys()))
    found = machine()
    sections = {
        "Planning (`solver.solve`, one worker)": list(planning.measure()),
        "A plan and the store (5,000 requests; first come, first served)": list(_plan_store()),
        "Desk": list(_desk()),
        "Booking on PostgreSQL (its disk is not waited for: fsync off)": list(_places()),
    }
    text = _page(found, sections, _before())
    _PAGE.write_text(text, encoding="utf-8")
    _LAST.parent.mkdir(mode=0o700, exist_ok=True)
    values = {f"{title}/{one.name}": one.value for title, part in sections.items() for one in part}
    _LAST.write_text(json.dumps(values, indent=1), encoding="utf-8")
    sys.stdout.write(text)


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


def _page(found: dict[str, str], sections: dict[str, list[Figure]], before: dict[str, float]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; see `tests/bench`. Figures depend on the machine:",
        "",
    ]
    lines += [f"- {name}: {what}" for name, what in found.items()]
    for title, figures in sections.items():
        lines += ["", f"## {title}", "", "| what | figure | since last run |", "|---|---|---|"]
        lines += [
            f"| {one.name} | {one} | {_change(one, before.get(f'{title}/{one.name}'))} |" for one in figures
        ]
    return "\n".join(lines) + "\n"


def _change(one: Figure, last: float | None) -> str:
    if not last:
        return ""
    return f"{100 * (one.value - last) / last:+.1f} %"


if __name__ == "__main__":
    main()
