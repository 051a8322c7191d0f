"""Whom to call: those whose time has come first, then those to come; and who is being called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from vaccination.domain.call_times import TAKEN_FOR
from vaccination.domain.contacts import CallBackReason, CallBackStatus
from vaccination.models.contacts import CallBack
from vaccination.models.people import Person
from vaccination.models.requests import Request

_MOST = 200


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call; name and number only for who has taken it or may take it."""

    call_id: int
    request_id: int | None
    reference: str
    name: str
    phone: str
    reason: CallBackReason
    band: int
    due_at: datetime
    tries: int
    locale: str
    is_mine: bool


def count_due(session: Session, *, now: datetime) -> int:
    """How many should be called now."""
    return session.scalar(select(func.count(CallBack.id)).where(_free(now), CallBack.due_at <= now)) or 0


def load(session: Session, *, now: datetime, user_id: int) -> tuple[Sequence[CallLine], Sequence[CallLine]]:
    """The calls that this agent has taken, and those that may be taken, the longest due first."""
    mine = and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_by == user_id)
    return _lines(session, mine, user_id), _lines(session, and_(_free(now), ~mine), user_id)


def _free(now: datetime) -> ColumnElement[bool]:
    left_lying = and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_at <= now - TAKEN_FOR)
    return or_(CallBack.status == CallBackStatus.WAITING, left_lying)


def _lines(session: Session, which: Any, user_id: int) -> list[CallLine]:
    rows = session.execute(
        select(CallBack, Request.reference, Person.given_name, Person.family_name)
        .outerjoin(Request, Request.id == CallBack.request_id)
        .outerjoin(Person, Person.id == Request.person_id)
        .where(which)
        .order_by(CallBack.due_at, CallBack.id)
        .limit(_MOST)
    )
    return [
        CallLine(
            call_id=call.id,
            request_id=call.request_id,
            reference=reference or "",
            name=call.name or f"{given or ''} {family or ''}".strip(),
            phone=call.phone,
            reason=call.reason,
            band=call.band,
            due_at=call.due_at,
            tries=call.tries,
            locale=call.locale,
            is_mine=call.status is CallBackStatus.TAKEN and call.taken_by == user_id,
        )
        for call, reference, given, family in rows
    ]
