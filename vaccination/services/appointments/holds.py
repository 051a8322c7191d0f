"""Holds: all doses of an offer kept for some minutes, made longer, let go, or confirmed into appointments.

Locks in the order of docs/locking.md: request, hold, centres, budgets, slots. A hold takes its places through
the shelves, as a plan does; confirming it touches no shelf, for the places are taken already.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from vaccination.domain.requests import Channel, RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldPurpose, HoldStatus
from vaccination.errors import Conflict, DomainError
from vaccination.models.appointments import Appointment
from vaccination.models.programmes import Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.security.secrets import hash_secret, new_session_token
from vaccination.services import audit
from vaccination.services.appointments.booking import ChosenDose, NotWaiting, UnfitSlots, locked_request
from vaccination.services.appointments.booking_rows import Booked, BudgetKey, write_bookings
from vaccination.services.appointments.budgets import Shelves, lock_shelves, write_budgets
from vaccination.services.appointments.choosing import (
    Choice,
    free_seats,
    held_doses,
    lock_slots,
    sought_doses,
)
from vaccination.services.appointments.hold_rows import (
    Held,
    LongEnough,
    check_live,
    end_hold,
    hold_of_token,
    live_hold,
    places_of,
    token_of,
)
from vaccination.services.appointments.moving import move_rows
from vaccination.services.appointments.places import NoDoseLeft, Places, SlotFull, give_back, make_room, take
from vaccination.services.appointments.seeking import Search, load_seeker

_OF_WAITING = (HoldPurpose.COURSE, HoldPurpose.SECOND_DOSE)
_CHANGED = {
    HoldPurpose.MOVE_FIRST: ChangedDoses.FIRST,
    HoldPurpose.MOVE_SECOND: ChangedDoses.SECOND,
    HoldPurpose.MOVE_BOTH: ChangedDoses.BOTH,
}
_LOCK_TIMEOUT = "55P03"
_SWEPT_AT_ONCE = 200


class TakenJustNow(Conflict):
    """Others are taking places at this centre at this moment, and it takes long."""

    code = "taken_just_now"


GONE: tuple[type[DomainError], ...] = (SlotFull, NoDoseLeft, UnfitSlots, TakenJustNow)
"""Somebody else was quicker than whoever wants to hold: there may be other places."""


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


BY_THE_PERSON = How()


def hold(
    session: Session, request_id: int, choice: Choice, *, now: datetime, how: How = BY_THE_PERSON
) -> Held:
    """Keep the places of an offer for a request, and let go of what it kept before.

    SlotFull, NoDoseLeft, UnfitSlots: that offer is gone. NotWaiting: the request is served or cancelled.
    """
    request = locked_request(session, request_id)
    if known := _by_form(session, request_id, how.form_uid):
        return Held.of(known)
    wanted = RequestStatus.WAITING if choice.purpose in _OF_WAITING else RequestStatus.PLANNED
    if request.status is not wanted:
        raise NotWaiting(status=request.status)
    changed = _CHANGED.get(choice.purpose)
    search = Search(how.channel, changed, same_day=how.same_day, any_centre=how.any_centre)
    doses = sought_doses(session, load_seeker(session, request_id, search, now=now), choice, now)
    shelves = _locked_shelves(session, request_id, doses, now)
    if how.same_day:
        lock_slots(session, [dose.slot_id for dose in doses])
        make_room(session, doses[0].slot_id)
    budgets = _take(session, shelves, doses)
    row = _insert(session, request, choice, (doses, budgets), now, how)
    audit.record(session, "places_held", f"request:{request_id}", now=now, user_id=how.user_id,
                 facts={"purpose": choice.purpose.value, "channel": how.channel.value})  # fmt: skip
    return Held.of(row)


def extend(session: Session, token: str, *, now: datetime) -> datetime:
    """Give a live hold its time once more, counted from now; returns when it ends.

    HoldExpired, HoldUsed, HoldReleased: it is no longer held. LongEnough: that was done as often as may be.
    """
    row = hold_of_token(session, token)
    check_live(row, now)
    programme = session.get_one(Programme, row.programme_id)
    until = max(row.expires_at, now + timedelta(minutes=programme.hold_minutes))
    changed = session.execute(
        update(Hold)
        .where(Hold.id == row.id, Hold.status == HoldStatus.HELD, Hold.expires_at > now)
        .where(Hold.extended < programme.hold_extensions)
        .values(expires_at=until, extended=Hold.extended + 1)
        .returning(Hold.id)
    )
    if changed.one_or_none() is None:
        raise LongEnough
    session.refresh(row)
    return until


def release(session: Session, token: str, *, now: datetime) -> bool:
    """Let the places go; False where they were gone already, or confirmed."""
    row = hold_of_token(session, token)
    if not end_hold(session, row.id, HoldStatus.RELEASED, now=now):
        return False
    give_back(session, places_of([row]))
    return True


def confirm(session: Session, token: str, *, now: datetime, user_id: int | None = None) -> list[int]:
    """Make the held places appointments, or move appointments there; returns their ids.

    Confirmed again it answers the same. HoldExpired, HoldReleased: nothing is kept any more.
    """
    row = hold_of_token(session, token)
    request = locked_request(session, row.request_id)
    session.refresh(row)
    if row.status is HoldStatus.CONFIRMED:
        return _standing(session, row.request_id)
    check_live(row, now)
    if not end_hold(session, row.id, HoldStatus.CONFIRMED, now=now):
        session.refresh(row)
        check_live(row, now)
    doses = held_doses(session, row, now)
    budgets = {
        (dose.centre_id, dose.product_id, dose.day): budget
        for dose, budget in zip(doses, _budget_ids(row), strict=True)
    }
    booked = Booked(None, now, user_id)
    if row.purpose in _OF_WAITING:
        made = [appointment.id for appointment in write_bookings(session, doses, budgets, booked)]
    else:
        made, left = move_rows(session, row.request_id, doses, budgets, booked)
        give_back(session, left)
    audit.record(session, "hold_confirmed", f"request:{row.request_id}", now=now, user_id=user_id,
                 facts={"purpose": row.purpose.value})  # fmt: skip
    session.expire(request)
    return made


def expire_due(session: Session, *, now: datetime) -> int:
    """End holds whose time is over and give their places back; returns how many. Call until it says 0."""
    due = session.scalars(
        select(Hold)
        .where(Hold.status == HoldStatus.HELD, Hold.expires_at <= now)
        .order_by(Hold.id)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    ended = [row for row in due if end_hold(session, row.id, HoldStatus.EXPIRED, now=now)]
    give_back(session, places_of(ended))
    return len(ended)


def _by_form(session: Session, request_id: int, form_uid: str | None) -> Hold | None:
    """The hold that this form made, if it is live: the button was pressed twice."""
    if form_uid is None:
        return None
    return session.scalar(
        select(Hold).where(
            Hold.form_uid == form_uid, Hold.request_id == request_id, Hold.status == HoldStatus.HELD
        )
    )


def _locked_shelves(session: Session, request_id: int, doses: Sequence[ChosenDose], now: datetime) -> Shelves:
    """The shelves of the doses, locked; what the request kept before is given back there first."""
    wanted = {(dose.centre_id, dose.product_id) for dose in doses}
    before = live_hold(session, request_id)
    kept = places_of([before]) if before else Places()
    try:
        shelves = lock_shelves(session, wanted, now, also=kept.doses)
        if before is None:
            return shelves
        lock_slots(session, {*kept.seats, *(dose.slot_id for dose in doses)})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT:
            raise TakenJustNow from None
        raise
    end_hold(session, before.id, HoldStatus.RELEASED, now=now)
    give_back(session, kept)
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
    session: Session, request: Request, choice: Choice,
    taken: tuple[Sequence[ChosenDose], Mapping[BudgetKey, int]], now: datetime, how: How,
) -> Hold:  # fmt: skip
    doses, budgets = taken
    schedule = session.get_one(Schedule, choice.schedule_id)
    programme = session.get_one(Programme, request.programme_id)
    at = {dose.dose_number: dose for dose in doses}
    budget = {n: budgets[d.centre_id, d.product_id, d.day] for n, d in at.items()}
    row = Hold(
        programme_id=programme.id, request_id=request.id, household_id=request.household_id,
        purpose=choice.purpose, token_hash=hash_secret(new_session_token()), schedule_id=schedule.id,
        schedule_doses=schedule.doses, form_uid=how.form_uid, channel=how.channel, user_id=how.user_id,
        created_at=now, expires_at=now + (how.keep_for or timedelta(minutes=programme.hold_minutes)),
        first_slot_id=at[1].slot_id if 1 in at else None, first_budget_id=budget.get(1),
        second_slot_id=at[2].slot_id if 2 in at else None, second_budget_id=budget.get(2),
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.token_hash = hash_secret(token_of(row.id))
    session.flush()
    return row


def _budget_ids(row: Hold) -> list[int]:
    return [i for i in (row.first_budget_id, row.second_budget_id) if i is not None]


def _standing(session: Session, request_id: int) -> list[int]:
    return list(
        session.scalars(
            select(Appointment.id)
            .where(Appointment.request_id == request_id, Appointment.stands == 1)
            .order_by(Appointment.dose_number)
        )
    )
