"""Open wishes to change, as requests of a plan: the person seeks other places while theirs stand.

Who wants another second dose seeks it alone, after the first that stands. Who wants another first dose seeks
both, for a plan knows no dose before one that stands. The days that they have now are not sought again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.domain.serving import ChangedDoses, ChangeStatus
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish
from vaccination.queries.columns import Columns

_AT_ONCE = 1000
_AT_THE_CENTRE_KM = 0.05


@dataclass(frozen=True, slots=True)
class Changing:
    """A wish with the columns that planning reads of a waiting request."""

    id: int
    birth_date: date
    priority: int
    priority_group_id: int | None
    lat: float
    lon: float
    max_km: float
    first_product_id: int | None
    first_given_on: date | None
    earliest: date | None
    availability: str
    unavailable: Sequence[str]
    wheelchair: bool
    contact_by: ContactBy
    by_phone: bool
    second_lat: float | None
    second_lon: float | None
    product_ids: tuple[int, ...]
    """Those of the appointments that stand: another vaccine is not what was asked for."""
    household_id: int | None = None
    """Nobody's: a change is one person's own."""


def changing_requests(
    session: Session, starts_on: date, *, programme_id: int | None = None,
    request_ids: Collection[int] | None = None,
) -> list[Changing]:  # fmt: skip
    """The wishes of planned requests whose doses are to come from that day on: a programme's, or these."""
    whose = Request.programme_id == programme_id if request_ids is None else Request.id.in_(request_ids)
    rows = session.execute(
        select(
            Request.id, Person.birth_date, Request.priority, Request.kind, Request.first_product_id,
            Request.first_given_on, Request.wheelchair, Request.contact_by, Request.by_phone,
            Request.second_lat, Request.second_lon,
            ChangeWish.doses, ChangeWish.lat, ChangeWish.lon, ChangeWish.max_km, ChangeWish.earliest,
            ChangeWish.availability, ChangeWish.unavailable,
        )
        .join(ChangeWish, ChangeWish.request_id == Request.id)
        .join(Person, Person.id == Request.person_id)
        .where(
            whose, Request.status == RequestStatus.PLANNED,
            ChangeWish.status == ChangeStatus.OPEN, Person.erased_at.is_(None),
        )
        .order_by(Request.id)
    ).all()  # fmt: skip
    standing = standing_doses(session, [row.id for row in rows])
    found = (_changing(row, standing.get(row.id, {}), starts_on) for row in rows)
    return [one for one in found if one is not None]


def standing_doses(session: Session, request_ids: Sequence[int]) -> dict[int, dict[int, Columns]]:
    """The appointments that stand, by request and dose."""
    found: dict[int, dict[int, Columns]] = {}
    for start in range(0, len(request_ids), _AT_ONCE):
        rows = session.execute(
            select(
                Appointment.id, Appointment.request_id, Appointment.dose_number, Appointment.day,
                Appointment.status, Appointment.product_id, Appointment.dose_budget_id, Centre.lat,
                Centre.lon,
            )
            .join(Centre, Centre.id == Appointment.centre_id)
            .where(Appointment.request_id.in_(request_ids[start : start + _AT_ONCE]), Appointment.stands == 1)
        )  # fmt: skip
        for row in rows:
            found.setdefault(row.request_id, {})[row.dose_number] = row
    return found


def _changing(row: Columns, standing: Mapping[int, Columns], starts_on: date) -> Changing | None:
    """As a request of the plan; None where the doses that it names are no longer to come."""
    first, second = standing.get(1), standing.get(2)
    seeks_both = row.doses is not ChangedDoses.SECOND and first is not None and _is_to_come(first, starts_on)
    if not seeks_both and (second is None or not _is_to_come(second, starts_on)):
        return None
    given = (None, None)
    if not seeks_both:
        given = (first.product_id, first.day) if first else (row.first_product_id, row.first_given_on)
    now_held = [one.day.isoformat() for one in (first if seeks_both else None, second) if one is not None]
    place = row.lat, row.lon, row.max_km
    if not seeks_both and first is not None and row.second_lat is None:
        place = first.lat, first.lon, _AT_THE_CENTRE_KM  # both doses are at one centre
    return Changing(
        row.id, row.birth_date, row.priority, None, *place, given[0], given[1], row.earliest,
        row.availability, sorted({*row.unavailable, *now_held}), row.wheelchair, row.contact_by,
        row.by_phone, row.second_lat, row.second_lon, tuple(one.product_id for one in standing.values()),
    )  # fmt: skip


def _is_to_come(appointment: Columns, starts_on: date) -> bool:
    return bool(appointment.status is AppointmentStatus.BOOKED and appointment.day >= starts_on)
