"""A region with a session today, and people on its standby list."""

from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_request, make_slots, make_user
from tests.builders_journey import make_standby
from tests.services.regions import Region, make_region
from vaccination.domain.actor import Role
from vaccination.domain.same_day import ReachedBy
from vaccination.models.centres import Slot
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayInvitation
from vaccination.services.same_day.calls import Announce, announce

UNTIL = NOW + timedelta(hours=3)  # noon in Paris is 10 h UTC: the session of today runs from 11 h to 13 h


def make_day(session: Session, people: int = 4, *, doses: int = 60, seats: int = 2, slots: int = 6) -> Region:
    """Everybody waits, lives in Orléans, and is told by e-mail; a session runs today from 11 h."""
    region = make_region(session, requests=people, doses=doses, seats=seats, slots=slots)
    make_slots(session, region.centre, TODAY, opens=time(11), slots=12)
    for request in region.requests:
        make_standby(session, request, by=ReachedBy.EMAIL)
    return region


def announced(session: Session, region: Region, doses: int = 2) -> int:
    staff = make_user(session, Role.CENTRE_MANAGER, centre=region.centre)
    command = Announce(region.centre.id, region.product.id, doses, UNTIL)
    return announce(session, command, now=NOW, user_id=staff.id)


def listed(session: Session, region: Region, **named: object) -> Request:
    """One more person on the list."""
    request = make_request(session, region.programme, priority_group_id=region.group.id, **named)
    make_standby(session, request, by=ReachedBy.EMAIL)
    return request


def invited(session: Session, call_id: int) -> list[SameDayInvitation]:
    query = select(SameDayInvitation).where(SameDayInvitation.call_id == call_id)
    return list(session.scalars(query.order_by(SameDayInvitation.place)))


def slots_today(session: Session, region: Region) -> list[Slot]:
    query = select(Slot).where(Slot.centre_id == region.centre.id, Slot.day == TODAY)
    return list(session.scalars(query.order_by(Slot.minute)))
