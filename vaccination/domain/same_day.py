"""Doses left on the day: who is asked first, how many at a time, the life of a call and of an invitation.

The rule is published (web/standby): the priority of the group first, then how near somebody lives in bands,
and among equals a draw that anybody can do again from the call's seed. States: docs/states.md.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class ReachedBy(StrEnum):
    """How somebody on the standby list is told within minutes."""

    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"


class SameDayCallStatus(StrEnum):
    """OPEN invites: one a centre, product and day."""

    OPEN = "open"
    CLOSED = "closed"


OPEN_CALL = (SameDayCallStatus.OPEN,)


class InvitationStatus(StrEnum):
    """ASKED waits for an answer; all others are ends."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    TOO_LATE = "too_late"  # said yes when all doses were taken


BAND_KM = (5.0, 10.0, 20.0)
"""Where the bands of distance end; beyond the last one all are alike."""
ASKED_A_DOSE = 2
"""So many people at most may be thinking about one dose: some do not answer, and none shall wait in vain."""
LEAST_MINUTES, MOST_MINUTES = 10, 240
MOST_DOSES = 500


def distance_band(km: float) -> int:
    """0 for the nearest."""
    return sum(km > end for end in BAND_KM)


def turn(priority: int, band: int, seed: int, request_id: int) -> tuple[int, int, bytes]:
    """What people are asked in the order of: rank, band of distance, then the draw."""
    return priority, band, sha256(f"{seed}:{request_id}".encode()).digest()


def to_ask(doses_left: int, thinking: int) -> int:
    """How many more people are asked now, while so many have been asked and have not answered."""
    return max(0, ASKED_A_DOSE * doses_left - thinking)


def answer_by(now: datetime, minutes: int, until: datetime) -> datetime:
    """Until when an invitation is good: never longer than the doses themselves."""
    return min(now + timedelta(minutes=minutes), until)
