"""What a person asks for, through which channel, and where the request stands."""

from enum import StrEnum


class RequestStatus(StrEnum):
    """WAITING and PLANNED are live: a person has at most one live request in a programme."""

    WAITING = "waiting"  # takes part in the next plan
    PLANNED = "planned"  # holds all its appointments
    COMPLETED = "completed"  # every owed dose was given
    CANCELLED = "cancelled"  # by the person or by staff


class RequestKind(StrEnum):
    """A course from the start (pair or single dose, the schedule decides) or a second dose alone."""

    COURSE = "course"
    SECOND_DOSE = "second_dose"


class Channel(StrEnum):
    """How the request reached us; measured, so that no channel has better odds."""

    WEB = "web"
    PHONE = "phone"
    TOWN_HALL = "town_hall"
    IMPORT = "import"


class ContactBy(StrEnum):
    """How the person wants to be told."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


BANDS_A_WEEK = 21
ANY_TIME = "1" * BANDS_A_WEEK
