"""Booking by hand, cancelling, giving back: what is allowed, and what remains in the rows."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_budget, make_request, make_schedule, make_slots, make_user
from tests.services.regions import TOMORROW, Region, make_region
from vaccination.domain.actor import Role
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.errors import DomainError
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.audit import AuditEntry
from vaccination.models.centres import DoseBudget
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import (
    BookRequest,
    CannotCancel,
    NotWaiting,
    RequestNotThere,
    UnfitSlots,
    book_request,
    cancel_request,
)
from vaccination.services.appointments.places import NoDoseLeft, SlotFull
from vaccination.services.keeping.reconcile import broken_invariants


@pytest.fixture
def region(session: Session) -> Region:
    """A region whose centre may promise doses on both days."""
    region = make_region(session, requests=3)
    for day in (region.first_day, region.second_day):
        make_budget(session, region.centre, region.product, day, doses=6)
    return region


def book(session: Session, region: Region, which: int = 0, slots: tuple[int, int] = (0, 0)) -> list[int]:
    pair = region.first_slots[slots[0]].id, region.second_slots[slots[1]].id
    return book_request(session, BookRequest(region.requests[which].id, region.schedule.id, pair), now=NOW)


def appointments(session: Session) -> list[Appointment]:
    session.expire_all()
    return list(session.scalars(select(Appointment).order_by(Appointment.dose_number)))


def test_a_pair_is_booked_whole(session: Session, region: Region) -> None:
    user = make_user(session, Role.PHONE)
    pair = region.first_slots[1].id, region.second_slots[2].id
    command = BookRequest(region.requests[0].id, region.schedule.id, pair)
    ids = book_request(session, command, now=NOW, user_id=user.id)
    first, second = appointments(session)
    assert {first.id, second.id} == set(ids)
    assert (first.slot_id, second.slot_id) == pair
    assert first.token_ref != second.token_ref and first.issue == 0
    request = session.get_one(Request, command.request_id)
    assert (request.status, request.booked, request.first_dose, request.second_dose) == (
        RequestStatus.PLANNED, 1, 1, 2,
    )  # fmt: skip
    assert set(session.scalars(select(AppointmentEvent.user_id))) == {user.id}
    assert session.scalars(select(AuditEntry.action)).all() == ["request_booked"]
    assert broken_invariants(session) == []


def test_a_second_dose_alone_is_booked(session: Session, region: Region) -> None:
    request = make_request(
        session, region.programme, kind=RequestKind.SECOND_DOSE, first_product_id=region.product.id,
        first_given_on=TOMORROW - timedelta(28),
    )  # fmt: skip
    command = BookRequest(request.id, region.schedule.id, (region.first_slots[0].id,))
    book_request(session, command, now=NOW)
    (only,) = appointments(session)
    assert (only.dose_number, only.slot_id) == (2, region.first_slots[0].id)
    assert broken_invariants(session) == []


def test_a_single_dose_is_booked(session: Session, region: Region) -> None:
    single = make_schedule(session, region.programme, region.product, doses=1)
    command = BookRequest(region.requests[0].id, single.id, (region.first_slots[0].id,))
    book_request(session, command, now=NOW)
    assert [a.dose_number for a in appointments(session)] == [1]
    assert broken_invariants(session) == []


@pytest.mark.parametrize("days", [20, 50])
def test_a_pair_outside_the_interval_is_refused(session: Session, region: Region, days: int) -> None:
    late = make_slots(session, region.centre, region.first_day + timedelta(days), slots=1)[0]
    make_budget(session, region.centre, region.product, late.day)
    pair = region.first_slots[0].id, late.id
    with pytest.raises(UnfitSlots):
        book_request(session, BookRequest(region.requests[0].id, region.schedule.id, pair), now=NOW)
    assert appointments(session) == []


def test_slots_that_do_not_make_the_doses_are_refused(session: Session, region: Region) -> None:
    first, second = region.first_slots[0].id, region.second_slots[0].id
    for slot_ids in ((), (first,), (first, second, second), (second, first), (first, 999_999)):
        with pytest.raises(UnfitSlots):
            book_request(session, BookRequest(region.requests[0].id, region.schedule.id, slot_ids), now=NOW)


def test_a_slot_that_has_begun_is_refused(session: Session, region: Region) -> None:
    pair = region.first_slots[0].id, region.second_slots[0].id
    with pytest.raises(UnfitSlots):
        book_request(
            session,
            BookRequest(region.requests[0].id, region.schedule.id, pair),
            now=region.first_slots[0].starts_at,
        )


def test_a_full_slot_and_an_empty_fridge_are_told_apart(session: Session, region: Region) -> None:
    book(session, region, 0)
    book(session, region, 1)
    with pytest.raises(SlotFull), session.begin_nested():
        book(session, region, 2)
    session.execute(DoseBudget.__table__.update().values(doses=2))  # type: ignore[attr-defined]
    with pytest.raises(NoDoseLeft), session.begin_nested():
        book(session, region, 2, slots=(1, 1))
    session.execute(DoseBudget.__table__.delete().where(DoseBudget.taken == 0))  # type: ignore[attr-defined]
    assert broken_invariants(session) == []


def test_who_holds_a_pair_cannot_have_another(session: Session, region: Region) -> None:
    book(session, region)
    with pytest.raises(NotWaiting):
        book(session, region, 0, slots=(1, 1))


def test_a_waiting_request_is_cancelled(session: Session, region: Region) -> None:
    cancel_request(session, region.requests[0].id, now=NOW)
    assert session.get_one(Request, region.requests[0].id).status is RequestStatus.CANCELLED
    assert session.scalars(select(Message.kind)).all() == [MessageKind.CANCELLED]


def test_cancelling_writes_events_with_their_author(session: Session, region: Region) -> None:
    book(session, region)
    user = make_user(session, Role.PHONE)
    cancel_request(session, region.requests[0].id, now=NOW, user_id=user.id, reason="by_phone")
    events = session.scalars(select(AppointmentEvent).where(AppointmentEvent.action == Action.CANCEL)).all()
    assert [(e.user_id, e.reason, e.status) for e in events] == [
        (user.id, "by_phone", AppointmentStatus.CANCELLED)
    ] * 2
    assert all(a.stands is None for a in appointments(session))
    assert set(session.scalars(select(DoseBudget.taken))) == {0}
    assert broken_invariants(session) == []


@pytest.mark.parametrize(
    "status", [AppointmentStatus.CHECKED_IN, AppointmentStatus.VACCINATED, AppointmentStatus.NOT_VACCINATED]
)
def test_nobody_cancels_who_was_let_in(session: Session, region: Region, status: AppointmentStatus) -> None:
    book(session, region)
    appointments(session)[0].status = status
    session.flush()
    with pytest.raises(CannotCancel):
        cancel_request(session, region.requests[0].id, now=NOW)


def test_who_did_not_attend_may_cancel_the_rest(session: Session, region: Region) -> None:
    book(session, region)
    appointments(session)[0].status = AppointmentStatus.DID_NOT_ATTEND
    session.flush()
    cancel_request(session, region.requests[0].id, now=NOW)
    assert {a.status for a in appointments(session)} == {AppointmentStatus.CANCELLED}
    assert broken_invariants(session) == []


def test_there_is_nothing_to_cancel_twice_or_nowhere(session: Session, region: Region) -> None:
    cancel_request(session, region.requests[0].id, now=NOW)
    for request_id, refusal in ((region.requests[0].id, CannotCancel), (999_999, RequestNotThere)):
        with pytest.raises(DomainError) as refused:
            cancel_request(session, request_id, now=NOW)
        assert type(refused.value) is refusal
