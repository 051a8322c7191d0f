"""The second dose given back after the first was given: places back, and found again, direct and planned."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_lot, make_request, make_slots, make_stock, make_user
from tests.services.regions import Region, make_region
from tests.services.test_change_wishes import run_a_plan
from vaccination.domain.actor import Actor, Role
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.serving import HoldPurpose
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import DoseBudget, Slot
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import CannotCancel, cancel_request
from vaccination.services.appointments.holds import confirm, hold
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.second_doses import NoSecondToGiveBack, give_back_second
from vaccination.services.desk.vaccination import (
    RecordVaccination,
    SecondGivenBack,
    WithdrawVaccination,
    record_vaccination,
    withdraw_vaccination,
)
from vaccination.services.keeping.reconcile import broken_invariants


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=1)


@pytest.fixture
def first(session: Session, region: Region) -> Appointment:
    """A pair of which the first dose was given today."""
    request = region.requests[0]
    today = make_slots(session, region.centre, TODAY)[0]
    pair = book_pair(session, request, region.schedule, (today, region.second_slots[0]))
    for appointment in pair:
        session.add(
            AppointmentEvent(
                appointment_id=appointment.id, action=Action.BOOK, status=AppointmentStatus.BOOKED, at=NOW,
                reason="", facts={},
            )
        )  # fmt: skip
    session.add(
        Message(
            request_id=request.id, kind=MessageKind.CONFIRMED, channel="email", locale="fr", dedupe_key="c",
            next_try_at=NOW, created_at=NOW,
        )
    )  # fmt: skip
    session.execute(
        update(Appointment).where(Appointment.id == pair[0].id).values(status=AppointmentStatus.VACCINATED)
    )
    session.flush()
    session.refresh(pair[0])
    return pair[0]


def given_back(session: Session, region: Region) -> Request:
    give_back_second(session, region.requests[0].id, now=NOW, reason="dates")
    return session.get_one(Request, region.requests[0].id, populate_existing=True)


def test_seat_and_dose_go_back_and_the_first_stands(
    session: Session, region: Region, first: Appointment
) -> None:
    before = sum(session.scalars(select(Slot.taken))), sum(session.scalars(select(DoseBudget.taken)))
    request = given_back(session, region)
    session.expire_all()
    after = sum(session.scalars(select(Slot.taken))), sum(session.scalars(select(DoseBudget.taken)))
    assert after == (before[0] - 1, before[1] - 1)
    assert (request.status, request.kind, request.first_given_on) == (
        RequestStatus.WAITING, RequestKind.SECOND_DOSE, first.day,
    )  # fmt: skip
    standing = session.scalars(select(Appointment).where(Appointment.stands == 1)).all()
    assert [row.id for row in standing] == [first.id]
    told = session.scalars(select(AppointmentEvent).where(AppointmentEvent.action == Action.CANCEL)).one()
    assert told.reason == "dates"
    assert broken_invariants(session) == []


def test_another_second_dose_is_offered_inside_the_interval_and_can_be_had(
    session: Session, region: Region, first: Appointment
) -> None:
    make_slots(session, region.centre, TODAY + timedelta(60))  # too late
    request = given_back(session, region)
    offers = five(session, request.id, now=NOW)
    assert offers
    for offer in offers:
        assert offer.purpose is HoldPurpose.SECOND_DOSE
        assert 21 <= (offer.doses[0].day - first.day).days <= 49
    confirm(session, hold(session, request.id, offers[0].choice, now=NOW).token, now=NOW)
    session.expire_all()
    assert (request.status, request.kind, request.first_given_on) == (
        RequestStatus.PLANNED, RequestKind.COURSE, None,
    )  # fmt: skip
    assert (request.first_dose, request.second_dose) == (1, 2)
    assert broken_invariants(session) == []


def test_the_next_plan_finds_a_second_dose_only(session: Session, region: Region, first: Appointment) -> None:
    request = given_back(session, region)
    run_a_plan(session, region)
    session.expire_all()
    standing = session.scalars(
        select(Appointment).where(Appointment.stands == 1).order_by(Appointment.dose_number)
    ).all()
    assert [row.dose_number for row in standing] == [1, 2]
    assert standing[0].id == first.id
    assert 21 <= (standing[1].day - first.day).days <= 49
    assert request.status is RequestStatus.PLANNED
    assert broken_invariants(session) == []


def test_given_back_twice_or_without_a_first_is_refused(
    session: Session, region: Region, first: Appointment
) -> None:
    given_back(session, region)
    with pytest.raises(NoSecondToGiveBack):
        give_back_second(session, region.requests[0].id, now=NOW)
    with pytest.raises(CannotCancel):
        cancel_request(session, region.requests[0].id, now=NOW)
    other = make_request(session, region.programme)
    book_pair(session, other, region.schedule, (region.first_slots[1], region.second_slots[1]))
    with pytest.raises(NoSecondToGiveBack):
        give_back_second(session, other.id, now=NOW)


def test_a_second_dose_that_is_under_way_is_not_given_back(
    session: Session, region: Region, first: Appointment
) -> None:
    session.execute(
        update(Appointment).where(Appointment.dose_number == 2).values(status=AppointmentStatus.CHECKED_IN)
    )
    with pytest.raises(NoSecondToGiveBack):
        give_back_second(session, region.requests[0].id, now=NOW)


def test_the_first_record_cannot_be_withdrawn_meanwhile(session: Session) -> None:
    region = make_region(session, requests=1)
    lot = make_lot(session, region.product)
    make_stock(session, region.centre, lot)
    today = make_slots(session, region.centre, TODAY)[0]
    first, _ = book_pair(session, region.requests[0], region.schedule, (today, region.second_slots[0]))
    user = make_user(session, Role.VACCINATOR, centre=region.centre)
    actor = Actor(user.id, ())
    session.execute(
        update(Appointment).where(Appointment.id == first.id).values(status=AppointmentStatus.CHECKED_IN)
    )
    record_vaccination(session, RecordVaccination(first.id, region.centre.id, lot.id), now=NOW, actor=actor)
    given_back(session, region)
    wrong = WithdrawVaccination(first.id, region.centre.id, dose_returned=False)
    with pytest.raises(SecondGivenBack):
        withdraw_vaccination(session, wrong, now=NOW, actor=actor)
