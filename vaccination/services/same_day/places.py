"""A dose of the day comes with all that belongs to it: today's seat and dose, and a second dose later on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.fridge import Fridge
from vaccination.domain.offers import Need, Part
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import HoldPurpose
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.same_day import SameDayCall, Standby
from vaccination.queries.columns import Columns
from vaccination.queries.left import Left, read_left
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.offers import centres_in_reach, offers_of
from vaccination.services.appointments.seeking import Search, Seeker, load_seeker

HORIZON_DAYS = 150


def read_what_is_left(session: Session, call: SameDayCall, *, now: datetime) -> Left:
    """What the call's own centre has for second doses; enough for everybody who gets both at one centre."""
    return read_left(session, HORIZON_DAYS, now=now, centre_ids=[call.centre_id])


def slots_of_today(session: Session, centre_id: int, first: datetime, last: datetime) -> Sequence[Columns]:
    """The running slots of a centre between two moments, those with most room first, then the earliest."""
    slots: Sequence[Columns] = session.execute(
        select(Slot.id, Slot.starts_at)
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .where(Slot.centre_id == centre_id, Slot.starts_at >= first, Slot.starts_at <= last)
        .where(ClinicSession.is_open)
        .order_by(Slot.taken - ClinicSession.seats, Slot.starts_at)
    ).all()
    return slots


def fridge_of_today(session: Session, centre_id: int, product_id: int, *, now: datetime) -> Fridge | None:
    """What the centre has of a product and has promised of it, today included."""
    left = read_left(session, 1, now=now, centre_ids=[centre_id])
    return left.fridges.get((centre_id, product_id))


def doses_of_today(fridge: Fridge | None, most: int) -> int:
    """How many doses more can be given today without taking one that is promised."""
    if fridge is None:
        return 0
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if fridge.holds({fridge.today: middle}):
            low = middle
        else:
            high = middle - 1
    return low


def whole_course(
    session: Session, call: SameDayCall, request_id: int, *, now: datetime, left: Left | None = None
) -> Choice | None:
    """Everything that this person would get: today's slot and, of two doses, the second; None when not whole.

    `left` is what `read_what_is_left` read a moment ago.
    """
    seeker = load_seeker(session, request_id, Search(same_day=True), now=now)
    if seeker.status is not RequestStatus.WAITING or not seeker.needs:
        return None
    slot = _slot(session, call, request_id, now)
    if slot is None:
        return None
    standing = seeker.wishes.second_lat is not None
    if left is None or standing:
        centres = {call.centre_id, *(centres_in_reach(session, seeker) if standing else ())}
        left = read_left(session, HORIZON_DAYS, now=now, centre_ids=centres)
    left = _after_today(left, call)
    if left is None:
        return None
    for need in seeker.needs:
        choice = _choice(session, call, seeker, need, slot, left, now)
        if choice is not None:
            return choice
    return None


def _choice(
    session: Session, call: SameDayCall, seeker: Seeker, need: Need, slot: Columns, left: Left, now: datetime
) -> Choice | None:
    bit = (call.day - seeker.today).days
    due = need.first or need.second
    if due is None or due.product_id != call.product_id or not due.days >> bit & 1:
        return None
    if due.centre_id not in (None, call.centre_id):
        return None
    if need.first is None:
        return Choice(HoldPurpose.SECOND_DOSE, need.schedule_id, (slot.id,))
    if need.second is None:
        return Choice(HoldPurpose.COURSE, need.schedule_id, (slot.id,))
    second = _second(session, call, seeker, need, left, now)
    return Choice(HoldPurpose.COURSE, need.schedule_id, (slot.id, second)) if second else None


def _second(
    session: Session, call: SameDayCall, seeker: Seeker, need: Need, left: Left, now: datetime
) -> int | None:
    """The best slot for the second dose, as if the first had been given today."""
    if need.second is None:
        return None
    least, ideal, most = need.gap
    bit = (call.day - seeker.today).days
    days = ((1 << (most - least + 1)) - 1) << (bit + least)
    at_one = seeker.wishes.second_lat is None
    part = Part(
        need.second.product_id, need.second.days & days, call.centre_id if at_one else None, bit + ideal
    )
    # Who comes this far today comes as far again.
    wishes = replace(seeker.wishes, max_km=10_000.0) if at_one else seeker.wishes
    wanted = replace(seeker, needs=(Need(need.schedule_id, None, part),), wishes=wishes)
    offers = offers_of(session, wanted, left, now=now)
    return offers[0].doses[0].slot_id if offers else None


def _slot(session: Session, call: SameDayCall, request_id: int, now: datetime) -> Columns | None:
    """The slot in which they can be there; the last one of the call for who needs longer than that."""
    minutes = session.scalar(select(Standby.minutes_needed).where(Standby.request_id == request_id)) or 0
    slots = slots_of_today(session, call.centre_id, now + timedelta(minutes=1), call.until)
    on_time = [slot for slot in slots if slot.starts_at >= now + timedelta(minutes=minutes)]
    if on_time:
        return on_time[0]
    return max(slots, key=lambda slot: slot.starts_at, default=None)


def _after_today(left: Left, call: SameDayCall) -> Left | None:
    """What is left once one more dose was given today; None where the fridge has none for today."""
    shelf = call.centre_id, call.product_id
    fridge = left.fridges.get(shelf)
    if fridge is None or not fridge.holds({call.day: 1}):
        return None
    promised = Counter(fridge.promised) + Counter({call.day: 1})
    after = Fridge(fridge.lots, fridge.doses_per_vial, fridge.today, promised)
    return replace(left, fridges={**left.fridges, shelf: after}, _spare={})


def is_today(session: Session, centre_id: int, moment: datetime, now: datetime) -> bool:
    """Whether a moment to come lies on the centre's own today."""
    zone = ZoneInfo(session.get_one(Centre, centre_id).timezone)
    return moment > now and moment.astimezone(zone).date() == now.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class SeenDose:
    """One dose of a whole course, as it would be."""

    dose_number: int
    starts_at: datetime
    timezone: str
    centre_name: str


def seen_course(session: Session, call_id: int, request_id: int, *, now: datetime) -> tuple[SeenDose, ...]:
    """What a yes would give at this moment, to be shown; empty when nothing whole is left. Keeps nothing."""
    call = session.get_one(SameDayCall, call_id)
    choice = whole_course(session, call, request_id, now=now)
    if choice is None:
        return ()
    rows = session.execute(
        select(Slot.id, Slot.starts_at, Centre.timezone, Centre.name)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(Slot.id.in_(choice.slot_ids))
    )
    found = {row.id: row for row in rows}
    first = 2 if choice.purpose is HoldPurpose.SECOND_DOSE else 1
    return tuple(
        SeenDose(first + n, found[i].starts_at, found[i].timezone, found[i].name)
        for n, i in enumerate(choice.slot_ids)
    )
