"""A committed region for journeys after a closure, and about doses of the day: it is about noon there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import book_pair, make_request, make_slots
from tests.builders_journey import make_standby
from tests.journeys.conftest import Site
from tests.services.regions import make_region
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.references import new_reference
from vaccination.domain.requests import ContactBy
from vaccination.domain.same_day import ReachedBy
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.security.secrets import hash_secret
from vaccination.services.asking.requests import secret_of


@dataclass(frozen=True)
class Place:
    """A centre and the references of the people who live near it."""

    centre_id: int
    day: date
    references: tuple[str, ...]
    timezone: str

    def link(self, site: Site, n: int) -> str:
        """What a mail says."""
        return f"{site.url}/appointments#{self.references[n]}.{secret_of(self.references[n])}"


def noon_zone() -> str:
    """A zone in which it is about noon: a day of doses neither begins nor ends under the test."""
    east = (12 - now().hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def make_place(people: int, *, booked: bool) -> Place:
    """Everybody stands booked in five days at 9 h, or waits on the standby list."""
    zone = noon_zone()
    today = now().astimezone(ZoneInfo(zone)).date()
    with transaction() as session:
        region = make_region(session, requests=0, slots=10, seats=10, doses=600, today=today)
        region.centre.timezone = zone
        requests = [_asked(session, region.programme, region.group.id) for _ in range(people)]
        if booked:
            day = today + timedelta(5)
            first = make_slots(session, region.centre, day, seats=people)[0]
            second = make_slots(session, region.centre, day + timedelta(28), seats=people)[0]
            for request in requests:
                book_pair(session, request, region.schedule, (first, second))
            for n in range(6, 12):
                make_slots(session, region.centre, today + timedelta(n), seats=10)
                make_slots(session, region.centre, today + timedelta(n + 28), seats=10)
        else:
            day = today
            hour = now().astimezone(ZoneInfo(zone)).hour + 1
            make_slots(session, region.centre, today, opens=time(hour), slots=20)
            for request in requests:
                make_standby(session, request, by=ReachedBy.EMAIL)
        references = tuple(request.reference for request in requests)
        return Place(region.centre.id, day, references, zone)


def _asked(session: Session, programme: object, group_id: int) -> Request:
    reference = new_reference()
    return make_request(
        session, programme, priority_group_id=group_id, reference=reference,  # type: ignore[arg-type]
        secret_hash=hash_secret(secret_of(reference)), contact_by=ContactBy.EMAIL, created_at=now(),
    )  # fmt: skip


def request_of(session: Session, reference: str) -> Request:
    return session.scalars(select(Request).where(Request.reference == reference)).one()


def give_phone(reference: str, phone: str = "+33612345678") -> None:
    """The person of a request can be called."""
    with transaction() as session:
        session.get_one(Person, request_of(session, reference).person_id).phone = phone


def sign_in(page: Page, site: Site, role: Role, language: str, centre_id: int | None = None) -> None:
    """A member of staff at work."""
    make_staff(role.value, Grant(role, centre_id))
    page.goto(f"{site.url}/account/sign-in?lang={language}")
    page.fill("#login", role.value)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")


def clock_in(zone: str, hours: int) -> str:
    """The hour on a centre's clock, so many hours from now."""
    at: datetime = now().astimezone(ZoneInfo(zone)) + timedelta(hours=hours)
    return f"{at:%H}:00"
