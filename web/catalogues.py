"""Compile the catalogues (`*.po`) that pages read as `*.mo`: at set-up, at release, before tests."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(root: Path = Path(__file__).parent) -> int:
    """Compile every catalogue that is newer than its `.mo`; returns how many."""
    stale = [path for path in sorted(root.glob("**/translations/*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3], abort_invalid=True)
    # several test processes may compile at once: each writes its own file, the last rename wins
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as target:
        write_mo(target, catalogue)
    partial.replace(path.with_suffix(".mo"))


if __name__ == "__main__":
    compile_catalogues()
