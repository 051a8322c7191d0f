"""Loops over persons, compiled: the one place that knows the compiler (ADR 0038)."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call, keep the machine code beside the source, and run without Python's lock."""
    made: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    return made


def compiled_within(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for what only compiled functions call: without doors for Python, which take long to make."""
    doors: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: Callable[..., Any] = numba.njit(cache=True, nogil=True, **doors)(function)
    return made
