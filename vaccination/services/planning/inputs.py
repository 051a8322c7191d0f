"""What a plan depends on, drawn together in a fingerprint: the same while nothing of it has changed.

Few rows are read as they are. Of the many, sums are: each column times a weight that hangs on the row's id,
so that also two people who swap their wishes change it. The sums are of whole numbers, for those of floats
would hang on the order of the rows.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from vaccination.domain.requests import BANDS_A_WEEK, ContactBy, RequestStatus
from vaccination.domain.serving import ChangeStatus, HoldStatus
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession
from vaccination.models.programmes import EligibilityPhase, Product, Programme, Schedule, policy_of
from vaccination.models.requests import Request, request_product
from vaccination.models.serving import ChangeWish, Hold
from vaccination.queries.supply import supplies
from vaccination.services.telling.letter_batches import letters_read_from

_WEIGHTS = 1009
_PER_DEGREE = 100_000  # about a metre
_PER_KM = 1000
_DIGITS = 7  # of a half-day pattern in one number: no sum outgrows 64 bits


def fingerprint(session: Session, programme: Programme, today: date) -> str:
    """A digest of all that a plan of the programme would read."""
    seen: list[Any] = [today.isoformat(), sorted(policy_of(programme).items(), key=str)]
    seen += [programme.starts_on, programme.horizon_days]
    seen.append(letters_read_from(session, programme.id, today=today))
    seen.append(sorted(supplies(session, today).items()))
    for query in (*_rules(programme.id), *_people(programme.id), *_places(today)):
        seen.append(sorted((tuple(row) for row in session.execute(query)), key=repr))
    return sha256(repr(seen).encode()).hexdigest()[:32]


def _rules(programme_id: int) -> Iterable[Select[*tuple[Any, ...]]]:
    """Read row by row: there are a handful of each."""
    yield select(*Schedule.__table__.c).where(Schedule.programme_id == programme_id)
    yield select(*EligibilityPhase.__table__.c)
    yield select(Product.id, Product.doses_per_vial)
    yield select(Centre.id, Centre.lat, Centre.lon, Centre.wheelchair, Centre.is_open, Centre.timezone)


def _people(programme_id: int) -> Iterable[Select[*tuple[Any, ...]]]:
    """Who asks and what they wish, in as many sums as there are columns."""
    open_wishes = select(ChangeWish.request_id).where(ChangeWish.status == ChangeStatus.OPEN)
    asks = (
        Request.programme_id == programme_id,
        or_(Request.status == RequestStatus.WAITING, Request.id.in_(open_wishes)),
    )
    yield select(func.count(), func.sum(Request.id), *(_weighed(one) for one in _wishes())).where(*asks)
    away = cast(Request.unavailable, Text)
    yield select(away, func.count(), func.sum(Request.id)).where(*asks, away != "[]").group_by(away)
    yield (
        select(request_product.c.product_id, func.count(), func.sum(Request.id))
        .join(Request, Request.id == request_product.c.request_id)
        .where(*asks)
        .group_by(request_product.c.product_id)
    )
    # a wish to change is written once, and replaced by another row
    yield select(func.count(), func.sum(ChangeWish.id)).where(ChangeWish.status == ChangeStatus.OPEN)


def _places(today: date) -> Iterable[Select[*tuple[Any, ...]]]:
    """Seats, and what is promised of them."""
    hours = (
        ClinicSession.opens, ClinicSession.closes, ClinicSession.slot_minutes, ClinicSession.seats,
        ClinicSession.is_open,
    )  # fmt: skip
    yield (
        select(*hours, func.count(), func.sum(ClinicSession.id))
        .where(ClinicSession.day >= today)
        .group_by(*hours)
    )
    yield (
        select(
            Appointment.status, func.count(), func.sum(Appointment.id), func.sum(Appointment.issue),
            func.sum(Appointment.slot_id),
        )
        .where(Appointment.stands == 1)
        .group_by(Appointment.status)
    )  # fmt: skip
    yield select(func.count(), func.sum(Hold.id)).where(Hold.status == HoldStatus.HELD)


def _wishes() -> Iterable[ColumnElement[Any]]:
    """The columns of a request that a plan reads, as whole numbers."""
    for place in (Request.lat, Request.lon, Request.second_lat, Request.second_lon):
        yield func.round(place * _PER_DEGREE)
    yield func.round(Request.max_km * _PER_KM)
    for number in (
        Request.household_id, Request.priority, Request.priority_group_id, Request.first_product_id
    ):  # fmt: skip
        yield number.expression
    for flag in (
        Request.wheelchair, Request.one_dose_enough, Request.by_phone,
        Request.contact_by == ContactBy.LETTER,
    ):  # fmt: skip
        yield case((flag, 1), else_=0)
    for day in (Request.earliest, Request.first_given_on):
        yield _number_of(day)
    for start in range(1, BANDS_A_WEEK + 1, _DIGITS):
        yield func.substr(Request.availability, start, _DIGITS)


def _number_of(day: InstrumentedAttribute[date | None]) -> ColumnElement[Any]:
    """2027-05-03 as 20270503."""
    return func.replace(cast(day, Text), "-", "")


def _weighed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.sum(cast(column, BigInteger) * (Request.id % _WEIGHTS + 1))
