"""The crowd's figures, kept by this process for some seconds: nobody sees a difference, the database does."""

import time
from typing import Any

from flask import current_app

from vaccination.queries.crowd import CountCrowd, Crowd, count_crowd

_KEPT = "kept_crowd"


class KeptCrowd:
    """Counts a programme's crowd at most once in some seconds."""

    def __init__(self, keep_s: float = 5.0) -> None:
        self._keep_s = keep_s
        self._kept: dict[int, tuple[float, Crowd]] = {}

    def __call__(self, session: Any, programme_id: int) -> Crowd:
        counted_at, crowd = self._kept.get(programme_id, (float("-inf"), Crowd({})))
        if time.monotonic() - counted_at < self._keep_s:
            return crowd
        crowd = count_crowd(session, programme_id)
        self._kept[programme_id] = (time.monotonic(), crowd)
        return crowd


def crowd_counter() -> CountCrowd:
    """What pages count with; a test counts each time."""
    if current_app.testing:
        return count_crowd
    kept: CountCrowd = current_app.extensions.setdefault(_KEPT, KeptCrowd())
    return kept
