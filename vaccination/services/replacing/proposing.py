"""After a disruption: everybody touched is proposed the best places there are, kept for them, and told once.

Whoever cannot be proposed anything, or does not answer, is called: nobody is left without a way on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.contacts import CallBackReason
from vaccination.domain.disruptions import (
    DisruptionStatus,
    ReplacementStatus,
    answer_by,
    changed_doses,
    remind_at,
)
from vaccination.domain.messages import MessageKind
from vaccination.domain.quiet import timezone_of_postcode
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldStatus
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.left import read_left
from vaccination.queries.replacements import has_moved
from vaccination.queries.touched import Touched, is_still_touched
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request
from vaccination.services.appointments.hold_rows import Held, end_live_hold
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import GONE, hold
from vaccination.services.appointments.offers import Offer, centres_in_reach, offers_of
from vaccination.services.appointments.places import give_back
from vaccination.services.appointments.seeking import Search, Seeker, load_seeker
from vaccination.services.replacing.replacements import end, first_day, letter_days
from vaccination.services.telling.call_backs import AskCall, NoNumber, ask_call
from vaccination.services.telling.messages import Links, write_message

_WORTH_A_REMINDER = timedelta(hours=6)


def propose(session: Session, disruption_id: int, one: Touched, *, now: datetime) -> Replacement | None:
    """Keep the best places for one person touched and tell them, once; None where nothing is to be done."""
    request = locked_request(session, one.request_id)
    disruption = session.get_one(Disruption, disruption_id, populate_existing=True)
    if not is_due(session, disruption, request, one, now=now):
        return None
    return tell_proposal(session, disruption, one, _keep(session, request, one, now), now=now)


def is_due(
    session: Session, disruption: Disruption, request: Request, one: Touched, *, now: datetime
) -> bool:
    """Whether the person, whose request is locked, is still to be proposed something."""
    if disruption.status is not DisruptionStatus.SENT or request.status is not RequestStatus.PLANNED:
        return False
    if _has_one(session, disruption.id, one.request_id):
        return False
    return is_still_touched(session, one, now=now)


def tell_proposal(
    session: Session, disruption: Disruption, one: Touched, kept: Held | None, *, now: datetime
) -> Replacement:
    """Write down what is proposed, and the message; who has no place or no time for a letter is called."""
    request = session.get_one(Request, one.request_id)
    until = kept.expires_at if kept else answer_by(now, time_to_answer(session, request), one.starts_at, None)
    row = Replacement(
        disruption_id=disruption.id, request_id=request.id, hold_id=kept.hold_id if kept else None,
        answer_by=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell(session, row, MessageKind.REPLACED, str(row.id), now)
    if kept is None or _letter_is_late(session, request, one, now):
        _call(session, request, now)
    audit.record(session, "replacement_proposed", f"replacement:{row.id}", now=now,
                 facts={"is_kept": kept is not None})  # fmt: skip
    return row


def best_offers(session: Session, request: Request, one: Touched, *, now: datetime) -> tuple[Offer, ...]:
    """What could be proposed to somebody touched: what moves fewest doses first, then the best."""
    for search in searches(one.numbers, first_day(session, request, now)):
        if found := _found(session, load_seeker(session, request.id, search, now=now), one, now):
            return found
    return ()


def searches(numbers: Sequence[int], from_day: date) -> Iterator[Search]:
    """What to look for, in this order: as few doses as need another place, on days with time to answer."""
    wanted = [changed_doses(numbers)]
    if wanted[0] is ChangedDoses.SECOND:
        wanted.append(ChangedDoses.BOTH)  # no second date keeps the interval: the first one moves too
    for changed in wanted:
        for first in (from_day, None):
            yield Search(changed=changed, from_day=first, any_centre=True)


def _found(session: Session, seeker: Seeker, one: Touched, now: datetime) -> tuple[Offer, ...]:
    if not seeker.needs:
        return ()
    left = read_left(session, seeker.days, now=now, centre_ids=centres_in_reach(session, seeker))
    exactly = tuple(need for need in seeker.needs if need.numbers == one.numbers)
    found = offers_of(session, replace(seeker, needs=exactly), left, now=now)
    return found or offers_of(session, seeker, left, now=now)


def look_after(session: Session, request_id: int, *, now: datetime) -> ReplacementStatus | None:
    """One open replacement: changed otherwise, over time, or to be reminded of; returns what it is now."""
    request = locked_request(session, request_id)
    row = session.scalar(
        select(Replacement)
        .where(Replacement.request_id == request_id, Replacement.status == ReplacementStatus.OPEN)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    if request.status is not RequestStatus.PLANNED or has_moved(session, row):
        end(session, row, ReplacementStatus.CHOSEN_OTHER, now)
    elif row.answer_by <= now:
        _lapse(session, row, request, now)
    else:
        _remind(session, row, now)
    return row.status


def open_replacements(session: Session) -> list[int]:
    """The requests with a replacement that waits for its answer."""
    return list(
        session.scalars(
            select(Replacement.request_id)
            .where(Replacement.status == ReplacementStatus.OPEN)
            .order_by(Replacement.request_id)
        )
    )


def _keep(session: Session, request: Request, one: Touched, now: datetime) -> Held | None:
    """A hold on the best places that are still there."""
    wait = time_to_answer(session, request)
    for offer in best_offers(session, request, one, now=now):
        new = min(dose.starts_at for dose in offer.doses)
        until = answer_by(now, wait, one.starts_at, new)
        try:
            with session.begin_nested():
                how = How(keep_for=until - now, any_centre=True)
                return hold(session, request.id, offer.choice, now=now, how=how)
        except GONE:
            continue
    return None


def _lapse(session: Session, row: Replacement, request: Request, now: datetime) -> None:
    if row.hold_id is not None and _holds(session, row.hold_id):
        give_back(session, end_live_hold(session, request.id, HoldStatus.EXPIRED, now=now))
    end(session, row, ReplacementStatus.LAPSED, now)
    _tell(session, row, MessageKind.LAPSED, str(row.id), now)
    _call(session, request, now)


def _holds(session: Session, hold_id: int) -> bool:
    status = session.scalar(select(Hold.status).where(Hold.id == hold_id))
    return status is HoldStatus.HELD


def _remind(session: Session, row: Replacement, now: datetime) -> None:
    made = session.scalar(
        select(Message.created_at).where(Message.dedupe_key == f"{MessageKind.REPLACED.value}:{row.id}")
    )
    if made is None or row.answer_by - made < _WORTH_A_REMINDER or now < remind_at(made, row.answer_by):
        return
    about = f"{row.id}:again"
    there = select(Message.id).where(Message.dedupe_key == f"{MessageKind.REPLACED.value}:{about}")
    if session.scalar(there) is None:
        _tell(session, row, MessageKind.REPLACED, about, now)


def _tell(session: Session, row: Replacement, kind: MessageKind, about: str, now: datetime) -> None:
    links = Links(replacement_id=row.id)
    write_message(session, row.request_id, kind, about=about, now=now, links=links)


def _call(session: Session, request: Request, now: datetime) -> None:
    """On the list of people to call; who left no number reads the message, and their page has ways on."""
    zone = ZoneInfo(timezone_of_postcode(request.postcode))
    try:
        ask_call(
            session,
            AskCall(CallBackReason.REPLACEMENT, request.id, locale=request.locale),
            now=now,
            zone=zone,
        )
    except NoNumber:
        return


def _has_one(session: Session, disruption_id: int, request_id: int) -> bool:
    found = select(Replacement.id).where(
        Replacement.disruption_id == disruption_id, Replacement.request_id == request_id
    )
    return session.scalar(found) is not None


def time_to_answer(session: Session, request: Request) -> timedelta:
    """As long as the programme says, and a letter's days."""
    hours = session.get_one(Programme, request.programme_id).proposal_hours
    by_letter = request.contact_by is ContactBy.LETTER
    return timedelta(hours=hours, days=letter_days(session, request) if by_letter else 0)


def _letter_is_late(session: Session, request: Request, one: Touched, now: datetime) -> bool:
    """Whether paper would tell them after the old appointment."""
    arrives = now + timedelta(days=letter_days(session, request))
    return request.contact_by is ContactBy.LETTER and one.starts_at <= arrives
