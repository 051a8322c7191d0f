"""Answers to invitations for doses of the day: the first whole ones win, never more than there are doses.

Locks: request, call, invitation, then as a hold does (docs/locking.md). Who says yes gets today's dose and
the second one in the same transaction, or neither.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import InvitationStatus, SameDayCallStatus
from vaccination.errors import Conflict, NotFound
from vaccination.models.same_day import SameDayCall, SameDayInvitation
from vaccination.security.secrets import hash_secret
from vaccination.services import audit
from vaccination.services.appointments.booking import UnfitSlots, locked_request
from vaccination.services.appointments.hold_taking import How, TakenJustNow
from vaccination.services.appointments.holds import confirm, hold
from vaccination.services.appointments.places import NoDoseLeft, SlotFull
from vaccination.services.same_day.places import whole_course

_GONE = (NoDoseLeft, SlotFull, UnfitSlots)
_LOCK_TIMEOUT = "55P03"
_TRIES = 3
_HOLD = timedelta(minutes=5)  # it is confirmed in the same transaction


class NoSuchInvitation(NotFound):
    """No invitation has this token."""

    code = "no_such_invitation"


class NotAnswerable(Conflict):
    """The invitation has ended; `detail` says how."""

    code = "invitation_ended"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    invitation_id: int
    request_id: int
    status: InvitationStatus


def invitation_of_token(session: Session, token: str) -> int:
    """The invitation that a link opens; NoSuchInvitation."""
    found = session.scalar(
        select(SameDayInvitation.id).where(SameDayInvitation.token_hash == hash_secret(token.lower()))
    )
    if found is None:
        raise NoSuchInvitation
    return found


def accept(session: Session, invitation_id: int, *, now: datetime, user_id: int | None = None) -> Answered:
    """Yes: both doses are booked, or it is too late. Said twice, it answers the same.

    TakenJustNow: too many say yes at this very moment; nothing is decided, they may say it again.
    """
    invitation = _invitation(session, invitation_id)
    request = locked_request(session, invitation.request_id)
    session.refresh(invitation)
    if invitation.status is not InvitationStatus.ASKED:
        return _answered(invitation)
    if invitation.answer_by <= now:
        return _end(session, invitation, InvitationStatus.LAPSED, now, user_id)
    if request.status is not RequestStatus.WAITING:
        return _end(session, invitation, InvitationStatus.DECLINED, now, user_id)
    for _ in range(_TRIES):
        try:
            with session.begin_nested():
                hold_id = _take(session, invitation, now, user_id)
        except _GONE:
            continue
        if hold_id is None:
            break
        return _end(session, invitation, InvitationStatus.ACCEPTED, now, user_id, hold_id)
    return _end(session, invitation, InvitationStatus.TOO_LATE, now, user_id)


def decline(session: Session, invitation_id: int, *, now: datetime, user_id: int | None = None) -> Answered:
    """No: somebody else is asked. The request waits as before."""
    invitation = _invitation(session, invitation_id)
    locked_request(session, invitation.request_id)
    session.refresh(invitation)
    if invitation.status is not InvitationStatus.ASKED:
        return _answered(invitation)
    return _end(session, invitation, InvitationStatus.DECLINED, now, user_id)


def _take(session: Session, invitation: SameDayInvitation, now: datetime, user_id: int | None) -> int | None:
    """One of the call's doses with all that goes with it; None when there is none."""
    if not _counted(session, invitation.call_id, now):
        return None
    call = session.get_one(SameDayCall, invitation.call_id, populate_existing=True)
    choice = whole_course(session, call, invitation.request_id, now=now)
    if choice is None:
        raise NoDoseLeft
    if call.confirmed == call.doses:
        call.status, call.closed_at = SameDayCallStatus.CLOSED, now
    how = How(user_id=user_id, keep_for=_HOLD, same_day=True)
    held = hold(session, invitation.request_id, choice, now=now, how=how)
    confirm(session, held.token, now=now, user_id=user_id)
    return held.hold_id


def _counted(session: Session, call_id: int, now: datetime) -> bool:
    """One statement tests and counts: two people cannot both have the last dose."""
    statement = (
        update(SameDayCall)
        .where(SameDayCall.id == call_id, SameDayCall.status == SameDayCallStatus.OPEN)
        .where(SameDayCall.confirmed < SameDayCall.doses, SameDayCall.until > now)
        .values(confirmed=SameDayCall.confirmed + 1)
        .returning(SameDayCall.id)
    )
    try:
        return session.scalar(statement) is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT:
            raise TakenJustNow from None
        raise


def _end(
    session: Session, invitation: SameDayInvitation, status: InvitationStatus, now: datetime,
    user_id: int | None, hold_id: int | None = None,
) -> Answered:  # fmt: skip
    ended = session.scalar(
        update(SameDayInvitation)
        .where(SameDayInvitation.id == invitation.id, SameDayInvitation.status == InvitationStatus.ASKED)
        .values(status=status, answered_at=now, hold_id=hold_id)
        .returning(SameDayInvitation.id)
    )
    if ended is None:  # the sweeper came between: everything that was taken goes back with the transaction
        raise NotAnswerable
    audit.record(
        session, f"same_day_{status.value}", f"same_day_invitation:{invitation.id}", now=now, user_id=user_id
    )
    session.refresh(invitation)
    return _answered(invitation)


def _answered(invitation: SameDayInvitation) -> Answered:
    return Answered(invitation.id, invitation.request_id, invitation.status)


def _invitation(session: Session, invitation_id: int) -> SameDayInvitation:
    found = session.get(SameDayInvitation, invitation_id, populate_existing=True)
    if found is None:
        raise NoSuchInvitation
    return found
