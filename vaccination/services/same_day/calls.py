"""Doses that would be lost today: a centre announces them, people of the standby list are asked in waves.

Nothing is kept for who is asked; saying yes takes today's dose and the second one together
(services/same_day/answers.py). Who is asked first: domain/same_day.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.messages import MessageKind
from vaccination.domain.offers import km_between
from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import (
    MOST_DOSES,
    InvitationStatus,
    SameDayCallStatus,
    distance_band,
    to_ask,
    turn,
)
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product, Programme
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.queries.columns import Columns
from vaccination.services import audit
from vaccination.services.same_day.inviting import ask_again, invite
from vaccination.services.same_day.places import (
    doses_of_today,
    fridge_of_today,
    is_today,
    read_what_is_left,
    slots_of_today,
    whole_course,
)
from vaccination.services.telling.opt_outs import wanted

SEEDS = 2**31
_LOOKED_AT = 400
"""So many people at most are looked at in one wave: the next one goes on from there."""


class NoSuchCall(NotFound):
    """There is no such call at this centre."""

    code = "no_such_same_day_call"


class CallThere(Conflict):
    """The centre is asking for people for this product today already."""

    code = "same_day_call_there"


class NothingToGive(Invalid):
    """Fewer doses than that are free today; `detail` says how many."""

    code = "nothing_to_give"


@dataclass(frozen=True, slots=True)
class Announce:
    """So many doses of a product would be lost today; the last person must be there by `until`."""

    centre_id: int
    product_id: int
    doses: int
    until: datetime


def announce(session: Session, command: Announce, *, now: datetime, user_id: int) -> int:
    """Open a call; returns its id. Nobody is asked yet: `ask_wave` does."""
    centre = session.get_one(Centre, command.centre_id)
    _check(session, command, now)
    fridge = fridge_of_today(session, command.centre_id, command.product_id, now=now)
    there = doses_of_today(fridge, command.doses)
    if there < command.doses:
        raise NothingToGive(doses=there)
    minutes = session.scalar(select(Programme.same_day_minutes).where(Programme.is_active)) or 20
    call = SameDayCall(
        centre_id=command.centre_id, product_id=command.product_id,
        day=now.astimezone(ZoneInfo(centre.timezone)).date(), doses=command.doses, hold_minutes=minutes,
        until=command.until, seed=randbelow(SEEDS), announced_by=user_id, announced_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(call)
            session.flush()
    except IntegrityError:
        raise CallThere from None
    _note(session, "same_day_announced", call, now, user_id, doses=command.doses)
    return call.id


def close_call(
    session: Session, centre_id: int, call_id: int, *, now: datetime, user_id: int | None = None
) -> None:
    """Ask nobody more, and take nobody more; who has said yes comes."""
    call = session.get(SameDayCall, call_id)
    if call is None or call.centre_id != centre_id:
        raise NoSuchCall
    if _close(session, call_id, now):
        _note(session, "same_day_closed", call, now, user_id, doses=call.doses, confirmed=call.confirmed)


def ask_wave(session: Session, call_id: int, *, now: datetime) -> int:
    """Ask the next few; returns how many. Called again and again while a call is open, by one at a time."""
    call = session.scalar(
        select(SameDayCall)
        .where(SameDayCall.id == call_id, SameDayCall.status == SameDayCallStatus.OPEN)
        .where(SameDayCall.until > now)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if call is None:
        return 0
    asked, last_place, wave = _asked_before(session, call_id)
    room = to_ask(call.doses - call.confirmed, asked)
    if not room:
        return 0
    left = read_what_is_left(session, call, now=now)
    again = n = ask_again(session, call, room, left, now=now)
    for row, band in _candidates(session, call, now):
        if n == room:
            break
        if whole_course(session, call, row.id, now=now, left=left) is not None:
            n += 1
            invite(session, call, row, (last_place + n - again, wave + 1, band), now=now)
    if n:
        _note(session, "same_day_wave", call, now, None, asked=n, wave=wave + 1)
    return n


def end_due(session: Session, *, now: datetime) -> int:
    """Invitations that nobody answered and calls whose time is over; returns how many ended."""
    lapsed = session.scalars(
        update(SameDayInvitation)
        .where(SameDayInvitation.status == InvitationStatus.ASKED, SameDayInvitation.answer_by <= now)
        .values(status=InvitationStatus.LAPSED, answered_at=now)
        .returning(SameDayInvitation.id)
    ).all()
    over = session.scalars(
        select(SameDayCall.id).where(SameDayCall.status == SameDayCallStatus.OPEN, SameDayCall.until <= now)
    ).all()
    return len(lapsed) + sum(_close(session, call_id, now) for call_id in over)


def open_calls(session: Session) -> list[int]:
    """The calls that are asking people."""
    return list(session.scalars(select(SameDayCall.id).where(SameDayCall.status == SameDayCallStatus.OPEN)))


def _check(session: Session, command: Announce, now: datetime) -> None:
    faults = Faults()
    faults.add_if(session.get(Product, command.product_id) is None, "product_id", "unknown_product")
    faults.between("doses", command.doses, 1, MOST_DOSES)
    faults.add_if(not is_today(session, command.centre_id, command.until, now), "until", "not_today")
    has_slot = slots_of_today(session, command.centre_id, now + timedelta(minutes=1), command.until)
    faults.add_if(not has_slot and not faults.found, "until", "no_slot")
    faults.check()


def _close(session: Session, call_id: int, now: datetime) -> bool:
    done = session.scalar(
        update(SameDayCall)
        .where(SameDayCall.id == call_id, SameDayCall.status == SameDayCallStatus.OPEN)
        .values(status=SameDayCallStatus.CLOSED, closed_at=now)
        .returning(SameDayCall.id)
    )
    return done is not None


def _asked_before(session: Session, call_id: int) -> tuple[int, int, int]:
    """How many are still thinking, the last place that was given, the last wave."""
    thinking = func.count().filter(SameDayInvitation.status == InvitationStatus.ASKED)
    row = session.execute(
        select(thinking, func.max(SameDayInvitation.place), func.max(SameDayInvitation.wave)).where(
            SameDayInvitation.call_id == call_id
        )
    ).one()
    return row[0] or 0, row[1] or 0, row[2] or 0


def _candidates(session: Session, call: SameDayCall, now: datetime) -> Iterator[tuple[Columns, int]]:
    """Who may be asked, in their turn: near enough, quick enough, not asked yet, asked nowhere else now."""
    centre = session.get_one(Centre, call.centre_id)
    asked = select(SameDayInvitation.request_id).where(
        or_(
            SameDayInvitation.call_id == call.id, SameDayInvitation.status == InvitationStatus.ASKED
        )
    )  # fmt: skip
    minutes = (call.until - now).total_seconds() / 60
    rows = session.execute(
        select(
            Request.id, Request.priority, Request.lat, Request.lon, Request.wheelchair,
            Standby.max_km, Standby.by,
        )
        .join(Standby, Standby.request_id == Request.id)
        .where(
            Request.status == RequestStatus.WAITING, Standby.minutes_needed <= minutes,
            Request.id.not_in(asked),
        )
    ).all()  # fmt: skip
    near = []
    for row in rows:
        km = km_between(row.lat, row.lon, centre.lat, centre.lon)
        if km <= row.max_km and (centre.wheelchair or not row.wheelchair):
            band = distance_band(km)
            near.append((turn(row.priority, band, call.seed, row.id), row, band))
    near.sort(key=lambda one: one[0])
    willing = set(wanted(session, MessageKind.SAME_DAY, [row.id for _, row, _ in near]))
    yield from [(row, band) for _, row, band in near if row.id in willing][:_LOOKED_AT]


def _note(
    session: Session, action: str, call: SameDayCall, now: datetime, user_id: int | None, **facts: int
) -> None:
    audit.record(
        session, action, f"same_day_call:{call.id}", now=now, user_id=user_id, centre_id=call.centre_id,
        facts=facts,
    )  # fmt: skip
