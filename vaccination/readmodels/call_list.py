"""Whom to call: those whose time has come first, then those to come; and who is being called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from vaccination.domain.call_times import TAKEN_FOR
from vaccination.domain.contacts import CallBackReason, CallBackStatus
from vaccination.domain.paging import Part, part_of
from vaccination.models.contacts import CallBack
from vaccination.models.people import Person
from vaccination.models.requests import Request


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


@dataclass(frozen=True, slots=True)
class CallList:
    """One's own calls, and of the others a part, the longest due first."""

    mine: Sequence[CallLine]
    others: Sequence[CallLine]
    part: Part


def count_due(session: Session, *, now: datetime) -> int:
    """How many should be called now."""
    return session.scalar(select(func.count(CallBack.id)).where(_free(now), CallBack.due_at <= now)) or 0


def load(session: Session, *, now: datetime, user_id: int, page: int = 1) -> CallList:
    """The calls that this agent has taken, and a page of those that may be taken."""
    mine = and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_by == user_id)
    others = and_(_free(now), ~mine)
    part = part_of(session.scalar(select(func.count(CallBack.id)).where(others)) or 0, page)
    free = _lines(session, _calls(others).limit(part.a_page).offset(part.offset), user_id)
    return CallList(_lines(session, _calls(mine), user_id), free, part)


def _free(now: datetime) -> ColumnElement[bool]:
    left_lying = and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_at <= now - TAKEN_FOR)
    return or_(CallBack.status == CallBackStatus.WAITING, left_lying)


def _calls(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(CallBack, Request.reference, Person.given_name, Person.family_name)
        .outerjoin(Request, Request.id == CallBack.request_id)
        .outerjoin(Person, Person.id == Request.person_id)
        .where(which)
        .order_by(CallBack.due_at, CallBack.id)
    )


def _lines(session: Session, calls: Select[*tuple[Any, ...]], user_id: int) -> list[CallLine]:
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
        for call, reference, given, family in session.execute(calls)
    ]
