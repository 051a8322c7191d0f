"""Kinds of message and their life."""

from enum import StrEnum


class MessageKind(StrEnum):
    RECEIVED = "received"  # your request has arrived
    CONFIRMED = "confirmed"  # your appointments
    CANCELLED = "cancelled"  # as you asked
    CHANGED = "changed"  # new time or place
    REMINDER_WEEK = "reminder_week"
    REMINDER_TWO_DAYS = "reminder_two_days"
    REMINDER_DAY = "reminder_day"  # the day before
    REPLACED = "replaced"  # your appointment cannot stand: here is a new proposal
    SAME_DAY = "same_day"  # a dose is left today
    INVITATION = "invitation"  # your group may ask now
    ANSWERED = "answered"  # an answer waits on your page
    LAPSED = "lapsed"  # nobody answered the new proposal


# What a person may do without; news of a change is never among them (CHECK of `opt_out`).
OPTIONAL_KINDS = (
    MessageKind.REMINDER_WEEK,
    MessageKind.REMINDER_TWO_DAYS,
    MessageKind.REMINDER_DAY,
    MessageKind.INVITATION,
    MessageKind.SAME_DAY,
)


class MessageChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"  # told by a person, from the list of people to call


class MessageStatus(StrEnum):
    """CREATED waits for a worker; SENDING is claimed; FAILED is for good and shown to staff."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
