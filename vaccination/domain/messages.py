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

REMINDERS = (MessageKind.REMINDER_WEEK, MessageKind.REMINDER_TWO_DAYS, MessageKind.REMINDER_DAY)
# A letter comes too late for these: whoever has nothing but an address has the date on the confirmation.
NOT_BY_LETTER = (*REMINDERS, MessageKind.SAME_DAY)
# What a person who asked for calls is called about, beside the letter.
CALLED_KINDS = (
    MessageKind.CONFIRMED,
    MessageKind.CHANGED,
    MessageKind.REPLACED,
    MessageKind.LAPSED,
    MessageKind.ANSWERED,
    MessageKind.REMINDER_TWO_DAYS,
)
# Whoever does without one of these by a click in a mail does without the whole group.
OPTIONAL_GROUPS = (REMINDERS, (MessageKind.INVITATION,), (MessageKind.SAME_DAY,))


def group_of(kind: MessageKind) -> tuple[MessageKind, ...]:
    """The optional kinds that go together with this one; none for news that nobody can do without."""
    return next((group for group in OPTIONAL_GROUPS if kind in group), ())


class MessageChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"  # told by a person, from the list of people to call


NO_LONGER_TRUE = "no longer true when it was to be sent"
"""The one failure that nobody need look after: a later message tells what came of it."""
AFTER = ":after"
"""Ends the key of the message that takes the place of one that came back, so it is written once."""
_ORDER = (MessageChannel.SMS, MessageChannel.EMAIL, MessageChannel.LETTER, MessageChannel.PHONE)


def another_way(
    kind: MessageKind, closed: MessageChannel, *, email: bool, address: bool, phone: bool
) -> MessageChannel | None:
    """What is left where one way is closed: mail, paper, in the end a call; none for what can be missed."""
    is_worth_a_call = kind in CALLED_KINDS or kind not in OPTIONAL_KINDS
    is_open = {
        MessageChannel.EMAIL: email,
        MessageChannel.LETTER: address and kind not in NOT_BY_LETTER,
        MessageChannel.PHONE: phone and is_worth_a_call,
    }
    left = _ORDER[_ORDER.index(closed) + 1 :]
    return next((way for way in left if is_open[way]), None)


class MessageStatus(StrEnum):
    """CREATED waits for a worker; SENDING is claimed; FAILED is for good and shown to staff."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
