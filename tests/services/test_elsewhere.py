"""A first dose given elsewhere, and one dose that is enough: what stands, what goes back, what is owed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_product, make_schedule
from tests.services.regions import Region, make_region
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Slot
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.services.appointments.elsewhere import (
    GivenElsewhere,
    NoSingleDose,
    NotThatDose,
    TooLate,
    first_given_elsewhere,
    one_dose_is_enough,
)
from vaccination.services.appointments.offers import five
from vaccination.services.keeping.reconcile import broken_invariants


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=2)


@pytest.fixture
def booked(session: Session, region: Region) -> Request:
    pair = region.first_slots[0], region.second_slots[0]
    book_pair(session, region.requests[0], region.schedule, pair)
    return region.requests[0]


def given(region: Region, on: date, product_id: int | None = None) -> GivenElsewhere:
    return GivenElsewhere(product_id or region.product.id, on, " a pharmacy in Lyon ")


def standing(session: Session, request: Request) -> list[int]:
    session.flush()
    return list(
        session.scalars(
            select(Appointment.dose_number).where(
                Appointment.request_id == request.id, Appointment.stands == 1
            )
        )
    )


def sound(session: Session) -> bool:
    """All but the message of confirmation, which the builder does not write."""
    session.flush()
    return [b for b in broken_invariants(session) if not b.startswith(("planned_were", "bookings_"))] == []


def test_the_second_stands_where_it_keeps_the_interval(
    session: Session, region: Region, booked: Request
) -> None:
    assert first_given_elsewhere(session, booked.id, given(region, TODAY - timedelta(1)), now=NOW) is True
    assert standing(session, booked) == [2]
    assert (booked.kind, booked.status) == (RequestKind.SECOND_DOSE, RequestStatus.PLANNED)
    assert (booked.first_given_on, booked.first_given_at) == (TODAY - timedelta(1), "a pharmacy in Lyon")
    assert session.get_one(Slot, region.first_slots[0].id, populate_existing=True).taken == 0
    assert session.scalars(select(Message.kind)).all() == [MessageKind.CHANGED]
    assert sound(session)


def test_else_the_request_waits_for_a_second_dose(session: Session, region: Region, booked: Request) -> None:
    assert first_given_elsewhere(session, booked.id, given(region, TODAY - timedelta(25)), now=NOW) is False
    assert standing(session, booked) == []
    assert (booked.kind, booked.status, booked.booked) == (
        RequestKind.SECOND_DOSE,
        RequestStatus.WAITING,
        None,
    )
    (offer,) = five(session, booked.id, now=NOW)
    assert [dose.dose_number for dose in offer.doses] == [2]
    assert sound(session)


def test_who_waits_goes_on_with_the_second(session: Session, region: Region) -> None:
    waiting = region.requests[1]
    first_given_elsewhere(session, waiting.id, given(region, TODAY - timedelta(25)), now=NOW)
    assert waiting.kind is RequestKind.SECOND_DOSE
    assert session.scalars(select(Message.kind)).all() == []
    with pytest.raises(TooLate):
        first_given_elsewhere(session, waiting.id, given(region, TODAY), now=NOW)


def test_a_dose_that_cannot_be_is_refused(session: Session, region: Region, booked: Request) -> None:
    other = make_product(session)
    make_schedule(session, region.programme, other, doses=1)
    for wrong in (
        given(region, TODAY + timedelta(2)),
        given(region, date(1950, 1, 1)),
        given(region, TODAY, other.id),
    ):
        with pytest.raises(NotThatDose):
            first_given_elsewhere(session, booked.id, wrong, now=NOW)
    assert standing(session, booked) == [1, 2]


def test_who_began_here_did_not_begin_elsewhere(session: Session, region: Region, booked: Request) -> None:
    session.query(Appointment).filter_by(dose_number=1).update({"status": AppointmentStatus.VACCINATED})
    with pytest.raises(TooLate):
        first_given_elsewhere(session, booked.id, given(region, TODAY), now=NOW)


def test_one_dose_is_enough_and_the_second_goes_back(
    session: Session, region: Region, booked: Request
) -> None:
    single = make_schedule(session, region.programme, region.product, doses=1, only_if_enough=True)
    one_dose_is_enough(session, booked.id, now=NOW)
    assert standing(session, booked) == [1]
    assert (booked.schedule_id, booked.second_dose, booked.one_dose_enough) == (single.id, None, True)
    assert session.get_one(Slot, region.second_slots[0].id, populate_existing=True).taken == 0
    assert sound(session)
    with pytest.raises(TooLate):
        one_dose_is_enough(session, booked.id, now=NOW)


def test_after_the_first_dose_one_that_is_enough_completes(
    session: Session, region: Region, booked: Request
) -> None:
    make_schedule(session, region.programme, region.product, doses=1, only_if_enough=True)
    session.query(Appointment).filter_by(dose_number=1).update({"status": AppointmentStatus.VACCINATED})
    one_dose_is_enough(session, booked.id, now=NOW)
    assert booked.status is RequestStatus.COMPLETED
    assert sound(session)


def test_a_programme_without_a_single_dose_says_so(session: Session, region: Region, booked: Request) -> None:
    with pytest.raises(NoSingleDose):
        one_dose_is_enough(session, booked.id, now=NOW)
    assert standing(session, booked) == [1, 2]
