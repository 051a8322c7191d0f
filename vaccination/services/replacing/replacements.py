"""Answers to replacements: yes, something else, or a call. Until then the old appointment stands.

Locks as a hold does: request, hold, centres, budgets, slots (docs/locking.md).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.contacts import CallBackReason
from vaccination.domain.disruptions import STILL_TO_SETTLE, ReplacementStatus, changed_doses
from vaccination.domain.quiet import timezone_of_postcode
from vaccination.domain.requests import ContactBy
from vaccination.domain.serving import ChangedDoses, HoldPurpose
from vaccination.errors import Conflict
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.replacements import current, kept_with
from vaccination.queries.supply import local_today
from vaccination.queries.touched import touched_doses
from vaccination.services import audit
from vaccination.services.appointments.booking import UnfitSlots, locked_request, locked_requests
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.hold_rows import HoldExpired, HoldReleased, token_of
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import confirm, confirm_side_by_side, hold
from vaccination.services.appointments.household_holds import hold_side_by_side
from vaccination.services.appointments.offers import Offer, five
from vaccination.services.appointments.seeking import Search, load_seeker
from vaccination.services.appointments.together import OfferForAll, offers_together
from vaccination.services.telling.call_backs import AskCall, ask_call

_CHANGED = {
    HoldPurpose.MOVE_FIRST: ChangedDoses.FIRST,
    HoldPurpose.MOVE_SECOND: ChangedDoses.SECOND,
    HoldPurpose.MOVE_BOTH: ChangedDoses.BOTH,
}


class NoReplacement(Conflict):
    """Nothing waits for an answer: it was given, or the appointments were changed otherwise."""

    code = "no_replacement"


class ReplacementGone(Conflict):
    """The places are no longer kept; others may be chosen."""

    code = "replacement_gone"


def accept(session: Session, request_id: int, *, now: datetime, user_id: int | None = None) -> int:
    """Yes: the kept places take over, for all of the household whose places are beside these or for nobody.

    Returns for how many. ReplacementGone when they are no longer kept.
    """
    locked_requests(session, _household_of(session, request_id))
    row = _locked(session, request_id)
    if row.hold_id is None:
        raise ReplacementGone
    together = kept_with(session, row)
    tokens = [token_of(one.hold_id) for one in together if one.hold_id is not None]
    try:
        with session.begin_nested():
            confirm_side_by_side(session, tokens, now=now, user_id=user_id)
    except (HoldExpired, HoldReleased, UnfitSlots):
        raise ReplacementGone from None
    for one in together:
        end(session, one, ReplacementStatus.ACCEPTED, now, user_id)
    return len(together)


def others(
    session: Session, request_id: int, *, now: datetime, after: Sequence[int] = ()
) -> tuple[Offer, ...]:
    """Up to five other places for the doses that need one."""
    row = current(session, request_id)
    if row is None:
        return ()
    return five(session, request_id, now=now, after=after, changed=_needs(session, row, now), any_centre=True)


def choose_other(
    session: Session, request_id: int, choice: Choice, *, now: datetime, user_id: int | None = None
) -> None:
    """Take other places at once; what was kept goes back.

    SlotFull, NoDoseLeft, UnfitSlots, TakenJustNow: somebody was quicker.
    """
    row = _locked(session, request_id)
    held = hold(session, request_id, choice, now=now, how=How(user_id=user_id, any_centre=True))
    confirm(session, held.token, now=now, user_id=user_id)
    end(session, row, ReplacementStatus.CHOSEN_OTHER, now, user_id)


def others_together(
    session: Session, request_id: int, *, now: datetime, after: Sequence[int] = ()
) -> tuple[OfferForAll, ...]:
    """Up to five other places for all of the household who are kept places together; none for one alone."""
    row = current(session, request_id)
    together = kept_with(session, row) if row is not None else []
    if row is None or len(together) < 2:
        return ()
    search = _search(session, row, now)
    seekers = [load_seeker(session, one.request_id, search, now=now) for one in together]
    return offers_together(session, seekers, now=now, after=after)


def choose_together(
    session: Session, request_id: int, choices: Sequence[tuple[int, Choice]], *, now: datetime,
    user_id: int | None = None,
) -> int:  # fmt: skip
    """Take other places for all of them at once, or for nobody; returns for how many.

    UnfitSlots where these are not all of them (any more); SlotFull, NoDoseLeft, TakenJustNow as for one.
    """
    locked_requests(session, _household_of(session, request_id))
    row = _locked(session, request_id)
    together = kept_with(session, row)
    if {one.request_id for one in together} != {chosen for chosen, _ in choices}:
        raise UnfitSlots
    how = How(user_id=user_id, any_centre=True)
    held = hold_side_by_side(session, choices, _search(session, row, now), now=now, how=how)
    confirm_side_by_side(session, [one.token for one in held], now=now, user_id=user_id)
    for one in together:
        end(session, one, ReplacementStatus.CHOSEN_OTHER, now, user_id)
    return len(together)


def ask_to_call(session: Session, request_id: int, phone: str | None, band: int, *, now: datetime) -> None:
    """Somebody calls; what is kept stays kept until its time. NoNumber: we have none."""
    row = _locked(session, request_id)
    request = session.get_one(Request, request_id)
    ask_call(
        session,
        AskCall(CallBackReason.REPLACEMENT, request_id, phone, band=band, locale=request.locale),
        now=now,
        zone=ZoneInfo(timezone_of_postcode(request.postcode)),
    )
    end(session, row, ReplacementStatus.ASKED_TO_CALL, now)


def first_day(session: Session, request: Request, now: datetime) -> date:
    """Not so soon that there is no time to answer, nor before a letter is there."""
    lead = letter_days(session, request) if request.contact_by is ContactBy.LETTER else 0
    return local_today(session, now) + timedelta(lead + 2)


def letter_days(session: Session, request: Request) -> int:
    """How long a letter takes."""
    return session.get_one(Programme, request.programme_id).letter_lead_days


def end(
    session: Session, row: Replacement, status: ReplacementStatus, now: datetime, user_id: int | None = None
) -> None:
    """An answer, or silence: the replacement has its end. The request is locked by the caller."""
    session.execute(
        update(Replacement)
        .where(Replacement.id == row.id, Replacement.status.in_(STILL_TO_SETTLE))
        .values(status=status, answered_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    audit.record(session, f"replacement_{status.value}", f"replacement:{row.id}", now=now, user_id=user_id)


def _search(session: Session, row: Replacement, now: datetime) -> Search:
    return Search(changed=_needs(session, row, now), any_centre=True)


def _needs(session: Session, row: Replacement, now: datetime) -> ChangedDoses:
    if row.hold_id is not None:
        return _CHANGED[session.get_one(Hold, row.hold_id).purpose]
    disruption = session.get_one(Disruption, row.disruption_id)
    return changed_doses(touched_doses(session, disruption, row.request_id, now=now) or (1, 2))


def _household_of(session: Session, request_id: int) -> list[int]:
    """The request and those of its household."""
    household = select(Request.household_id).where(Request.id == request_id).scalar_subquery()
    return list(
        session.scalars(
            select(Request.id).where((Request.id == request_id) | (Request.household_id == household))
        )
    )


def _locked(session: Session, request_id: int) -> Replacement:
    locked_request(session, request_id)
    row = current(session, request_id)
    if row is None:
        raise NoReplacement
    return row
