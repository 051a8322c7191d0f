"""A JSON object from a file, or the reason why there is none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

OnFault: TypeAlias = Callable[[str, str], None]
"""Called with the key, empty for the file as a whole, and the reason."""


def read_object(path: Path, fault: OnFault) -> dict[str, Any] | None:
    """What the file states; None where it cannot be read. A key that is stated twice is a fault."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        stated = dict(pairs)
        if len(stated) < len(pairs):
            keys = [key for key, _ in pairs]
            fault(next(key for key in stated if keys.count(key) > 1)[:60], "stands here twice")
        return stated

    try:
        stated = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=once)
    except OSError as failure:
        fault("", f"cannot be read: {failure.strerror}")
    except (ValueError, RecursionError) as failure:
        fault("", f"is not JSON: {failure}")
    else:
        if isinstance(stated, dict):
            return stated
        fault("", "is not a JSON object")
    return None


def is_number(value: Any, low: float, high: float) -> bool:
    """Whether a JSON value is a number from `low` to `high`; true, false and NaN are none."""
    return type(value) in (int, float) and low <= value <= high
