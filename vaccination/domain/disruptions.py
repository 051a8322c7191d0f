"""What takes appointments away from people, and what they are proposed instead (docs/states.md)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from vaccination.domain.serving import ChangedDoses


class DisruptionKind(StrEnum):
    SESSION_CLOSED = "session_closed"
    CENTRE_CLOSED = "centre_closed"
    DELIVERY_CUT = "delivery_cut"
    LOT_WITHDRAWN = "lot_withdrawn"
    RULE_CHANGED = "rule_changed"


class DisruptionStatus(StrEnum):
    """DRAFT is looked at by the agency; from SENT on the people know."""

    DRAFT = "draft"
    SENT = "sent"
    DONE = "done"


class ReplacementStatus(StrEnum):
    """OPEN waits for an answer: one a request. All others are ends."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CHOSEN_OTHER = "chosen_other"
    ASKED_TO_CALL = "asked_to_call"
    LAPSED = "lapsed"  # goes to the list of people to call


OPEN_REPLACEMENT = (ReplacementStatus.OPEN,)
STILL_TO_SETTLE = (ReplacementStatus.OPEN, ReplacementStatus.ASKED_TO_CALL, ReplacementStatus.LAPSED)
"""The old appointment stands, and the person may still accept what is kept or choose something else."""

LEAST_TIME = timedelta(hours=2)
_BEFORE_THE_NEW = timedelta(days=1)


def changed_doses(numbers: Collection[int]) -> ChangedDoses:
    """Which doses need another place, as offers are asked for."""
    if set(numbers) == {1, 2}:
        return ChangedDoses.BOTH
    return ChangedDoses.FIRST if 1 in numbers else ChangedDoses.SECOND


def answer_by(now: datetime, wait: timedelta, old: datetime, new: datetime | None) -> datetime:
    """Until when a replacement waits for its answer.

    As long as the programme says; but only while the old appointment is still to come, and not so long that
    the new places would be lost to everybody. Two hours at least.
    """
    bounds = [now + wait, old] + ([new - _BEFORE_THE_NEW] if new else [])
    return max(min(bounds), now + LEAST_TIME)


def remind_at(made: datetime, until: datetime) -> datetime:
    """When somebody who has not answered is told once more: after half of the time."""
    return made + (until - made) / 2
