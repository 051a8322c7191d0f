"""Wishes to change in a planned programme: they take part in the next plans while the appointments stand."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.requests import ANY_TIME, BANDS_A_WEEK, RequestStatus
from vaccination.domain.serving import ChangedDoses, ChangeStatus
from vaccination.errors import Conflict, Invalid
from vaccination.models.appointments import Appointment
from vaccination.models.serving import ChangeWish
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request
from vaccination.services.appointments.change_ends import end_open_wish


class NothingToChange(Conflict):
    """None of these appointments is still to come, or the request holds none."""

    code = "no_appointment_to_change"


class NoTimeLeft(Invalid):
    """Somebody who never can come cannot be planned."""

    code = "no_time_left"


@dataclass(frozen=True, slots=True)
class WishToChange:
    """Which doses, and when the person can come; from where and how far stay as in the request."""

    doses: ChangedDoses
    earliest: date | None = None
    availability: str = ANY_TIME
    unavailable: tuple[date, ...] = ()
    max_km: float | None = None


def wish_to_change(
    session: Session, request_id: int, wish: WishToChange, *, now: datetime, user_id: int | None = None
) -> int:
    """Keep the wish in the place of an earlier one; the appointments stand until a plan has others."""
    if len(wish.availability) != BANDS_A_WEEK or "1" not in wish.availability:
        raise NoTimeLeft
    request = locked_request(session, request_id)
    if request.status is not RequestStatus.PLANNED or not _are_to_come(session, request_id, wish.doses, now):
        raise NothingToChange
    end_open_wish(session, request_id, now=now)
    row = ChangeWish(
        request_id=request_id, doses=wish.doses, town=request.town, postcode=request.postcode,
        lat=request.lat, lon=request.lon, max_km=wish.max_km or request.max_km, earliest=wish.earliest,
        availability=wish.availability, unavailable=sorted({d.isoformat() for d in wish.unavailable}),
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "change_wished", f"request:{request_id}", now=now, user_id=user_id,
                 facts={"doses": wish.doses.value})  # fmt: skip
    return row.id


def withdraw_wish(session: Session, request_id: int, *, now: datetime, user_id: int | None = None) -> bool:
    """Take the open wish back; the appointments stand. False where there was none."""
    locked_request(session, request_id)
    if not end_open_wish(session, request_id, now=now):
        return False
    audit.record(session, "change_withdrawn", f"request:{request_id}", now=now, user_id=user_id)
    return True


def lapse_wishes(session: Session, *, now: datetime) -> int:
    """End wishes of which no appointment is still to come; returns how many."""
    still = select(Appointment.request_id).where(
        Appointment.stands == 1, Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at > now
    )
    late = session.scalars(
        select(ChangeWish.request_id).where(
            ChangeWish.status == ChangeStatus.OPEN, ChangeWish.request_id.not_in(still)
        )
    ).all()
    return sum(end_open_wish(session, request_id, ChangeStatus.LAPSED, now=now) for request_id in late)


def _are_to_come(session: Session, request_id: int, doses: ChangedDoses, now: datetime) -> bool:
    to_come = set(
        session.scalars(
            select(Appointment.dose_number).where(
                Appointment.request_id == request_id,
                Appointment.stands == 1,
                Appointment.status == AppointmentStatus.BOOKED,
                Appointment.starts_at > now,
            )
        )
    )
    wanted = {ChangedDoses.FIRST: {1}, ChangedDoses.SECOND: {2}, ChangedDoses.BOTH: {1, 2}}[doses]
    return bool(to_come & wanted) and (doses is ChangedDoses.BOTH or wanted <= to_come)
