"""Taking the places of holds: through the shelves, as a plan does, for one request or for a whole household.

Locks in the order of docs/locking.md: the caller has the requests; then holds, centres, budgets, slots.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from vaccination.domain.requests import Channel
from vaccination.domain.serving import HoldStatus
from vaccination.errors import Conflict
from vaccination.models.programmes import Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.security.secrets import hash_secret, new_session_token
from vaccination.services.appointments.booking import ChosenDose
from vaccination.services.appointments.booking_rows import BudgetKey
from vaccination.services.appointments.budgets import Shelves, lock_shelves, write_budgets
from vaccination.services.appointments.choosing import Choice, free_seats, lock_slots
from vaccination.services.appointments.hold_rows import end_all, live_holds, places_of, token_of
from vaccination.services.appointments.places import NoDoseLeft, Places, SlotFull, give_back, make_room, take

_LOCK_TIMEOUT = "55P03"


class TakenJustNow(Conflict):
    """Others are taking places at this centre at this moment, and it takes long."""

    code = "taken_just_now"


@dataclass(frozen=True, slots=True)
class How:
    """By whom and for how long; `keep_for` is the programme's hold unless told, `same_day` lets today in.

    A dose of the day gets a seat of its own where the slot of today is full. `any_centre`: a second dose need
    not be where the first was. `form_uid` names the pressed button: pressed twice, it is one hold.
    """

    channel: Channel = Channel.WEB
    user_id: int | None = None
    form_uid: str | None = None
    keep_for: timedelta | None = None
    same_day: bool = False
    any_centre: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A locked request with what was chosen for it."""

    request: Request
    choice: Choice
    doses: Sequence[ChosenDose]
    form_uid: str | None


def keep_places(
    session: Session, wanted: Sequence[Wanted], how: How, *, now: datetime, household_id: int | None = None
) -> list[Hold]:
    """Take all these places or none, in the place of what the requests kept before; a hold for each.

    With `household_id` they are tied: kept, made longer, let go and confirmed together.
    """
    doses = [dose for one in wanted for dose in one.doses]
    shelves = _locked_shelves(session, [one.request.id for one in wanted], doses, now)
    if how.same_day:
        lock_slots(session, [dose.slot_id for dose in doses])
        make_room(session, doses[0].slot_id)
    budgets = _take(session, shelves, doses)
    return [_insert(session, one, budgets, now, how, household_id) for one in wanted]


@contextmanager
def or_taken_just_now() -> Iterator[None]:
    """Say TakenJustNow where others hold a lock for too long."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT:
            raise TakenJustNow from None
        raise


def _locked_shelves(
    session: Session, request_ids: Sequence[int], doses: Sequence[ChosenDose], now: datetime
) -> Shelves:
    """The shelves of the doses, locked; what the requests kept before is given back there first."""
    wanted = {(dose.centre_id, dose.product_id) for dose in doses}
    before = live_holds(session, request_ids)
    kept = places_of(before)
    with or_taken_just_now():
        shelves = lock_shelves(session, wanted, now, also=kept.doses)
        if not before:
            return shelves
        lock_slots(session, {*kept.seats, *(dose.slot_id for dose in doses)})
    give_back(session, end_all(session, before, HoldStatus.RELEASED, now=now))
    return lock_shelves(session, wanted, now)


def _take(session: Session, shelves: Shelves, doses: Sequence[ChosenDose]) -> dict[BudgetKey, int]:
    """Take the places of the doses, or say which kind is gone; returns the budgets."""
    free = free_seats(session, [dose.slot_id for dose in doses])
    room = shelves.room(free)
    if not room.admit(doses):
        full = any(free.get(slot, 0) < n for slot, n in Counter(d.slot_id for d in doses).items())
        raise SlotFull if full else NoDoseLeft
    budgets = write_budgets(session, shelves, room)
    take(session, _places(doses, budgets))
    return budgets


def _places(doses: Sequence[ChosenDose], budgets: Mapping[BudgetKey, int]) -> Places:
    return Places(
        seats=Counter(dose.slot_id for dose in doses),
        doses=Counter(budgets[dose.centre_id, dose.product_id, dose.day] for dose in doses),
    )


def _insert(
    session: Session, wanted: Wanted, budgets: Mapping[BudgetKey, int], now: datetime, how: How,
    household_id: int | None,
) -> Hold:  # fmt: skip
    schedule = session.get_one(Schedule, wanted.choice.schedule_id)
    programme = session.get_one(Programme, wanted.request.programme_id)
    at = {dose.dose_number: dose for dose in wanted.doses}
    budget = {n: budgets[d.centre_id, d.product_id, d.day] for n, d in at.items()}
    row = Hold(
        programme_id=programme.id, request_id=wanted.request.id, household_id=household_id,
        purpose=wanted.choice.purpose, token_hash=hash_secret(new_session_token()), schedule_id=schedule.id,
        schedule_doses=schedule.doses, form_uid=wanted.form_uid, channel=how.channel, user_id=how.user_id,
        created_at=now, expires_at=now + (how.keep_for or timedelta(minutes=programme.hold_minutes)),
        first_slot_id=at[1].slot_id if 1 in at else None, first_budget_id=budget.get(1),
        second_slot_id=at[2].slot_id if 2 in at else None, second_budget_id=budget.get(2),
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.token_hash = hash_secret(token_of(row.id))
    session.flush()
    return row
