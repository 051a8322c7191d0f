"""Loops over persons, compiled: the one place that knows the compiler (ADR 0038).

The compiler keeps machine code, and makes it anew when the file of a loop has changed. It does not notice
that a loop in another file has, though that one's code is part of it; so here each version of all loops
together has a folder of its own.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba

from solver.contract import HOUSEHOLD_MINUTES
from solver.measures import EARTH_KM

HERE = Path(__file__).parent
CONFIG: Any = numba.config


def version() -> str:
    """The name of all loops as they are, with the numbers from elsewhere that are compiled into them."""
    sources = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    return sha256(sources + repr((HOUSEHOLD_MINUTES, EARTH_KM)).encode()).hexdigest()[:16]


def _places() -> Iterator[Path]:
    """Where machine code may be kept: as NUMBA_CACHE_DIR says, beside the source, with the user's caches."""
    if CONFIG.CACHE_DIR:
        yield Path(CONFIG.CACHE_DIR)
    yield HERE / "__pycache__"
    with suppress(RuntimeError):  # nobody's home
        yield Path("~/.cache/numba").expanduser()


def folder() -> Path | None:
    """The first of these places that can be written to; None where there is none: then nothing is kept."""
    name = f"loops-{version()}"
    for place in _places():
        with suppress(OSError):
            (place / name).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place / name).close()
            return place / name
    return None


KEPT = folder()
if KEPT is not None:
    CONFIG.CACHE_DIR = str(KEPT)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call, keep the machine code, and run without Python's lock."""
    made: Callable[..., Any] = numba.njit(cache=KEPT is not None, nogil=True)(function)
    return made


def compiled_within(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for what only compiled functions call: without doors for Python, which take long to make."""
    doors: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: Callable[..., Any] = numba.njit(cache=KEPT is not None, nogil=True, **doors)(function)
    return made
