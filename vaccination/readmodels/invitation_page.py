"""What somebody invited for a dose of the day sees; and what they say on the standby list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.same_day import InvitationStatus, ReachedBy
from vaccination.models.centres import Centre
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.readmodels import appointment_card
from vaccination.readmodels.appointment_card import DoseCard


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """One invitation; `doses` once it was accepted."""

    invitation_id: int
    call_id: int
    request_id: int
    status: InvitationStatus
    answer_by: datetime
    centre: str
    street: str
    postcode: str
    town: str
    phone: str
    timezone: str
    doses: tuple[DoseCard, ...]

    def is_open(self, now: datetime) -> bool:
        """Whether an answer counts still."""
        return self.status is InvitationStatus.ASKED and self.answer_by > now

    @property
    def is_accepted(self) -> bool:
        return self.status is InvitationStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class StandbyPage:
    """What somebody says on the list."""

    max_km: float
    minutes_needed: int
    by: ReachedBy


def load(session: Session, invitation_id: int) -> InvitationPage | None:
    """An invitation by its number."""
    row = session.execute(
        select(SameDayInvitation, Centre)
        .join(SameDayCall, SameDayCall.id == SameDayInvitation.call_id)
        .join(Centre, Centre.id == SameDayCall.centre_id)
        .where(SameDayInvitation.id == invitation_id)
    ).one_or_none()
    if row is None:
        return None
    one, centre = row.SameDayInvitation, row.Centre
    accepted = one.status is InvitationStatus.ACCEPTED
    card = appointment_card.load(session, one.request_id) if accepted else None
    return InvitationPage(
        one.id, one.call_id, one.request_id, one.status, one.answer_by, centre.name, centre.street,
        centre.postcode, centre.town, centre.phone, centre.timezone, card.doses if card else (),
    )  # fmt: skip


def open_one(session: Session, request_id: int, now: datetime) -> int | None:
    """The invitation that waits for a request's answer."""
    return session.scalar(
        select(SameDayInvitation.id)
        .where(SameDayInvitation.request_id == request_id, SameDayInvitation.answer_by > now)
        .where(SameDayInvitation.status == InvitationStatus.ASKED)
        .limit(1)
    )


def last_one(session: Session, request_id: int, now: datetime) -> int | None:
    """The invitation of the last hours, answered or not: the page after an answer shows it."""
    return session.scalar(
        select(SameDayInvitation.id)
        .where(SameDayInvitation.request_id == request_id)
        .where(SameDayInvitation.asked_at > now - timedelta(hours=12))
        .order_by(SameDayInvitation.id.desc())
        .limit(1)
    )


def standby(session: Session, request_id: int) -> StandbyPage | None:
    """What a request says on the standby list; None when it is not on it."""
    row = session.get(Standby, request_id)
    return StandbyPage(row.max_km, row.minutes_needed, row.by) if row else None
