"""Somebody on the phone: who they are, where their request stands, what is held for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.needs import LARGE_PRINT
from vaccination.domain.requests import Channel, ContactBy, RequestStatus
from vaccination.domain.serving import HoldStatus, Serving
from vaccination.models.centres import Centre, Slot
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.readmodels import appointment_card
from vaccination.readmodels.appointment_card import AppointmentCard, UnknownRequest
from vaccination.readmodels.hold_page import ServingPage


@dataclass(frozen=True, slots=True)
class HeldDose:
    """A place that is kept for them."""

    dose_number: int
    starts_at: datetime
    timezone: str
    centre_name: str
    town: str


@dataclass(frozen=True, slots=True)
class HeldNow:
    """What is kept for them at this moment."""

    hold_id: int
    expires_at: datetime
    doses: tuple[HeldDose, ...]


@dataclass(frozen=True, slots=True)
class CallerLine:
    """A line of a list of callers."""

    request_id: int
    reference: str
    name: str
    birth_date: date
    town: str
    status: RequestStatus
    channel: Channel


@dataclass(frozen=True, slots=True)
class Caller:
    """All that an agent needs on one screen."""

    line: CallerLine
    contact_by: ContactBy
    by_phone: bool
    phone: str
    email: str
    address: str
    max_km: float
    serving: Serving
    one_dose_enough: bool
    large_print: bool
    card: AppointmentCard
    held: HeldNow | None

    @property
    def may_choose(self) -> bool:
        """Whether offers may be read out to somebody who waits."""
        return ServingPage(self.serving, self.line.status, self.one_dose_enough).may_choose


def lines(session: Session, request_ids: Sequence[int]) -> list[CallerLine]:
    """Callers in the order given."""
    rows = session.execute(
        select(Request.id, Request.reference, Request.town, Request.status, Request.channel,
               Person.family_name, Person.given_name, Person.birth_date)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id.in_(request_ids))
    )  # fmt: skip
    found = {
        row.id: CallerLine(
            request_id=row.id,
            reference=row.reference,
            name=f"{row.given_name} {row.family_name}",
            birth_date=row.birth_date,
            town=row.town,
            status=row.status,
            channel=row.channel,
        )
        for row in rows
    }
    return [found[request_id] for request_id in request_ids if request_id in found]


def load(session: Session, request_id: int, *, now: datetime) -> Caller:
    """One caller."""
    row = session.execute(
        select(Request.contact_by, Request.by_phone, Request.max_km, Programme.serving,
               Request.one_dose_enough, Person.phone, Person.email, Person.address, Person.needs)
        .join(Person, Person.id == Request.person_id)
        .join(Programme, Programme.id == Request.programme_id)
        .where(Request.id == request_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise UnknownRequest
    return Caller(
        line=lines(session, [request_id])[0],
        contact_by=row.contact_by,
        by_phone=row.by_phone,
        phone=row.phone or "",
        email=row.email or "",
        address=row.address or "",
        max_km=row.max_km,
        serving=row.serving,
        one_dose_enough=row.one_dose_enough,
        large_print=bool((row.needs or {}).get(LARGE_PRINT)),
        card=appointment_card.load(session, request_id),
        held=_held(session, request_id, now),
    )


def _held(session: Session, request_id: int, now: datetime) -> HeldNow | None:
    hold = session.scalar(
        select(Hold)
        .where(Hold.request_id == request_id, Hold.status == HoldStatus.HELD, Hold.expires_at > now)
        .execution_options(populate_existing=True)
    )
    if hold is None:
        return None
    numbers = {hold.first_slot_id: 1, hold.second_slot_id: 2}
    slots = session.execute(
        select(Slot.id, Slot.starts_at, Centre.timezone, Centre.name, Centre.town)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(Slot.id.in_([slot_id for slot_id in numbers if slot_id is not None]))
    )
    doses = [HeldDose(numbers[s.id], s.starts_at, s.timezone, s.name, s.town) for s in slots]
    return HeldNow(hold.id, hold.expires_at, tuple(sorted(doses, key=lambda dose: dose.dose_number)))
