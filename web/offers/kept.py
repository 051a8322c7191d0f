"""What is left in the region, kept by this process for a few seconds: many people look at the same moment.

A look never waits for the database while what is kept is young enough: a thread reads anew behind it. Nothing
rests on it: the slots that are shown are read fresh, and holding tests everything again (ADR 0042).
"""

import logging
import time
from threading import Lock, Thread

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.queries.left import Left, read_left

DAYS = 160
"""How far it reaches: a programme's horizon, and a second dose after it."""

logger = logging.getLogger(__name__)


class KeptLeft:
    """What was left a moment ago. `renew_s`: from this age on it is read anew; `most_s`: the oldest shown."""

    def __init__(self, renew_s: float = 3.0, most_s: float = 5.0) -> None:
        self._renew_s, self._most_s = renew_s, most_s
        self._left: Left | None = None
        self._read_at = float("-inf")
        self._reading = Lock()

    def get(self) -> Left:
        """What is left, a few seconds old at most."""
        age = time.monotonic() - self._read_at
        left = self._left
        if left is not None and age < self._renew_s:
            return left
        if left is not None and age < self._most_s:
            if self._reading.acquire(blocking=False):
                Thread(target=self._read_behind, daemon=True).start()
            return left
        return self._read_now()

    def _read_now(self) -> Left:
        with self._reading:
            left = self._left
            if left is None or time.monotonic() - self._read_at >= self._renew_s:
                left = self._read()
            return left

    def _read_behind(self) -> None:
        try:
            self._read()
        except Exception as failure:  # the rim of this thread: the next look waits for a reading of its own
            logger.warning("what is left was not read: %s", type(failure).__name__)
        finally:
            self._reading.release()

    def _read(self) -> Left:
        began = time.monotonic()
        with snapshot() as session:
            left = read_left(session, DAYS, now=now())
        if self._left is not None:
            left.carry_over(self._left)
        for shelf in left.fridges:
            left.spare(shelf)
        self._left, self._read_at = left, began
        return left
