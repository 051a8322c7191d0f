"""Who speaks for a person, who is to be called back, and what is written to and fro (docs/states.md)."""

from enum import StrEnum


class Relation(StrEnum):
    """Who asks for somebody else."""

    RELATIVE = "relative"
    GUARDIAN = "guardian"
    NEIGHBOUR = "neighbour"
    ORGANISATION = "organisation"


class Consent(StrEnum):
    """How the person has agreed that somebody asks for them."""

    GIVEN_PRESENT = "given_present"
    GIVEN_BY_PHONE = "given_by_phone"
    WRITTEN = "written"
    LEGAL = "legal"  # the helper decides for them by law


class CallBackReason(StrEnum):
    ASK = "ask"
    CHANGE = "change"
    REPLACEMENT = "replacement"
    MESSAGE_BOUNCED = "message_bounced"
    OTHER = "other"


class CallBackStatus(StrEnum):
    """WAITING and TAKEN are live: one a request and reason."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    GAVE_UP = "gave_up"


WAITING_CALL_BACK = (CallBackStatus.WAITING,)
LIVE_CALL_BACK = (CallBackStatus.WAITING, CallBackStatus.TAKEN)


class ThreadSubject(StrEnum):
    APPOINTMENT = "appointment"
    PAPERS = "papers"
    ACCESS = "access"
    OTHER = "other"


class ThreadStatus(StrEnum):
    """OPEN waits for staff, ANSWERED for the person."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
