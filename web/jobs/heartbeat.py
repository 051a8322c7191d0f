"""Signs of life from a planner that thinks for minutes without a connection of its own."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from time import monotonic
from types import TracebackType

from solver.contract import Progress
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.planning.parts import PartClaim
from vaccination.services.planning.runs import Claim, note_progress
from vaccination.services.planning.what_if import WhatIfClaim

logger = logging.getLogger(__name__)

_LOOKS_EVERY_S = 1.0
_BEATS_EVERY_S = 5.0
_MOST_POINTS = 200


class Heartbeat(AbstractContextManager["Heartbeat"]):
    """Writes progress at most each second, and at least every five: a silent planner is taken for dead."""

    def __init__(
        self, claim: Claim | PartClaim | WhatIfClaim, note: Callable[..., bool] = note_progress
    ) -> None:
        self.claim, self._note = claim, note
        self.points: list[tuple[float, str, float, float]] = []
        self._over = Event()
        self._thread = Thread(target=self._beat, name="heartbeat", daemon=True)

    def hear(self, progress: Progress) -> None:
        """A word from the solver. Old points thin out, so that a long run stays a short list."""
        points = [*self.points, (progress.seconds, progress.phase, progress.score, progress.bound)]
        self.points = points if len(points) <= _MOST_POINTS else [*points[:-1:2], points[-1]]

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        written, beaten_at = 0, monotonic()
        while not self._over.wait(_LOOKS_EVERY_S):
            points = self.points
            if len(points) != written or monotonic() - beaten_at > _BEATS_EVERY_S:
                self._write(points)
                written, beaten_at = len(points), monotonic()

    def _write(self, points: list[tuple[float, str, float, float]]) -> None:
        try:
            with transaction() as session:
                self._note(session, self.claim, points, now=now())
        except Exception as failure:  # the store may be away for a moment; the solver must not notice
            logger.warning("no sign of life written (%s)", type(failure).__name__)
