"""Doses left on the day: who may be called, and the life of a call and of an invitation (docs/states.md)."""

from enum import StrEnum


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
