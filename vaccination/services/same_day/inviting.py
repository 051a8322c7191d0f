"""Asking one person for a dose of the day, and once more who said yes too late when a dose is given back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import InvitationStatus, ReachedBy, answer_by
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.queries.columns import Columns
from vaccination.queries.left import Left
from vaccination.security.link_tokens import link_token
from vaccination.security.secrets import hash_secret
from vaccination.services.same_day.places import whole_course
from vaccination.services.telling.messages import Links, write_message

LINK = "same_day"
_CHANNELS = {
    ReachedBy.SMS: MessageChannel.SMS,
    ReachedBy.EMAIL: MessageChannel.EMAIL,
    ReachedBy.PHONE: MessageChannel.PHONE,
}


def invite(
    session: Session, call: SameDayCall, row: Columns, at: tuple[int, int, int], *, now: datetime
) -> None:
    """Ask somebody of the standby list; `at`: their place, the wave, and the band of distance."""
    place, wave, band = at
    invitation = SameDayInvitation(
        call_id=call.id, request_id=row.id, place=place, wave=wave, distance_band=band,
        channel=_CHANNELS[row.by], token_hash=hash_secret(link_token(LINK, call.id, row.id)),
        asked_at=now, answer_by=answer_by(now, call.hold_minutes, call.until),
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    session.execute(
        update(Standby)
        .where(Standby.request_id == row.id)
        .values(asked_count=Standby.asked_count + 1, last_asked_at=now)
    )
    _tell(session, invitation, str(invitation.id), now)


def ask_again(session: Session, call: SameDayCall, most: int, left: Left, *, now: datetime) -> int:
    """Who said yes when all was taken comes before those who were not asked yet, once; returns how many."""
    n = 0
    for invitation in _too_late(session, call):
        about = f"{invitation.id}:again"
        if n == most:
            break
        if _was_told(session, about) or (
            whole_course(session, call, invitation.request_id, now=now, left=left) is None
        ):
            continue
        invitation.status, invitation.answered_at = InvitationStatus.ASKED, None
        invitation.asked_at = now
        invitation.answer_by = answer_by(now, call.hold_minutes, call.until)
        session.flush()
        _tell(session, invitation, about, now)
        n += 1
    return n


def _too_late(session: Session, call: SameDayCall) -> list[SameDayInvitation]:
    """In their places; not those who were served meanwhile, or are asked by another centre."""
    asked = select(SameDayInvitation.request_id).where(SameDayInvitation.status == InvitationStatus.ASKED)
    return list(
        session.scalars(
            select(SameDayInvitation)
            .join(Request, Request.id == SameDayInvitation.request_id)
            .join(Standby, Standby.request_id == SameDayInvitation.request_id)
            .where(
                SameDayInvitation.call_id == call.id, Request.status == RequestStatus.WAITING,
                SameDayInvitation.status == InvitationStatus.TOO_LATE,
                SameDayInvitation.request_id.not_in(asked),
            )
            .order_by(SameDayInvitation.place)
            .execution_options(populate_existing=True)
        )
    )  # fmt: skip


def _was_told(session: Session, about: str) -> bool:
    key = f"{MessageKind.SAME_DAY.value}:{about}"
    return session.scalar(select(Message.id).where(Message.dedupe_key == key)) is not None


def _tell(session: Session, invitation: SameDayInvitation, about: str, now: datetime) -> None:
    if invitation.channel is not MessageChannel.PHONE:
        write_message(
            session, invitation.request_id, MessageKind.SAME_DAY, about=about, now=now,
            links=Links(invitation_id=invitation.id), channel=invitation.channel,
        )  # fmt: skip
