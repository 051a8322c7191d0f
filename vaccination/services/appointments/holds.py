"""Holds: all doses of an offer kept for some minutes, made longer, let go, or confirmed into appointments.

A household's holds are tied: what is done with one is done with all, in one transaction (ADR 0043).
Confirming touches no shelf, for the places are taken already. Locks: requests, then holds, in their order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldPurpose, HoldStatus
from vaccination.errors import DomainError
from vaccination.models.appointments import Appointment
from vaccination.models.programmes import Programme
from vaccination.models.serving import Hold
from vaccination.services import audit
from vaccination.services.appointments.booking import (
    ChosenDose,
    NotWaiting,
    UnfitSlots,
    locked_request,
    locked_requests,
)
from vaccination.services.appointments.booking_rows import Booked, BudgetKey, write_bookings
from vaccination.services.appointments.choosing import Choice, held_doses, sought_doses
from vaccination.services.appointments.hold_rows import (
    Held,
    LongEnough,
    check_live,
    end_all,
    hold_of_token,
    tied_to,
)
from vaccination.services.appointments.hold_taking import How, TakenJustNow, Wanted, keep_places
from vaccination.services.appointments.moving import move_rows
from vaccination.services.appointments.places import NoDoseLeft, Places, SlotFull, give_back
from vaccination.services.appointments.seeking import Search, load_seeker

_OF_WAITING = (HoldPurpose.COURSE, HoldPurpose.SECOND_DOSE)
_CHANGED = {
    HoldPurpose.MOVE_FIRST: ChangedDoses.FIRST,
    HoldPurpose.MOVE_SECOND: ChangedDoses.SECOND,
    HoldPurpose.MOVE_BOTH: ChangedDoses.BOTH,
}
_SWEPT_AT_ONCE = 200

GONE: tuple[type[DomainError], ...] = (SlotFull, NoDoseLeft, UnfitSlots, TakenJustNow)
"""Somebody else was quicker than whoever wants to hold: there may be other places."""

BY_THE_PERSON = How()


def hold(
    session: Session, request_id: int, choice: Choice, *, now: datetime, how: How = BY_THE_PERSON
) -> Held:
    """Keep the places of an offer for a request, and let go of what it kept before.

    SlotFull, NoDoseLeft, UnfitSlots: that offer is gone. NotWaiting: the request is served or cancelled.
    """
    request = locked_request(session, request_id)
    if known := held_by_form(session, request_id, how.form_uid):
        return Held.of(known)
    wanted = RequestStatus.WAITING if choice.purpose in _OF_WAITING else RequestStatus.PLANNED
    if request.status is not wanted:
        raise NotWaiting(status=request.status)
    search = Search(
        how.channel, _CHANGED.get(choice.purpose), same_day=how.same_day, any_centre=how.any_centre
    )
    doses = sought_doses(session, load_seeker(session, request_id, search, now=now), choice, now)
    [row] = keep_places(session, [Wanted(request, choice, doses, how.form_uid)], how, now=now)
    tell_held(session, row, how, now)
    return Held.of(row)


def held_by_form(session: Session, request_id: int, form_uid: str | None) -> Hold | None:
    """The hold that this form made, if it is live: the button was pressed twice."""
    if form_uid is None:
        return None
    return session.scalar(
        select(Hold).where(
            Hold.form_uid == form_uid, Hold.request_id == request_id, Hold.status == HoldStatus.HELD
        )
    )


def tell_held(session: Session, row: Hold, how: How, now: datetime) -> None:
    """Who kept places for a request, in the audit trail."""
    audit.record(session, "places_held", f"request:{row.request_id}", now=now, user_id=how.user_id,
                 facts={"purpose": row.purpose.value, "channel": how.channel.value})  # fmt: skip


def extend(session: Session, token: str, *, now: datetime) -> datetime:
    """Give a live hold, and those tied to it, their time once more, counted from now; returns when it ends.

    HoldExpired, HoldUsed, HoldReleased: it is no longer held. LongEnough: that was done as often as may be.
    """
    row = hold_of_token(session, token)
    together = tied_to(session, row)
    session.refresh(row)
    check_live(row, now)
    programme = session.get_one(Programme, row.programme_id)
    until = max(row.expires_at, now + timedelta(minutes=programme.hold_minutes))
    changed = session.scalars(
        update(Hold)
        .where(Hold.id.in_([one.id for one in together]), Hold.status == HoldStatus.HELD)
        .where(Hold.expires_at > now, Hold.extended < programme.hold_extensions)
        .values(expires_at=until, extended=Hold.extended + 1)
        .returning(Hold.id)
    ).all()
    if not changed:
        raise LongEnough
    for one in together:
        session.refresh(one)
    return until


def release(session: Session, token: str, *, now: datetime) -> bool:
    """Let the places go, with those tied to them; False where they were gone already, or confirmed."""
    together = tied_to(session, hold_of_token(session, token))
    places = end_all(session, together, HoldStatus.RELEASED, now=now)
    give_back(session, places)
    return bool(places.seats)


def confirm(session: Session, token: str, *, now: datetime, user_id: int | None = None) -> list[int]:
    """Make the held places appointments, or move appointments there; returns their ids.

    What a household keeps together is confirmed together, or not at all. Confirmed again it answers the same.
    HoldExpired, HoldReleased: nothing is kept any more.
    """
    row = hold_of_token(session, token)
    requests = locked_requests(session, _requests_of(session, row))
    together = tied_to(session, row)
    session.refresh(row)
    if row.status is HoldStatus.CONFIRMED:
        return _standing(session, _confirmed_with(session, row))
    if not together:
        check_live(row, now)
    for one in together:
        check_live(one, now)
    end_all(session, together, HoldStatus.CONFIRMED, now=now)
    made = _into_appointments(session, together, Booked(None, now, user_id))
    for one in together:
        audit.record(session, "hold_confirmed", f"request:{one.request_id}", now=now, user_id=user_id,
                     facts={"purpose": one.purpose.value})  # fmt: skip
    for request in requests:
        session.expire(request)
    return made


def confirm_side_by_side(
    session: Session, tokens: Iterable[str], *, now: datetime, user_id: int | None = None
) -> None:
    """The same for holds that are not tied, all or none: each may be let go alone until then."""
    rows = [hold_of_token(session, token) for token in tokens]
    requests = locked_requests(session, [row.request_id for row in rows])
    rows.sort(key=lambda row: row.id)
    for row in rows:
        session.refresh(row, with_for_update=True)
        check_live(row, now)
    end_all(session, rows, HoldStatus.CONFIRMED, now=now)
    _into_appointments(session, rows, Booked(None, now, user_id))
    for row in rows:
        audit.record(session, "hold_confirmed", f"request:{row.request_id}", now=now, user_id=user_id,
                     facts={"purpose": row.purpose.value})  # fmt: skip
    for request in requests:
        session.expire(request)


def expire_due(session: Session, *, now: datetime) -> int:
    """End holds whose time is over and give their places back; returns how many. Call until it says 0."""
    due = session.scalars(
        select(Hold)
        .where(Hold.status == HoldStatus.HELD, Hold.expires_at <= now)
        .order_by(Hold.id)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    whole = _whole_households(session, due)
    give_back(session, end_all(session, whole, HoldStatus.EXPIRED, now=now))
    return len(whole)


def _whole_households(session: Session, due: Sequence[Hold]) -> list[Hold]:
    """Without those of a household of which somebody has a hand on another hold: it ends whole, later."""
    locked = Counter(row.household_id for row in due)
    live = dict(
        session.execute(
            select(Hold.household_id, func.count())
            .where(Hold.household_id.in_({key for key in locked if key}), Hold.status == HoldStatus.HELD)
            .group_by(Hold.household_id)
        ).all()
    )
    return [
        row for row in due if row.household_id is None or live[row.household_id] == locked[row.household_id]
    ]


def _into_appointments(session: Session, holds: Sequence[Hold], booked: Booked) -> list[int]:
    """Bookings of all who waited in one go; or appointments moved, and all old places given back after."""
    doses: list[ChosenDose] = []
    budgets: dict[BudgetKey, int] = {}
    for row in holds:
        own = held_doses(session, row, booked.at)
        doses += own
        for dose, budget in zip(own, _budget_ids(row), strict=True):
            budgets[dose.centre_id, dose.product_id, dose.day] = budget
    if holds[0].purpose in _OF_WAITING:
        return [appointment.id for appointment in write_bookings(session, doses, budgets, booked)]
    made, left = [], Places()
    for request_id, theirs in groupby(sorted(doses, key=lambda d: d.request_id), lambda d: d.request_id):
        moved, places = move_rows(session, request_id, list(theirs), budgets, booked)
        made += moved
        left = left.plus(places)
    give_back(session, left)
    return made


def _requests_of(session: Session, row: Hold) -> list[int]:
    """The requests whose places are confirmed with this hold."""
    if row.household_id is None or row.status is not HoldStatus.HELD:
        return [row.request_id]
    held = select(Hold.request_id).where(
        Hold.household_id == row.household_id, Hold.status == HoldStatus.HELD
    )
    return list(session.scalars(held))


def _confirmed_with(session: Session, row: Hold) -> list[int]:
    """The requests that were confirmed by the same press of the button."""
    if row.household_id is None:
        return [row.request_id]
    return list(
        session.scalars(
            select(Hold.request_id).where(
                Hold.household_id == row.household_id,
                Hold.status == HoldStatus.CONFIRMED,
                Hold.ended_at == row.ended_at,
            )
        )
    )


def _budget_ids(row: Hold) -> list[int]:
    return [i for i in (row.first_budget_id, row.second_budget_id) if i is not None]


def _standing(session: Session, request_ids: Sequence[int]) -> list[int]:
    return list(
        session.scalars(
            select(Appointment.id)
            .where(Appointment.request_id.in_(request_ids), Appointment.stands == 1)
            .order_by(Appointment.request_id, Appointment.dose_number)
        )
    )
