"""A region in which people stand booked and something goes wrong."""

from datetime import time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_centre, make_lot, make_slots, make_stock
from tests.services.regions import Region, make_region
from vaccination.domain.disruptions import DisruptionKind
from vaccination.domain.requests import ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.requests import Request
from vaccination.queries.touched import touched
from vaccination.services.replacing.disruptions import Prepare, prepare, send
from vaccination.services.replacing.proposing import propose

FIRST_DAY = TODAY + timedelta(5)


def make_booked(session: Session, people: int = 3, *, seats: int = 6, doses: int = 60) -> Region:
    """Everybody has a pair: on a Saturday at 9 h, and four weeks later; a week of other days is free."""
    region = make_region(session, requests=people, seats=seats, doses=doses)
    first = make_slots(session, region.centre, FIRST_DAY, seats=people)
    second = make_slots(session, region.centre, FIRST_DAY + timedelta(28), seats=people)
    for request in region.requests:
        request.contact_by = ContactBy.EMAIL
        book_pair(session, request, region.schedule, (first[0], second[0]))
    for day in range(6, 10):
        make_slots(session, region.centre, TODAY + timedelta(day), seats=seats)
        make_slots(session, region.centre, TODAY + timedelta(day + 28), seats=seats)
    return region


def close(session: Session, centre: Centre, day: object) -> None:
    """Nobody more that day."""
    session.execute(
        update(ClinicSession)
        .where(ClinicSession.centre_id == centre.id, ClinicSession.day == day)
        .values(is_open=False)
    )


def closed_day(session: Session, region: Region, *, sent: bool = True) -> int:
    """The first day is closed, the agency has said so."""
    close(session, region.centre, FIRST_DAY)
    command = Prepare(DisruptionKind.SESSION_CLOSED, region.centre.id, FIRST_DAY)
    disruption_id = prepare(session, command, now=NOW)
    if sent:
        send(session, disruption_id, now=NOW)
    return disruption_id


def propose_all(session: Session, disruption_id: int, *, now: object = NOW) -> list[Replacement]:
    """What the job does."""
    disruption = session.get_one(Disruption, disruption_id)
    for one in touched(session, disruption, now=now):  # type: ignore[arg-type]
        propose(session, disruption_id, one, now=now)  # type: ignore[arg-type]
    query = select(Replacement).where(Replacement.disruption_id == disruption_id)
    return list(session.scalars(query.order_by(Replacement.request_id)))


def another_centre(session: Session, region: Region) -> Centre:
    """Near, with seats and doses on the days of both doses."""
    centre = make_centre(session, lat=47.95)
    lot = make_lot(session, region.product)
    make_stock(session, centre, lot, 60, available_from=TODAY)
    for day in (6, 7, 30, 33, 34, 35, 36):
        make_slots(session, centre, TODAY + timedelta(day), opens=time(14), seats=6)
    return centre


def pair(session: Session, request: Request) -> list[Appointment]:
    query = select(Appointment).where(Appointment.request_id == request.id, Appointment.stands == 1)
    return list(session.scalars(query.order_by(Appointment.dose_number)))
