"""The only reader of the clock: edges call `now()` and pass the moment down (ADR 0009)."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
