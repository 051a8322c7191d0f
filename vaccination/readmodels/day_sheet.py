"""The printed list of a centre's day: who comes when, for which dose of what; for days without a network."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.names import name_order
from vaccination.domain.needs import NO_NEEDS, Needs, needs_of
from vaccination.errors import NotFound
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.people import Person
from vaccination.models.programmes import Product
from vaccination.models.requests import Request


class NoSheet(NotFound):
    """There is no such centre, so it has no day list."""

    code = "no_day_sheet"


@dataclass(frozen=True, slots=True)
class DaySheetLine:
    """One appointment; `starts_at` is on the centre's own clock."""

    starts_at: datetime
    family_name: str
    given_name: str
    birth_date: date
    reference: str
    dose_number: int
    of: int
    product: str
    status: AppointmentStatus
    needs: Needs = NO_NEEDS


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A centre's day in time order, and the doses of each product to have ready."""

    centre_name: str
    town: str
    day: date
    made_at: datetime
    lines: tuple[DaySheetLine, ...]
    doses: tuple[tuple[str, int], ...]


def load(session: Session, centre_id: int, day: date, *, now: datetime) -> DaySheet:
    """The list of a day, in two statements."""
    centre = session.execute(
        select(Centre.name, Centre.town, Centre.timezone).where(Centre.id == centre_id)
    ).one_or_none()
    if centre is None:
        raise NoSheet
    zone = ZoneInfo(centre.timezone)
    lines = sorted(
        (_line(row, zone) for row in session.execute(_rows(centre_id, day))),
        key=lambda line: (line.starts_at, name_order(line.family_name, line.given_name)),
    )
    return DaySheet(
        centre_name=centre.name,
        town=centre.town,
        day=day,
        made_at=now.astimezone(zone),
        lines=tuple(lines),
        doses=tuple(sorted(Counter(line.product for line in lines).items())),
    )


def _rows(centre_id: int, day: date) -> Any:
    return (
        select(
            Appointment.starts_at,
            Person.family_name,
            Person.given_name,
            Person.birth_date,
            Request.reference,
            Appointment.dose_number,
            Request.schedule_doses,
            Product.name.label("product"),
            Request.wheelchair,
            Person.needs,
            Appointment.status,
        )
        .join(Request, Request.id == Appointment.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(Product, Product.id == Appointment.product_id)
        .where(Appointment.centre_id == centre_id, Appointment.day == day, Appointment.stands == 1)
    )


def _line(row: Row[Any], zone: ZoneInfo) -> DaySheetLine:
    return DaySheetLine(
        starts_at=row.starts_at.astimezone(zone),
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
        reference=row.reference,
        dose_number=row.dose_number,
        of=row.schedule_doses,
        product=row.product,
        status=row.status,
        needs=needs_of(row.wheelchair, row.needs),
    )
