"""The page docs/benchmarks.md: a head and sections, each of which is replaced alone."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs/benchmarks.md"
PLANNER, MACHINE = "Planner", "Machine of what follows"
_HEAD = "# Benchmarks\n\nWritten by `make bench`; see `tests/bench`. Figures depend on the machine.\n"
_MARK = "\n## "


def put_section(title: str, lines: Iterable[str], path: Path = PAGE) -> None:
    """Write the section where it stood before, else at the end."""
    _head, *sections = (path.read_text(encoding="utf-8") if path.exists() else "").split(_MARK)
    bodies = dict(section.split("\n", 1) for section in sections)
    bodies[title] = "\n" + "\n".join(lines) + "\n"
    path.write_text(
        _HEAD + "".join(f"{_MARK}{name}\n{body}" for name, body in bodies.items()), encoding="utf-8"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table whose first column is text, all others figures."""
    lines = [list(head), ["---", *["---:"] * (len(head) - 1)], *map(list, rows)]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def planner_lines(entries: list[dict[str, Any]]) -> list[str]:
    """Picture, figures, phases, and where they were measured."""
    sizes = [f"{entry['requests']:,}" for entry in entries]
    phases = list(dict.fromkeys(name for entry in entries for name in entry["phases"] if name != "total"))
    return [
        "Campaigns drawn by `python -m seeds folder`, each planned by `python -m solver solve` in a",
        "process of its own. Time runs from the start of the process until the plan is written. The bound is",
        "proven: no plan that keeps the rules scores more. `make bench SIZES=1000000` plans the largest,",
        "which is left out otherwise, for it takes a quarter of an hour.",
        "",
        "![Score and bound over time](pictures/planner-curves.svg)",
        "",
        *table(["requests", *sizes], _figures(entries)),
        "",
        *table(
            ["seconds by phase", *sizes], ([name, *(_phase(one, name) for one in entries)] for name in phases)
        ),
        "",
        *_machines(entries),
    ]


def _figures(entries: list[dict[str, Any]]) -> list[list[str]]:
    yardsticks = dict.fromkeys(name for entry in entries for name in entry["yardsticks"])
    rows = {
        "centres": [f"{one['centres']:,}" for one in entries],
        "time limit": [f"{one['limit_s']:,.0f} s" for one in entries],
        "time": [f"{one['seconds']:,.1f} s" for one in entries],
        "peak memory": [f"{one['peak_memory_mb']:,.0f} MB" for one in entries],
        "planned": [f"{one['planned']:,}" for one in entries],
        "score": [f"{one['score']:,.0f}" for one in entries],
        "proven bound": [f"{one['bound']:,.0f}" for one in entries],
        "**gap**": [f"**{one['gap']:.2%}**" for one in entries],
    }
    for name in yardsticks:
        rows[f"{name}, of the bound"] = [_share(one, name) for one in entries]
    return [[name, *cells] for name, cells in rows.items()]


def _share(entry: dict[str, Any], yardstick: str) -> str:
    found = entry["yardsticks"].get(yardstick)
    return f"{found['score'] / entry['bound']:.1%}" if found else ""


def _phase(entry: dict[str, Any], name: str) -> str:
    return f"{entry['phases'][name]:,.1f}" if name in entry["phases"] else ""


def _machines(entries: list[dict[str, Any]]) -> list[str]:
    """One line for all sizes that were measured under the same circumstances."""
    on: dict[str, list[str]] = {}
    for entry in entries:
        what = "; ".join(f"{name}: {fact}" for name, fact in entry["machine"].items())
        workers = "one worker" if entry["workers"] == 1 else f"{entry['workers']} workers"
        on.setdefault(f"{workers}; {what}", []).append(f"{entry['requests']:,}")
    return [f"- {', '.join(sizes)} requests: {what}" for what, sizes in on.items()]
