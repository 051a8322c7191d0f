"""Doses of the day at a centre: what is announced, who was asked, whom to phone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel
from vaccination.domain.same_day import InvitationStatus, SameDayCallStatus
from vaccination.errors import NotFound
from vaccination.models.centres import Centre
from vaccination.models.people import Person
from vaccination.models.programmes import Product
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayCall, SameDayInvitation
from vaccination.queries.supply import local_today, supplies


class UnknownCall(NotFound):
    """There is no such call at this centre."""

    code = "unknown_same_day_call"


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its answers so far."""

    call_id: int
    product: str
    doses: int
    confirmed: int
    is_open: bool
    until: datetime
    hold_minutes: int
    seed: int
    waves: int
    answers: Mapping[InvitationStatus, int]

    @property
    def asked(self) -> int:
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True)
class ToPhone:
    """Somebody who wants to be told by phone, and has not answered."""

    invitation_id: int
    name: str
    phone: str
    reference: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class DayOfCentre:
    """A centre today: its products and its calls."""

    centre_id: int
    centre: str
    timezone: str
    day: date
    products: Mapping[str, str]
    calls: tuple[CallRow, ...]


def load(session: Session, centre_id: int, now: datetime) -> DayOfCentre:
    """What a centre may announce, and its calls of today, the newest first."""
    centre = session.get(Centre, centre_id)
    if centre is None:
        raise UnknownCall
    today = now.astimezone(ZoneInfo(centre.timezone)).date()
    usable = {
        product_id
        for (_, product_id), lots in supplies(session, local_today(session, now), [centre_id]).items()
        if any(lot.first <= today <= lot.last for lot in lots)
    }
    names = session.execute(
        select(Product.id, Product.name).where(Product.id.in_(usable)).order_by(Product.name)
    )
    query = select(SameDayCall).where(SameDayCall.centre_id == centre_id, SameDayCall.day == today)
    calls = session.scalars(query.order_by(SameDayCall.id.desc())).all()
    return DayOfCentre(
        centre.id, centre.name, centre.timezone, today, {str(i): name for i, name in names},
        tuple(_row(session, call) for call in calls),
    )  # fmt: skip


def call_of(session: Session, centre_id: int, call_id: int) -> CallRow:
    """One call of a centre."""
    call = session.get(SameDayCall, call_id)
    if call is None or call.centre_id != centre_id:
        raise UnknownCall
    return _row(session, call)


def to_phone(session: Session, call_id: int) -> tuple[ToPhone, ...]:
    """The people to phone now, in the order in which they were asked."""
    rows = session.execute(
        select(SameDayInvitation.id, SameDayInvitation.answer_by, Request.reference, Person)
        .join(Request, Request.id == SameDayInvitation.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(SameDayInvitation.call_id == call_id, SameDayInvitation.channel == MessageChannel.PHONE)
        .where(SameDayInvitation.status == InvitationStatus.ASKED)
        .order_by(SameDayInvitation.place)
    )
    return tuple(
        ToPhone(
            row.id, f"{row.Person.given_name} {row.Person.family_name}", row.Person.phone or "",
            row.reference, row.answer_by,
        )
        for row in rows
    )  # fmt: skip


def check_of_call(session: Session, centre_id: int, call_id: int, invitation_id: int) -> None:
    """UnknownCall unless the invitation is of this call and the call of this centre."""
    found = session.scalar(
        select(SameDayInvitation.id)
        .join(SameDayCall, SameDayCall.id == SameDayInvitation.call_id)
        .where(SameDayInvitation.id == invitation_id)
        .where(SameDayCall.id == call_id, SameDayCall.centre_id == centre_id)
    )
    if found is None:
        raise UnknownCall


def _row(session: Session, call: SameDayCall) -> CallRow:
    counted = session.execute(
        select(SameDayInvitation.status, func.count())
        .where(SameDayInvitation.call_id == call.id)
        .group_by(SameDayInvitation.status)
    )
    waves = session.scalar(
        select(func.max(SameDayInvitation.wave)).where(SameDayInvitation.call_id == call.id)
    )
    return CallRow(
        call.id, session.get_one(Product, call.product_id).name, call.doses, call.confirmed,
        call.status is SameDayCallStatus.OPEN, call.until, call.hold_minutes, call.seed, waves or 0,
        Counter(dict(counted.all())),
    )  # fmt: skip
