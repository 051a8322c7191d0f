"""Erasing what the citizen's journey keeps beside a request: helpers, conversations, calls, links, lists.

What counts something (holds, replacements, invitations) stays, without what leads to the person; what is
only about the person goes.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.contacts import LIVE_CALL_BACK, CallBackStatus
from vaccination.domain.requests import ANY_TIME
from vaccination.domain.serving import HoldStatus
from vaccination.models.contacts import CallBack, Helper, Thread, ThreadLine
from vaccination.models.disruptions import Replacement
from vaccination.models.messages import Message
from vaccination.models.organisations import Listed
from vaccination.models.same_day import SameDayInvitation, Standby
from vaccination.models.serving import ChangeWish, Hold
from vaccination.models.texts import OptOut
from vaccination.services.keeping.blanking import change_set, random_bytes

UNFINISHED_HOLDS = timedelta(hours=24)
"""So long an unfinished hold is kept, for whoever asks what became of it."""


def blank_journey(session: Session, requests: Any, *, nobody: str, now: datetime) -> None:
    """Blank or delete what belongs to these requests (a SELECT of their ids)."""
    for kind in (Helper, OptOut, Standby, Listed):
        change_set(session, delete(kind).where(kind.request_id.in_(requests)))
    _blank_conversations(session, requests, nobody, now)
    _blank_wishes(session, requests)
    holds = update(Hold).where(Hold.request_id.in_(requests))
    links: dict[str, Any] = {"token_hash": random_bytes(session, 32), "form_uid": None, "household_id": None}
    change_set(session, holds.values(**links))
    invitations = update(SameDayInvitation).where(SameDayInvitation.request_id.in_(requests))
    change_set(session, invitations.values(token_hash=random_bytes(session, 32), distance_band=0))
    change_set(session, update(Message).where(Message.request_id.in_(requests)).values(provider_ref=None))


def forget_call_backs(session: Session, *, before: datetime) -> int:
    """Delete the calls of people without a request which ended, or were never made, before that moment."""
    last = func.coalesce(CallBack.done_at, CallBack.created_at)
    return change_set(session, delete(CallBack).where(CallBack.request_id.is_(None), last < before))


def forget_holds(session: Session, *, now: datetime, keep: timedelta = UNFINISHED_HOLDS) -> int:
    """Delete holds that came to nothing, unless a replacement or an invitation tells of them."""
    told = (
        select(other.id).where(other.hold_id == Hold.id).exists()
        for other in (Replacement, SameDayInvitation)
    )
    unfinished = Hold.status.in_((HoldStatus.RELEASED, HoldStatus.EXPIRED))
    return change_set(
        session, delete(Hold).where(unfinished, Hold.ended_at < now - keep, *(~exists for exists in told))
    )


def _blank_conversations(session: Session, requests: Any, nobody: str, now: datetime) -> None:
    threads = select(Thread.id).where(Thread.request_id.in_(requests))
    change_set(session, update(ThreadLine).where(ThreadLine.thread_id.in_(threads)).values(text=nobody))
    calls = update(CallBack).where(CallBack.request_id.in_(requests))
    change_set(session, calls.values(name=None, phone=""))
    change_set(
        session,
        calls.where(CallBack.status.in_(LIVE_CALL_BACK)).values(status=CallBackStatus.GAVE_UP, done_at=now),
    )


def _blank_wishes(session: Session, requests: Any) -> None:
    """Where and when they would rather come; `max_km` says nothing without the place."""
    blank: dict[str, Any] = {
        "town": "",
        "postcode": "",
        "lat": 0.0,
        "lon": 0.0,
        "earliest": None,
        "availability": ANY_TIME,
        "unavailable": [],
    }
    change_set(session, update(ChangeWish).where(ChangeWish.request_id.in_(requests)).values(**blank))
