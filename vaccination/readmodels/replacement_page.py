"""What somebody touched by a disruption sees: what cannot stand, what is kept for them, until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.disruptions import DisruptionKind, ReplacementStatus
from vaccination.domain.quiet import timezone_of_postcode
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.replacements import current, kept_with
from vaccination.readmodels import appointment_card, hold_page
from vaccination.readmodels.appointment_card import DoseCard
from vaccination.readmodels.hold_page import HeldDose


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody of the household whose kept places are beside one's own."""

    name: str
    doses: tuple[HeldDose, ...]


@dataclass(frozen=True, slots=True)
class ReplacementPage:
    """One's own replacement. `new` is empty when no places are kept (any more).

    `companions`: a yes is for them too.
    """

    status: ReplacementStatus
    kind: DisruptionKind
    answer_by: datetime
    timezone: str
    old: tuple[DoseCard, ...]
    new: tuple[HeldDose, ...]
    phone: str
    companions: tuple[Companion, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status is ReplacementStatus.OPEN


def load(session: Session, request_id: int, now: datetime) -> ReplacementPage | None:
    """The replacement that waits for this person; None when there is none (any more)."""
    row = current(session, request_id)
    if row is None:
        return None
    card = appointment_card.load(session, request_id)
    held = hold_page.load_one(session, row.hold_id) if row.hold_id is not None else None
    new = held.doses if held is not None and held.is_live(now) else ()
    moved = {dose.dose_number for dose in new} or {1, 2}
    old = tuple(
        dose for dose in card.doses
        if dose.dose_number in moved and dose.status is AppointmentStatus.BOOKED
    )  # fmt: skip
    person = session.execute(
        select(Person.phone, Request.postcode)
        .join(Request, Request.person_id == Person.id)
        .where(Request.id == request_id)
    ).one()
    zone = old[0].timezone if old else timezone_of_postcode(person.postcode)
    kind = session.get_one(Disruption, row.disruption_id).kind
    companions = _companions(session, row, now) if new else ()
    return ReplacementPage(row.status, kind, row.answer_by, zone, old, new, person.phone or "", companions)


def names(session: Session, request_id: int) -> dict[int, str]:
    """By request the names of those whose places are kept beside each other, one's own among them."""
    row = current(session, request_id)
    together = kept_with(session, row) if row is not None else []
    rows = session.execute(
        select(Request.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id.in_([one.request_id for one in together]))
    )
    return {row.id: f"{row.given_name} {row.family_name}" for row in rows}


def _companions(session: Session, row: Replacement, now: datetime) -> tuple[Companion, ...]:
    """The others of the household whose places are kept beside these; they see each other's page as well."""
    found, called = [], names(session, row.request_id)
    for one in kept_with(session, row):
        held = hold_page.load_one(session, one.hold_id) if one.hold_id is not None else None
        if one.id == row.id or held is None or not held.is_live(now):
            continue
        found.append(Companion(called[one.request_id], held.doses))
    return tuple(found)
