"""Kinds of message and their life."""

from enum import StrEnum


class MessageKind(StrEnum):
    RECEIVED = "received"  # your request has arrived
    CONFIRMED = "confirmed"  # your appointments
    CANCELLED = "cancelled"  # as you asked
    CHANGED = "changed"  # new time or place


class MessageChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class MessageStatus(StrEnum):
    """CREATED waits for a worker; SENDING is claimed; FAILED is for good and shown to staff."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
