"""The table of access: what all features say, put together."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from tests.web.access.rule import Rule

_NO_FEATURES = ("__init__", "rule", "table")


def joined(parts: Iterable[tuple[str, dict[str, Rule]]]) -> dict[str, Rule]:
    """One table of many; a route that two features claim is a mistake."""
    table: dict[str, Rule] = {}
    for feature, rules in parts:
        twice = table.keys() & rules.keys()
        assert not twice, f"{feature} repeats {sorted(twice)}"
        table |= rules
    return table


def _features() -> Iterable[tuple[str, dict[str, Rule]]]:
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in _NO_FEATURES:
            yield path.stem, import_module(f"tests.web.access.{path.stem}").ROUTES


TABLE = joined(_features())
