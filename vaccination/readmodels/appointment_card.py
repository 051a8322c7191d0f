"""All that stands on a person's confirmation: who, and for each dose when, where and what.

The QR text of a dose is empty as loaded. Whoever holds the signing key fills it in with `signed_by`,
so papers and pages never touch a key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.languages import name_in
from vaccination.errors import NotFound
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.people import Person
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.models.requests import Request

# Databases bound the number of values in one statement.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class DoseCard:
    """One dose appointment; its times are in the centre's own time zone."""

    dose_number: int
    of: int
    starts_at: datetime
    ends_at: datetime
    product: str
    status: AppointmentStatus
    centre_id: int
    centre_name: str
    street: str
    postcode: str
    town: str
    phone: str
    timezone: str
    token_ref: bytes
    issue: int
    token: str | None = None

    @property
    def address(self) -> tuple[str, ...]:
        """The lines of the centre's address that are not empty."""
        return tuple(filter(None, (self.street, f"{self.postcode} {self.town}".strip())))

    @property
    def is_cancelled(self) -> bool:
        return self.status is AppointmentStatus.CANCELLED


@dataclass(frozen=True, slots=True)
class AppointmentCard:
    """A request with its appointments, in the order of the doses. No dose: it still waits for a plan."""

    request_id: int
    reference: str
    given_name: str
    family_name: str
    locale: str
    programme_fr: str
    programme_en: str
    doses: tuple[DoseCard, ...]
    programme_names: Mapping[str, str] = field(default_factory=dict)  # in further languages

    @property
    def person_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def on_day(self, day: date) -> "AppointmentCard":
        """The same card with what is booked for a day and still expected."""
        kept = (dose for dose in self.doses if dose.starts_at.date() == day)
        return replace(self, doses=tuple(dose for dose in kept if dose.status is AppointmentStatus.BOOKED))

    def programme(self, locale: str) -> str:
        return name_in(locale, fr=self.programme_fr, en=self.programme_en, **self.programme_names)

    def signed_by(self, sign: Callable[[DoseCard], str | None]) -> "AppointmentCard":
        """The same card with the QR text of each dose that stands; None leaves the reference to do."""
        doses = (dose if dose.is_cancelled else replace(dose, token=sign(dose)) for dose in self.doses)
        return replace(self, doses=tuple(doses))


class UnknownRequest(NotFound):
    """There is no such request."""

    code = "unknown_request"


def load(session: Session, request_id: int, *, cancelled: bool = False) -> AppointmentCard:
    """The card of a request: its standing appointments, or the cancelled ones."""
    cards = load_many(session, [request_id], cancelled=cancelled)
    if not cards:
        raise UnknownRequest
    return cards[0]


def load_many(
    session: Session, request_ids: Sequence[int], *, cancelled: bool = False
) -> list[AppointmentCard]:
    """The cards of many requests, in the order given, in two statements a thousand."""
    cards: dict[int, AppointmentCard] = {}
    for start in range(0, len(request_ids), _AT_ONCE):
        cards |= _cards(session, request_ids[start : start + _AT_ONCE], cancelled)
    return [cards[request_id] for request_id in request_ids if request_id in cards]


def _cards(session: Session, request_ids: Sequence[int], cancelled: bool) -> dict[int, AppointmentCard]:
    doses: dict[int, list[DoseCard]] = {}
    for row in session.execute(_dose_rows(request_ids, cancelled)):
        doses.setdefault(row.request_id, []).append(_dose(row))
    return {
        row.request_id: AppointmentCard(**row._mapping, doses=tuple(doses.get(row.request_id, ())))
        for row in session.execute(_request_rows(request_ids))
    }


def _request_rows(request_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Request.id.label("request_id"),
            Request.reference,
            Person.given_name,
            Person.family_name,
            Request.locale,
            Programme.name_fr.label("programme_fr"),
            Programme.name_en.label("programme_en"),
            Programme.names.label("programme_names"),
        )
        .join(Person, Person.id == Request.person_id)
        .join(Programme, Programme.id == Request.programme_id)
        .where(Request.id.in_(request_ids))
    )


def _dose_rows(request_ids: Sequence[int], cancelled: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appointment.request_id,
            Appointment.dose_number,
            Schedule.doses.label("of"),
            Appointment.starts_at,
            ClinicSession.slot_minutes,
            Product.name.label("product"),
            Appointment.status,
            Appointment.token_ref,
            Appointment.issue,
            Centre.id.label("centre_id"),
            Centre.name.label("centre_name"),
            Centre.street,
            Centre.postcode,
            Centre.town,
            Centre.phone,
            Centre.timezone,
        )
        .join(Schedule, Schedule.id == Appointment.schedule_id)
        .join(Centre, Centre.id == Appointment.centre_id)
        .join(Product, Product.id == Appointment.product_id)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .where(Appointment.request_id.in_(request_ids))
        .where(Appointment.stands.is_(None) if cancelled else Appointment.stands == 1)
        .order_by(Appointment.dose_number, Appointment.id)
    )


def _dose(row: Row[*tuple[Any, ...]]) -> DoseCard:
    facts = dict(row._mapping)
    del facts["request_id"]
    starts_at = row.starts_at.astimezone(ZoneInfo(row.timezone))
    # The end is reckoned in UTC: a slot stays ten minutes long in the night the clock changes.
    ends_at = (row.starts_at + timedelta(minutes=facts.pop("slot_minutes"))).astimezone(
        ZoneInfo(row.timezone)
    )
    return DoseCard(**{**facts, "starts_at": starts_at, "ends_at": ends_at})
