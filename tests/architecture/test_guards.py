"""The shape of the code: what may stand only in one place, and how big a thing may grow."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, functions, modules, syntax
from vaccination.errors import DomainError

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40


def _using(pattern: str, *, except_in: tuple[str, ...]) -> list[str]:
    found = []
    for name, path in modules().items():
        if any(name == home or name.startswith(home + ".") for home in except_in):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


def test_only_the_edges_read_the_environment() -> None:
    edges = ("web.wsgi", "web.worker", "web.schedule", "web.commands", "web.embedded", "seeds")
    assert not _using(r"os\.environ|getenv", except_in=(*edges, "vaccination.migrations"))


def test_only_the_clock_reads_the_clock() -> None:
    pattern = r"datetime\.(now|utcnow|today)\(|date\.today\("
    assert not _using(pattern, except_in=("vaccination.clock", "seeds"))


def test_only_the_edge_commits() -> None:
    assert not _using(r"\.commit\(", except_in=("vaccination.migrations",))


def test_files_and_functions_stay_small() -> None:
    large = []
    for path in modules().values():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            large.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for function in functions(path):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > MAX_FUNCTION_LINES:
                large.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {length} lines")
    assert not large, "\n".join(large)


def test_rooms_with_rules_say_what_they_mean() -> None:
    """Every module and public function of domain, services and solver has a docstring."""
    silent = []
    for name, path in modules().items():
        if not name.startswith(("vaccination.domain.", "vaccination.services.", "solver.")):
            continue
        if path.name == "__init__.py":  # empty, see test_imports
            continue
        if ast.get_docstring(syntax(path)) is None:
            silent.append(name)
        for node in syntax(path).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None and not _is_enum(node):
                silent.append(f"{name}.{node.name}")
    assert not silent, "\n".join(silent)


def _is_enum(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases
    )


_RUN_WHEN_IMPORTED = ("vaccination.migrations", "web.embedded", "web.wsgi", "web.worker", "web.schedule")


def _kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _kinds(child))]


def test_error_codes_are_unique() -> None:
    for name in modules():
        if name.startswith(("vaccination.", "web.")) and not name.startswith(_RUN_WHEN_IMPORTED):
            import_module(name)
    codes: dict[str, str] = {}
    for kind in _kinds(DomainError):
        if kind.__module__.startswith("tests."):
            continue
        where = f"{kind.__module__}.{kind.__qualname__}"
        assert codes.setdefault(kind.code, where) == where, f"{where} repeats {codes[kind.code]}'s code"


@pytest.mark.parametrize(
    "modules_of",
    [
        "web.app",
        "web.worker, web.schedule, web.jobs.messages, web.jobs.papers, web.jobs.housekeeping",
        "solver.checks, solver.files.folder, vaccination.services.planning.runs",
    ],
)
def test_neither_pages_nor_services_load_the_engine(modules_of: str) -> None:
    engine = "('ortools', 'numba', 'llvmlite', 'pandas', 'solver.solve')"
    program = f"import sys, {modules_of}; print(sorted(m for m in sys.modules if m in {engine}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_nothing_is_skipped_or_expected_to_fail() -> None:
    pattern = re.compile(r"pytest\.(skip|importorskip|xfail|mark\.(skip|skipif|xfail))")
    here = Path(__file__)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if path != here and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not found
