"""What of one's own appointments can still be changed, and the wish to change that is open."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus, missed_dose
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.serving import ChangedDoses, ChangeStatus, Serving
from vaccination.models.appointments import Appointment
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish

_FREE = (AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND)


@dataclass(frozen=True, slots=True)
class OpenWish:
    """A wish that takes part in the next plans."""

    doses: ChangedDoses
    earliest: date | None
    availability: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A request, as far as it can be changed."""

    request_id: int
    serving: Serving
    status: RequestStatus
    kind: RequestKind
    one_dose_enough: bool
    availability: str
    to_come: tuple[int, ...]
    """The doses whose appointments are still to come."""
    untouched: bool
    """No dose was given here, and nobody is at a centre."""
    first_given: bool
    second_given: bool
    """Given, or somebody is at the centre for it."""
    missed: int | None
    """The dose that was missed and may be sought again."""
    has_second: bool
    has_single: bool
    wish: OpenWish | None

    @property
    def is_direct(self) -> bool:
        return self.serving is Serving.DIRECT

    @property
    def can_change(self) -> bool:
        return self.status is RequestStatus.PLANNED and bool(self.to_come)

    @property
    def can_be_elsewhere(self) -> bool:
        """Whether a first dose from elsewhere may be told."""
        live = self.status in (RequestStatus.WAITING, RequestStatus.PLANNED)
        return live and self.kind is RequestKind.COURSE and self.untouched and not self.one_dose_enough

    @property
    def can_be_enough(self) -> bool:
        """Whether one dose may be all: the programme has a way, and the second was not given."""
        live = self.status in (RequestStatus.WAITING, RequestStatus.PLANNED)
        course = self.kind is RequestKind.COURSE and not self.one_dose_enough
        return live and course and self.has_single and not self.second_given

    @property
    def can_give_back_second(self) -> bool:
        """Whether the second appointment may be cancelled alone: the first dose was given here."""
        is_course = self.status is RequestStatus.PLANNED and self.kind is RequestKind.COURSE
        return is_course and self.first_given and self.has_second and not self.second_given

    @property
    def can_seek_again(self) -> bool:
        """Whether another date may be had for an appointment that was missed."""
        return self.status is RequestStatus.PLANNED and self.missed is not None

    @property
    def choices(self) -> tuple[ChangedDoses, ...]:
        """What may be changed."""
        if self.to_come == (1, 2):
            return ChangedDoses.FIRST, ChangedDoses.SECOND, ChangedDoses.BOTH
        return tuple({1: ChangedDoses.FIRST, 2: ChangedDoses.SECOND}[dose] for dose in self.to_come)


def load(session: Session, request_id: int, *, now: datetime) -> ChangePage:
    """What can be changed of a request."""
    row = session.execute(
        select(
            Request.status, Request.kind, Request.one_dose_enough, Request.availability,
            Request.programme_id, Programme.serving,
        )
        .join(Programme, Programme.id == Request.programme_id)
        .where(Request.id == request_id)
    ).one()  # fmt: skip
    doses = session.execute(
        select(Appointment.dose_number, Appointment.status, Appointment.starts_at)
        .where(Appointment.request_id == request_id, Appointment.stands == 1)
        .order_by(Appointment.dose_number)
    ).all()
    to_come = (
        dose.dose_number for dose in doses if dose.status is AppointmentStatus.BOOKED and dose.starts_at > now
    )
    return ChangePage(
        request_id=request_id,
        serving=row.serving,
        status=row.status,
        kind=row.kind,
        one_dose_enough=row.one_dose_enough,
        availability=row.availability,
        to_come=tuple(to_come),
        untouched=all(dose.status in _FREE for dose in doses),
        first_given=any(
            dose.dose_number == 1 and dose.status is AppointmentStatus.VACCINATED for dose in doses
        ),
        missed=missed_dose({dose.dose_number: dose.status for dose in doses}),
        has_second=any(dose.dose_number == 2 for dose in doses),
        second_given=any(dose.dose_number == 2 and dose.status not in _FREE for dose in doses),
        has_single=_has_single(session, row.programme_id),
        wish=_wish(session, request_id),
    )


def first_products(session: Session, request_id: int) -> dict[str, str]:
    """The products with which a pair of the request's programme begins, by id, for a form."""
    rows = session.execute(
        select(Product.id, Product.name)
        .join(Schedule, Schedule.first_product_id == Product.id)
        .join(Request, Request.programme_id == Schedule.programme_id)
        .where(Request.id == request_id, Schedule.doses == 2)
        .distinct()
        .order_by(Product.name)
    )
    return {str(product_id): name for product_id, name in rows}


def _has_single(session: Session, programme_id: int) -> bool:
    single = select(Schedule.id).where(
        Schedule.programme_id == programme_id, Schedule.doses == 1, Schedule.only_if_enough
    )
    return session.scalar(single.limit(1)) is not None


def _wish(session: Session, request_id: int) -> OpenWish | None:
    row = session.execute(
        select(ChangeWish.doses, ChangeWish.earliest, ChangeWish.availability).where(
            ChangeWish.request_id == request_id, ChangeWish.status == ChangeStatus.OPEN
        )
    ).one_or_none()
    return None if row is None else OpenWish(row.doses, row.earliest, row.availability)
