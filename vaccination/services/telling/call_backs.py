"""People to call back: asked for once, taken by one agent, tried again on another day, never forgotten."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.call_times import CALL_BANDS, MOST_TRIES, TAKEN_FOR, first_call_at
from vaccination.domain.contacts import LIVE_CALL_BACK, CallBackReason, CallBackStatus
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.contacts import CallBack
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.services.audit import record


class NoSuchCall(NotFound):
    """There is no such call to make."""

    code = "no_such_call"


class CallTaken(Conflict):
    """Somebody else is making this call, or has made it."""

    code = "call_taken"


class NoNumber(Invalid):
    """There is no number at which this person could be called."""

    code = "no_number"


@dataclass(frozen=True, slots=True)
class AskCall:
    """Somebody is to be called.

    `phone` as +33…; none: the number that the request's person left. `band` is the part of the day they
    chose (domain/call_times.py), `not_before` a day. `name` only where there is no request.
    """

    reason: CallBackReason
    request_id: int | None = None
    phone: str | None = None
    name: str | None = None
    centre_id: int | None = None
    organisation_id: int | None = None
    band: int = 0
    not_before: date | None = None
    locale: str = "fr"

    def __post_init__(self) -> None:
        if self.band not in range(len(CALL_BANDS)):
            raise ValueError("there is no such part of the day")


def ask_call(
    session: Session, command: AskCall, *, now: datetime, zone: ZoneInfo, user_id: int | None = None
) -> int:
    """Put somebody on the list of people to call; returns the call's id.

    Asked again for the same request and reason while a call is still to be made, the newest wish holds.
    """
    phone = command.phone or _own_number(session, command.request_id)
    if not phone:
        raise NoNumber
    wish: dict[str, Any] = {
        "phone": phone,
        "band": command.band,
        "due_at": first_call_at(now, command.band, zone, command.not_before),
        "locale": command.locale,
    }
    call_id = _renew(session, command, wish) or _add(session, command, wish, now)
    record(session, "call_asked", f"call_back:{call_id}", now=now, user_id=user_id,
           centre_id=command.centre_id, facts={"reason": command.reason.value})  # fmt: skip
    return call_id


def take_call(session: Session, call_id: int, *, now: datetime, user_id: int) -> None:
    """An agent is going to make this call: nobody else makes it meanwhile."""
    left_lying = and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_at <= now - TAKEN_FOR)
    free = or_(CallBack.status == CallBackStatus.WAITING, left_lying, _is_of(user_id))
    taken = session.scalar(
        update(CallBack)
        .where(CallBack.id == call_id, free)
        .values(status=CallBackStatus.TAKEN, taken_by=user_id, taken_at=now)
        .returning(CallBack.id)
    )
    if taken is None:
        _refuse(session, call_id)
    record(session, "call_taken", f"call_back:{call_id}", now=now, user_id=user_id)


def end_call(session: Session, call_id: int, *, now: datetime, user_id: int) -> None:
    """They were reached, and what they wanted is settled."""
    _finish(session, call_id, user_id, status=CallBackStatus.DONE, done_at=now, tries=CallBack.tries + 1)
    record(session, "call_made", f"call_back:{call_id}", now=now, user_id=user_id)


def note_no_answer(
    session: Session, call_id: int, *, now: datetime, zone: ZoneInfo, user_id: int
) -> CallBackStatus:
    """Nobody answered: again tomorrow in the same part of the day; after three tries it is given up."""
    call = session.get(CallBack, call_id)
    if call is None:
        raise NoSuchCall
    tries = call.tries + 1
    if tries >= MOST_TRIES:
        status = CallBackStatus.GAVE_UP
        _finish(session, call_id, user_id, status=status, done_at=now, tries=tries)
    else:
        status = CallBackStatus.WAITING
        tomorrow = now.astimezone(zone).date() + timedelta(1)
        due_at = first_call_at(now, call.band, zone, tomorrow)
        _finish(session, call_id, user_id, status=status, due_at=due_at, tries=tries)
    record(session, "call_not_answered", f"call_back:{call_id}", now=now, user_id=user_id,
           facts={"tries": tries})  # fmt: skip
    return status


def give_call_back(session: Session, call_id: int, *, now: datetime, user_id: int) -> None:
    """The agent does not make this call after all: it waits for another."""
    _finish(session, call_id, user_id, status=CallBackStatus.WAITING)
    record(session, "call_given_back", f"call_back:{call_id}", now=now, user_id=user_id)


def _own_number(session: Session, request_id: int | None) -> str | None:
    if request_id is None:
        return None
    person = select(Person.phone).join(Request, Request.person_id == Person.id)
    return session.scalar(person.where(Request.id == request_id))


def _renew(session: Session, command: AskCall, wish: dict[str, Any]) -> int | None:
    """The call that is to be made already, with the newest wish; one that an agent has taken stays theirs."""
    if command.request_id is None:
        return None
    return session.scalar(
        update(CallBack)
        .where(CallBack.request_id == command.request_id, CallBack.reason == command.reason)
        .where(CallBack.status.in_(LIVE_CALL_BACK))
        .values(**wish)
        .returning(CallBack.id)
        .execution_options(synchronize_session=False)  # a ciphertext cannot be compared in Python
    )


def _add(session: Session, command: AskCall, wish: dict[str, Any], now: datetime) -> int:
    call = CallBack(
        request_id=command.request_id,
        centre_id=command.centre_id,
        organisation_id=command.organisation_id,
        name=command.name,
        reason=command.reason,
        created_at=now,
        **wish,
    )
    try:
        with session.begin_nested():
            session.add(call)
            session.flush()
    except IntegrityError:
        # Asked for twice at the same moment: the other one's row is there now.
        renewed = _renew(session, command, wish)
        if renewed is None:
            raise
        return renewed
    return call.id


def _is_of(user_id: int) -> Any:
    return and_(CallBack.status == CallBackStatus.TAKEN, CallBack.taken_by == user_id)


def _finish(session: Session, call_id: int, user_id: int, **values: Any) -> None:
    """What became of a call, said by whoever took it."""
    if values["status"] is CallBackStatus.WAITING:
        values |= {"taken_by": None, "taken_at": None}
    done = session.scalar(
        update(CallBack)
        .where(CallBack.id == call_id, _is_of(user_id))
        .values(**values)
        .returning(CallBack.id)
    )
    if done is None:
        _refuse(session, call_id)


def _refuse(session: Session, call_id: int) -> None:
    if session.scalar(select(CallBack.id).where(CallBack.id == call_id)) is None:
        raise NoSuchCall
    raise CallTaken
