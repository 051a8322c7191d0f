"""Who stands at the desk: a person's appointment at this centre, and the verdict on a scan."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.ages import age_on
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.check_in import Arrival, Level, VerdictCode, level_of
from vaccination.domain.needs import NO_NEEDS, Needs, needs_of
from vaccination.domain.vaccination import InjectionSite
from vaccination.errors import NotFound
from vaccination.models.accounts import User
from vaccination.models.appointments import Appointment, AppointmentEvent, Scan
from vaccination.models.centres import Centre
from vaccination.models.people import Person
from vaccination.models.programmes import Product
from vaccination.models.requests import Request
from vaccination.models.stock import Lot
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.queries import arrivals
from vaccination.queries.stock import LotOnHand, usable_by_lot


class NobodyThere(NotFound):
    """No such appointment or scan at this centre."""

    code = "nobody_there"


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A vaccination record that stands."""

    lot: str
    site: InjectionSite
    given_at: datetime
    given_by: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the appointment's history."""

    action: Action
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class OtherDose:
    """The person's other appointment of the pair, wherever it is."""

    dose_number: int
    day: date
    product: str
    status: AppointmentStatus


@dataclass(frozen=True, slots=True)
class DeskPerson:
    """All that a vaccinator must see before the needle, and what was recorded.

    `lots` may be given today, the first to expire first; filled only for somebody who waits.
    """

    appointment_id: int
    request_id: int
    reference: str
    family_name: str
    given_name: str
    birth_date: date
    dose_number: int
    of: int
    product_id: int
    product: str
    centre_name: str
    timezone: str
    day: date
    starts_at: datetime
    status: AppointmentStatus
    history: tuple[Happening, ...]
    given: GivenDose | None
    other_dose: OtherDose | None
    lots: tuple[LotOnHand, ...]
    needs: Needs = NO_NEEDS

    @property
    def age(self) -> int:
        """Whole years on the day of the appointment."""
        return age_on(self.birth_date, self.day)

    @property
    def since(self) -> datetime | None:
        """When the last thing happened."""
        return self.history[-1].at if self.history else None


@dataclass(frozen=True, slots=True)
class DeskVerdict:
    """A stored scan as it was judged, and what is known of the appointment now.

    `person` is empty when the appointment is another centre's, or there is none.
    """

    scan_uid: str
    code: VerdictCode
    at: datetime
    timezone: str
    entry: str
    arrival: Arrival | None
    person: DeskPerson | None

    @property
    def level(self) -> Level:
        return level_of(self.code)

    @property
    def minutes_off(self) -> int:
        """How many minutes before (negative) or after its hour the person came."""
        if self.arrival is None:
            return 0
        return round((self.at - self.arrival.starts_at).total_seconds() / 60)


def load_verdict(session: Session, centre_id: int, scan_uid: str) -> DeskVerdict:
    """The verdict on a scan of this centre."""
    row = session.execute(
        select(Scan.appointment_id, Scan.verdict, Scan.at, Scan.entry, Centre.timezone)
        .join(Centre, Centre.id == Scan.centre_id)
        .where(Scan.scan_uid == scan_uid, Scan.centre_id == centre_id)
    ).one_or_none()
    if row is None:
        raise NobodyThere
    arrival = arrivals.by_id(session, row.appointment_id) if row.appointment_id is not None else None
    is_here = arrival is not None and arrival.centre_id == centre_id
    return DeskVerdict(
        scan_uid=scan_uid,
        code=VerdictCode(row.verdict),
        at=row.at,
        timezone=row.timezone,
        entry=row.entry,
        arrival=arrival,
        person=load(session, centre_id, row.appointment_id) if is_here else None,
    )


def load(session: Session, centre_id: int, appointment_id: int) -> DeskPerson:
    """A person by their appointment at this centre, in four statements."""
    row = session.execute(_person_row(centre_id, appointment_id)).one_or_none()
    if row is None:
        raise NobodyThere
    return DeskPerson(
        appointment_id=row.id,
        request_id=row.request_id,
        reference=row.reference,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
        dose_number=row.dose_number,
        of=row.schedule_doses or row.dose_number,  # a cancelled request has no schedule any more
        product_id=row.product_id,
        product=row.product,
        centre_name=row.centre_name,
        timezone=row.timezone,
        day=row.day,
        starts_at=row.starts_at,
        status=row.status,
        history=_history(session, appointment_id),
        given=_given(session, appointment_id),
        other_dose=_other_dose(session, row),
        lots=_lots(session, row),
        needs=needs_of(row.wheelchair, row.needs),
    )


def _person_row(centre_id: int, appointment_id: int) -> Any:
    return (
        select(
            Appointment.id,
            Appointment.request_id,
            Appointment.centre_id,
            Appointment.dose_number,
            Appointment.product_id,
            Appointment.day,
            Appointment.starts_at,
            Appointment.status,
            Request.reference,
            Request.schedule_doses,
            Person.family_name,
            Person.given_name,
            Person.birth_date,
            Product.name.label("product"),
            Request.wheelchair,
            Person.needs,
            Centre.name.label("centre_name"),
            Centre.timezone,
        )
        .join(Request, Request.id == Appointment.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(Product, Product.id == Appointment.product_id)
        .join(Centre, Centre.id == Appointment.centre_id)
        .where(Appointment.id == appointment_id, Appointment.centre_id == centre_id)
    )


def _history(session: Session, appointment_id: int) -> tuple[Happening, ...]:
    rows = session.execute(
        select(AppointmentEvent.action, AppointmentEvent.at, User.display_name, AppointmentEvent.reason)
        .outerjoin(User, User.id == AppointmentEvent.user_id)
        .where(AppointmentEvent.appointment_id == appointment_id)
        .order_by(AppointmentEvent.at, AppointmentEvent.id)
    )
    return tuple(Happening(*row) for row in rows)


def _given(session: Session, appointment_id: int) -> GivenDose | None:
    row = session.execute(
        select(Lot.number, VaccinationRecord.site, VaccinationRecord.given_at, User.display_name)
        .join(Lot, Lot.id == VaccinationRecord.lot_id)
        .join(User, User.id == VaccinationRecord.given_by)
        .where(VaccinationRecord.appointment_id == appointment_id, VaccinationRecord.stands == 1)
    ).one_or_none()
    return None if row is None else GivenDose(*row)


def _lots(session: Session, row: Row[Any]) -> tuple[LotOnHand, ...]:
    """What may be given now; nobody else needs to know."""
    if row.status is not AppointmentStatus.CHECKED_IN:
        return ()
    return tuple(usable_by_lot(session, row.centre_id, row.product_id, row.day))


def _other_dose(session: Session, row: Row[Any]) -> OtherDose | None:
    other = aliased(Appointment)
    found = session.execute(
        select(other.dose_number, other.day, Product.name, other.status)
        .join(Product, Product.id == other.product_id)
        .where(other.request_id == row.request_id, other.id != row.id, other.stands == 1)
    ).first()
    return None if found is None else OtherDose(*found)
