"""The life of an appointment, as a table: what is not in it is forbidden (docs/states.md)."""

from collections.abc import Mapping
from enum import StrEnum

from vaccination.errors import Conflict


class AppointmentStatus(StrEnum):
    """Where an appointment stands. All but CANCELLED hold their seat and dose."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    VACCINATED = "vaccinated"
    NOT_VACCINATED = "not_vaccinated"
    DID_NOT_ATTEND = "did_not_attend"
    CANCELLED = "cancelled"


# These still need their dose from the fridge; one that was given has left the stock ledger.
NEEDS_A_DOSE = (AppointmentStatus.BOOKED, AppointmentStatus.CHECKED_IN)


class Action(StrEnum):
    """What may happen to an appointment; each happening is an immutable event with its author."""

    BOOK = "book"
    MOVE = "move"
    CHECK_IN = "check_in"
    UNDO_CHECK_IN = "undo_check_in"
    VACCINATE = "vaccinate"
    UNDO_VACCINATION = "undo_vaccination"
    REFUSE = "refuse"
    MARK_ABSENT = "mark_absent"
    UNDO_ABSENCE = "undo_absence"
    CANCEL = "cancel"


S, A = AppointmentStatus, Action
NEXT_STATUS: dict[tuple[AppointmentStatus, Action], AppointmentStatus] = {
    (S.BOOKED, A.MOVE): S.BOOKED,
    (S.BOOKED, A.CHECK_IN): S.CHECKED_IN,
    (S.BOOKED, A.CANCEL): S.CANCELLED,
    (S.BOOKED, A.MARK_ABSENT): S.DID_NOT_ATTEND,
    (S.DID_NOT_ATTEND, A.UNDO_ABSENCE): S.BOOKED,
    (S.DID_NOT_ATTEND, A.CHECK_IN): S.CHECKED_IN,
    (S.DID_NOT_ATTEND, A.CANCEL): S.CANCELLED,
    (S.CHECKED_IN, A.UNDO_CHECK_IN): S.BOOKED,
    (S.CHECKED_IN, A.VACCINATE): S.VACCINATED,
    (S.CHECKED_IN, A.REFUSE): S.NOT_VACCINATED,
    (S.VACCINATED, A.UNDO_VACCINATION): S.CHECKED_IN,
    (S.NOT_VACCINATED, A.UNDO_VACCINATION): S.CHECKED_IN,
}


class WrongStatus(Conflict):
    """The appointment is not in a state in which this can happen."""

    code = "wrong_status"


def next_status(current: AppointmentStatus, action: Action) -> AppointmentStatus:
    """The status after `action`; raises WrongStatus where the table has no such step."""
    try:
        return NEXT_STATUS[current, action]
    except KeyError:
        raise WrongStatus(f"cannot {action} when {current}", status=current, action=action) from None


def missed_dose(doses: Mapping[int, AppointmentStatus]) -> int | None:
    """The dose that was missed and may be sought again, by the statuses of what stands.

    None where an earlier one is neither given nor missed, so a desk must say first what became of it, and
    where somebody is at a centre for a later one.
    """
    owed = [number for number in sorted(doses) if doses[number] is not S.VACCINATED]
    if not owed or doses[owed[0]] is not S.DID_NOT_ATTEND:
        return None
    later = {number for number in doses if number > owed[0]}
    return owed[0] if all(doses[number] in (S.BOOKED, S.DID_NOT_ATTEND) for number in later) else None
