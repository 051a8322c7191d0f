"""How a programme gives out appointments, and the life of a hold and of a wish to change (docs/states.md)."""

from enum import StrEnum


class Serving(StrEnum):
    """How people of a programme come to their appointments."""

    PLANNED = "planned"  # a plan a night
    ROLLING = "rolling"  # a plan every few seconds, where something has changed
    DIRECT = "direct"  # people choose among offers


class HoldPurpose(StrEnum):
    """What the places of a hold are for; a move lets go of the old ones when it is confirmed."""

    COURSE = "course"
    SECOND_DOSE = "second_dose"
    MOVE_FIRST = "move_first"
    MOVE_SECOND = "move_second"
    MOVE_BOTH = "move_both"


class HoldStatus(StrEnum):
    """HELD is live: one a request. All others are ends."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"  # given up by the person or by staff
    EXPIRED = "expired"


LIVE_HOLD = (HoldStatus.HELD,)


class ChangedDoses(StrEnum):
    """Which appointments somebody wants to change."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


class ChangeStatus(StrEnum):
    """OPEN takes part in plans while the old appointments stand; all others are ends."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the day of the old appointment came first


OPEN_CHANGE = (ChangeStatus.OPEN,)

REMINDER_DAYS = (7, 2, 1)  # before an appointment; a programme may do with fewer, or with none
