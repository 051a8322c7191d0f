"""What no code can store: each test tries it with plain SQL, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, TODAY
from vaccination.db import transaction
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.audit import AuditEntry
from vaccination.models.centres import DoseBudget, Slot
from vaccination.models.people import Person
from vaccination.models.requests import Request

pytestmark = pytest.mark.usefixtures("database")


class World:
    """A waiting request, a two-dose and a single-dose schedule, a slot for each dose."""

    def __init__(self, session: Session) -> None:
        self.programme = builders.make_programme(session)
        product = builders.make_product(session)
        self.two = builders.make_schedule(session, self.programme, product)
        self.one = builders.make_schedule(session, self.programme, product, doses=1)
        centre = builders.make_centre(session)
        self.first = builders.make_slots(session, centre, TODAY)[0]
        self.second = builders.make_slots(session, centre, TODAY + timedelta(28))[0]
        self.budget = builders.make_budget(session, centre, product, TODAY)
        self.request = builders.make_request(session, self.programme)

    def plan(self, session: Session, **named: Any) -> None:
        """Mark the request as planned on two doses, but for what is named."""
        whole: dict[str, Any] = dict(
            status="planned", booked=1, schedule_id=self.two.id, schedule_doses=2, first_dose=1, second_dose=2
        )
        session.execute(update(Request).values({**whole, **named}))

    def book(self, session: Session, dose: int) -> None:
        """Insert a standing appointment for the dose."""
        slot = self.first if dose == 1 else self.second
        session.execute(
            insert(Appointment).values(
                request_id=self.request.id,
                dose_number=dose,
                status=AppointmentStatus.BOOKED,
                stands=1,
                centre_id=slot.centre_id,
                slot_id=slot.id,
                dose_budget_id=self.budget.id,
                product_id=self.budget.product_id,
                schedule_id=self.two.id,
                day=slot.day,
                starts_at=slot.starts_at,
                token_ref=bytes([dose]) * 8,
                created_at=NOW,
            )
        )


@pytest.fixture
def world() -> World:
    with transaction() as session:
        return World(session)


Deed = Callable[[World, Session], object]

HALVES: dict[str, Deed] = {
    "an appointment of a request that is not planned": lambda w, s: w.book(s, 1),
    "a first dose alone": lambda w, s: (w.plan(s), w.book(s, 1)),
    "a second dose alone": lambda w, s: (w.plan(s), w.book(s, 2)),
    "planned without any appointment": lambda w, s: w.plan(s),
    "planned without a schedule": lambda w, s: w.plan(s, schedule_id=None, schedule_doses=None),
    "planned but not booked": lambda w, s: w.plan(s, booked=None),
    "one dose owed on a two-dose schedule": lambda w, s: (w.plan(s, second_dose=None), w.book(s, 1)),
    "a two-dose schedule that claims one dose": lambda w, s: (
        w.plan(s, second_dose=None, schedule_doses=1),
        w.book(s, 1),
    ),
}


@pytest.mark.parametrize("name", HALVES)
def test_half_a_pair_is_refused(world: World, name: str) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        HALVES[name](world, session)


LOSSES: dict[str, Deed] = {
    "cancelling one of two": lambda w, s: s.execute(
        update(Appointment).where(Appointment.dose_number == 2).values(status="cancelled", stands=None)
    ),
    "deleting one of two": lambda w, s: s.execute(delete(Appointment).where(Appointment.dose_number == 2)),
    "cancelling without giving up its place": lambda w, s: s.execute(
        update(Appointment).values(status="cancelled")
    ),
    "forgetting that the request is booked": lambda w, s: s.execute(
        update(Request).values(status="waiting", booked=None)
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_whole_pair_cannot_be_halved(world: World, name: str) -> None:
    with transaction() as session:
        world.plan(session)
        world.book(session, 1)
        world.book(session, 2)
    with pytest.raises(IntegrityError), transaction() as session:
        LOSSES[name](world, session)


def test_a_whole_pair_is_stored_and_cancelled_whole(world: World) -> None:
    with transaction() as session:
        world.plan(session)
        world.book(session, 1)
        world.book(session, 2)
    with transaction() as session:
        session.execute(update(Appointment).values(status="cancelled", stands=None))
        session.execute(update(Request).values(status="cancelled", booked=None))
    with transaction() as session:
        assert session.get_one(Request, world.request.id).status == "cancelled"


def test_a_second_dose_alone_is_whole_for_who_had_the_first(world: World) -> None:
    with transaction() as session:
        given = dict(
            kind="second_dose", first_product_id=world.budget.product_id, first_given_on=TODAY - timedelta(21)
        )
        world.plan(session, first_dose=None, **given)
        world.book(session, 2)
    with transaction() as session:
        assert session.get_one(Request, world.request.id).booked == 1


FULL: dict[str, Deed] = {
    "more people than seats": lambda w, s: s.execute(update(Slot).values(taken=Slot.seats + 1)),
    "fewer people than nobody": lambda w, s: s.execute(update(Slot).values(taken=-1)),
    "more doses than the budget": lambda w, s: s.execute(
        update(DoseBudget).values(taken=DoseBudget.doses + 1)
    ),
    "a second live request of a person": lambda w, s: builders.make_request(
        s, w.programme, s.get_one(Person, w.request.person_id)
    ),
}


@pytest.mark.parametrize("name", FULL)
def test_what_is_scarce_cannot_be_oversold(world: World, name: str) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        FULL[name](world, session)


def test_events_and_audit_entries_never_change(world: World) -> None:
    with transaction() as session:
        world.plan(session)
        world.book(session, 1)
        world.book(session, 2)
        appointment_id = session.scalars(select(Appointment.id)).first()
        session.add(
            AppointmentEvent(
                appointment_id=appointment_id, action=Action.BOOK, status=AppointmentStatus.BOOKED, at=NOW
            )
        )
        session.add(AuditEntry(at=NOW, action="book", subject="request:1"))
    for table in (AppointmentEvent, AuditEntry):
        with pytest.raises(DBAPIError, match="never changed"), transaction() as session:
            session.execute(update(table).values(at=NOW + timedelta(1)))


WAITS_FOR_SECOND: dict[str, Any] = dict(
    status="waiting", kind="second_dose", schedule_id=None, schedule_doses=None, second_dose=None,
    first_given_on=TODAY,
)  # fmt: skip


def test_who_had_the_first_dose_here_may_wait_for_a_second(world: World) -> None:
    with transaction() as session:
        world.plan(session, **WAITS_FOR_SECOND, first_product_id=world.budget.product_id)
        world.book(session, 1)
    with transaction() as session:
        assert session.get_one(Request, world.request.id).status == "waiting"


@pytest.mark.parametrize(
    "named",
    [
        {"kind": "course"}, {"first_given_on": None}, {"first_product_id": None}, {"first_dose": None},
        {"second_dose": 2}, {"schedule_doses": 2}, {"status": "planned"}, {"status": "cancelled"},
        {"booked": None, "first_dose": None},
    ],
    ids=str,
)  # fmt: skip
def test_nobody_else_waits_with_half_a_pair(world: World, named: dict[str, Any]) -> None:
    given = {**WAITS_FOR_SECOND, "first_product_id": world.budget.product_id, **named}
    with pytest.raises(IntegrityError), transaction() as session:
        world.plan(session, **given)
        world.book(session, 1)


def test_who_waits_for_a_second_keeps_the_first(world: World) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        world.plan(session, **WAITS_FOR_SECOND, first_product_id=world.budget.product_id)
