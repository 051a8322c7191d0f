"""How a programme gives out appointments, and the life of a hold and of a wish to change (docs/states.md)."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from vaccination.domain.faults import Faults


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


@dataclass(frozen=True, slots=True)
class ServingFacts:
    """What a programme has chosen: how people are served, how long places wait for them, how they are told.

    `quiet_from` to `quiet_to`, in the time of the person's centre, no text message leaves and nobody calls.
    """

    serving: Serving = Serving.PLANNED
    rolling_s: int = 20  # seconds between two rolling plans
    hold_minutes: int = 10
    hold_extensions: int = 2
    proposal_hours: int = 48  # to answer a replacement
    same_day_minutes: int = 20  # to answer an invitation
    quiet_from: time = time(20)
    quiet_to: time = time(8)
    reminder_days: tuple[int, ...] = REMINDER_DAYS
    letter_lead_days: int = 4  # between printing and reading
    letters_a_day: int = 0  # 0: as many as there are
    sms_segment_cents: float = 0.0


def check_serving(facts: ServingFacts) -> None:
    """Raise InvalidFields for what a programme cannot choose; the database knows the same bounds."""
    faults = Faults()
    faults.between("rolling_s", facts.rolling_s, 5, 3600)
    faults.between("hold_minutes", facts.hold_minutes, 1, 120)
    faults.between("hold_extensions", facts.hold_extensions, 0, 10)
    faults.between("proposal_hours", facts.proposal_hours, 1, 720)
    faults.between("same_day_minutes", facts.same_day_minutes, 1, 240)
    faults.between("letter_lead_days", facts.letter_lead_days, 0, 30)
    faults.between("letters_a_day", facts.letters_a_day, 0, 10**6)
    faults.between("sms_segment_cents", facts.sms_segment_cents, 0, 1000)
    faults.add_if(not set(facts.reminder_days) <= set(REMINDER_DAYS), "reminder_days", "unknown_day")
    faults.check()
