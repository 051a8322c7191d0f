"""What takes appointments away from people, and what they are proposed instead (docs/states.md)."""

from enum import StrEnum


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
