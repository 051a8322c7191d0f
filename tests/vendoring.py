"""Vendored browser files: what they are, where from, and that nobody changed them.

`python -m tests.vendoring update` fetches them with npm (maintainers only), writes the lock; `check` compares
the files with the lock and needs no network. Users and continuous integration need no node.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "web/static/vendor/vendor.lock.json"
FOLDERS = ("web/static/vendor", "tests/vendor")
# package, version, and which of its files go where
PACKAGES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "zxing-wasm",
        "3.1.4",
        {
            "dist/iife/reader/index.js": "web/static/vendor/zxing-wasm/reader.js",
            "dist/reader/zxing_reader.wasm": "web/static/vendor/zxing-wasm/zxing_reader.wasm",
            "LICENSE": "web/static/vendor/zxing-wasm/LICENSE",
        },
    ),
    (
        "axe-core",
        "4.14.1",
        {
            "axe.min.js": "tests/vendor/axe.min.js",
            "LICENSE": "tests/vendor/axe.LICENSE",
        },
    ),
    (
        "html_codesniffer",
        "2.5.1",
        {
            "build/HTMLCS.js": "tests/vendor/HTMLCS.js",
            "licence.txt": "tests/vendor/HTMLCS.LICENSE",
        },
    ),
)
# ours, beside theirs
NOTES = ("web/static/vendor/zxing-wasm/NOTICE", "web/static/vendor/zxing-wasm/LICENSE-zxing-cpp")


def update() -> None:
    """Fetch every package, check it against npm's integrity, copy its files and write the lock."""
    entries = [_fetch(*package) for package in PACKAGES]
    LOCK.write_text(
        json.dumps({"packages": entries, "notes": _prints(NOTES)}, indent=2) + "\n", encoding="utf-8"
    )


def faults() -> list[str]:
    """What is not as the lock says: a changed, a missing or an unknown file."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    locked = dict(lock["notes"])
    for entry in lock["packages"]:
        locked |= entry["files"]
    present = {str(path.relative_to(ROOT)) for folder in FOLDERS for path in _files(ROOT / folder)}
    found = [f"{path}: not in the lock" for path in sorted(present - locked.keys())]
    found += [f"{path}: missing" for path in sorted(locked.keys() - present)]
    found += [f"{path}: changed" for path in sorted(present & locked.keys()) if _print(path) != locked[path]]
    return found


def _fetch(name: str, version: str, files: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", f"{name}@{version}", "--json", "--pack-destination", folder],
            check=True,
            capture_output=True,
            text=True,
        )
        (facts,) = json.loads(packed.stdout)
        archive = Path(folder) / facts["filename"]
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if integrity != facts["integrity"]:
            raise SystemExit(f"{name}: the archive is not what npm promised")
        with tarfile.open(archive) as members:
            for source, target in files.items():
                _write(members, f"package/{source}", ROOT / target)
    prints = _prints(files.values())
    return {"name": name, "version": version, "integrity": integrity, "files": prints}


def _write(members: tarfile.TarFile, source: str, target: Path) -> None:
    content = members.extractfile(source)
    if content is None:
        raise SystemExit(f"{source} is not a file of the archive")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.read())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path != LOCK]


def _prints(paths: Any) -> dict[str, str]:
    return {path: _print(path) for path in paths}


def _print(path: str) -> str:
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    sys.exit("\n".join(faults()) or None)
