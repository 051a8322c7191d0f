"""A direct programme: a centre with doses, slots on two days, and people who wait; and how they open it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    make_centre,
    make_lot,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.references import new_reference
from vaccination.domain.requests import ContactBy
from vaccination.domain.serving import Serving
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Slot
from vaccination.models.people import Household
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.security.secrets import hash_secret
from vaccination.services.asking.requests import secret_of

BIRTH = date(1948, 3, 27)


@dataclass(frozen=True)
class Direct:
    """What a test names of it."""

    programme_id: int
    product_id: int
    schedule_id: int
    centre_id: int
    references: tuple[str, ...]
    request_ids: tuple[int, ...]
    days: tuple[date, ...]


def make_direct(
    people: int = 1, *, seats: int = 1, slots: int = 1, serving: Serving = Serving.DIRECT,
    days: tuple[int, ...] = (7, 35), together: bool = False,
) -> Direct:  # fmt: skip
    """People who wait, as one household or each alone, and slots on days that many days from now."""
    today = now().date()
    with transaction() as session:
        programme = make_programme(session, starts_on=today, serving=serving)
        product = make_product(session, name="Alouette")
        schedule = make_schedule(session, programme, product)
        centre = make_centre(session)
        make_stock(session, centre, make_lot(session, product, expires_on=today + timedelta(200)),
                   available_from=today - timedelta(3))  # fmt: skip
        for day in days:
            make_slots(session, centre, today + timedelta(day), slots=slots, seats=seats)
        made = [_request(session, programme) for _ in range(people)]
        if together:
            home = Household(created_at=now())
            session.add(home)
            session.flush()
            for request in made:
                request.household_id = home.id
        return Direct(
            programme.id, product.id, schedule.id, centre.id, tuple(r.reference for r in made),
            tuple(r.id for r in made), tuple(today + timedelta(day) for day in days),
        )  # fmt: skip


def _request(session: Session, programme: Programme) -> Request:
    """As `ask` keeps it, with a reference that people can type."""
    reference = new_reference()
    person = make_person(session, birth_date=BIRTH)
    return make_request(
        session, programme, person, reference=reference, contact_by=ContactBy.EMAIL,
        secret_hash=hash_secret(secret_of(reference)), created_at=now(),
    )  # fmt: skip


def open_own(visitor: Visitor, region: Direct, which: int = 0) -> None:
    """Show the reference, as whoever opens the page later does."""
    reference = region.references[which]
    visitor.send("/appointments", reference=reference, secret=secret_of(reference))


def standing(request_id: int) -> list[Appointment]:
    with transaction() as session:
        return list(
            session.scalars(
                select(Appointment)
                .where(Appointment.request_id == request_id, Appointment.stands == 1)
                .order_by(Appointment.dose_number)
            )
        )


def holds(request_id: int) -> list[Hold]:
    with transaction() as session:
        return list(session.scalars(select(Hold).where(Hold.request_id == request_id).order_by(Hold.id)))


def taken() -> int:
    with transaction() as session:
        return sum(session.scalars(select(Slot.taken)))
