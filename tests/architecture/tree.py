"""The source tree as the guards see it: modules, their imports, their text."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vaccination", "solver", "reports", "web", "seeds")


@cache
def modules() -> dict[str, Path]:
    """Dotted name -> file, for all our packages."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not name.startswith("vaccination.migrations.versions"):
                found[name] = path
    return found


@cache
def syntax(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(name: str) -> Iterator[str]:
    """Every module that a module names, wherever in the file; our own are resolved as far as they exist."""
    for node in ast.walk(syntax(modules()[name])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(name, node)


def _from(name: str, node: ast.ImportFrom) -> Iterator[str]:
    assert node.level == 0, f"{name}: write imports in full"
    source = node.module or ""
    for alias in node.names:
        whole = f"{source}.{alias.name}"
        yield whole if whole in modules() else source


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a file."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
