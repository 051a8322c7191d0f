"""Holds: both doses kept together for some minutes, longer when asked, let go, confirmed once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, book_pair, make_request, make_slots
from tests.services.regions import TOMORROW, Region, make_region
from vaccination.domain.appointment import Action
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldPurpose, HoldStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import ClinicSession, DoseBudget, Slot
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.services.appointments.booking import NotWaiting, UnfitSlots, cancel_request
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.hold_rows import (
    Held,
    HoldExpired,
    HoldReleased,
    HoldUsed,
    LongEnough,
    NoSuchHold,
)
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import confirm, expire_due, extend, hold, release
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.places import NoDoseLeft, SlotFull
from vaccination.services.keeping.reconcile import broken_invariants

MINUTE = timedelta(minutes=1)


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=3)


def pair(region: Region, first: int = 0, second: int = 0) -> Choice:
    slots = region.first_slots[first].id, region.second_slots[second].id
    return Choice(HoldPurpose.COURSE, region.schedule.id, slots)


def held(
    session: Session, region: Region, which: int = 0, choice: Choice | None = None, **how: object
) -> Held:
    wanted = choice or pair(region)
    return hold(session, region.requests[which].id, wanted, now=NOW, how=How(**how))  # type: ignore[arg-type]


def taken(session: Session) -> tuple[int, int]:
    """Seats and doses that count as taken."""
    seats = session.scalars(select(Slot.taken)).all()
    return sum(seats), sum(session.scalars(select(DoseBudget.taken)).all())


def sound(session: Session) -> bool:
    session.flush()
    return broken_invariants(session) == []


def test_a_hold_keeps_both_doses(session: Session, region: Region) -> None:
    before = taken(session)
    kept = held(session, region)
    assert kept.expires_at == NOW + 10 * MINUTE
    assert taken(session) == (before[0] + 2, before[1] + 2)
    assert region.requests[0].status is RequestStatus.WAITING
    assert sound(session)


def test_a_confirmed_hold_is_an_ordinary_booking(session: Session, region: Region) -> None:
    kept = held(session, region)
    ids = confirm(session, kept.token, now=NOW + MINUTE)
    standing = session.scalars(select(Appointment).where(Appointment.id.in_(ids))).all()
    assert [a.slot_id for a in standing] == list(pair(region).slot_ids)
    request = session.get_one(Request, region.requests[0].id, populate_existing=True)
    assert (request.status, request.booked) == (RequestStatus.PLANNED, 1)
    assert session.scalars(select(Message.kind)).all() == [MessageKind.CONFIRMED]
    assert sound(session)


def test_confirming_twice_answers_the_same_and_books_once(session: Session, region: Region) -> None:
    kept = held(session, region)
    ids = confirm(session, kept.token, now=NOW)
    assert confirm(session, kept.token, now=NOW + 60 * MINUTE) == ids
    assert (
        len(
            session.scalars(
                select(Appointment.id).where(Appointment.request_id == region.requests[0].id)
            ).all()
        )
        == 2
    )
    assert sound(session)


def test_an_expired_hold_confirms_nothing_and_gives_back(session: Session, region: Region) -> None:
    before = taken(session)
    kept = held(session, region)
    with pytest.raises(HoldExpired):
        confirm(session, kept.token, now=kept.expires_at)
    assert expire_due(session, now=kept.expires_at - MINUTE) == 0
    assert expire_due(session, now=kept.expires_at) == 1
    assert taken(session) == before
    with pytest.raises(HoldExpired):
        extend(session, kept.token, now=NOW)
    assert sound(session)


def test_a_hold_is_made_longer_as_often_as_the_programme_says(session: Session, region: Region) -> None:
    region.programme.hold_extensions = 2
    session.flush()
    kept = held(session, region)
    assert extend(session, kept.token, now=NOW + 4 * MINUTE) == NOW + 14 * MINUTE
    assert extend(session, kept.token, now=NOW + 4 * MINUTE) == NOW + 14 * MINUTE
    with pytest.raises(LongEnough):
        extend(session, kept.token, now=NOW + 5 * MINUTE)
    assert confirm(session, kept.token, now=NOW + 13 * MINUTE)


def test_a_released_hold_gives_back_once(session: Session, region: Region) -> None:
    before = taken(session)
    kept = held(session, region)
    assert release(session, kept.token, now=NOW) is True
    assert release(session, kept.token, now=NOW) is False
    assert taken(session) == before
    with pytest.raises(HoldReleased):
        confirm(session, kept.token, now=NOW)
    with pytest.raises(NoSuchHold):
        confirm(session, "nobody-has-this", now=NOW)
    assert sound(session)


def test_what_is_used_is_made_neither_longer_nor_released(session: Session, region: Region) -> None:
    kept = held(session, region)
    confirm(session, kept.token, now=NOW)
    with pytest.raises(HoldUsed):
        extend(session, kept.token, now=NOW)
    assert release(session, kept.token, now=NOW) is False
    assert sound(session)


def test_another_choice_lets_the_first_go(session: Session, region: Region) -> None:
    before = taken(session)
    first = held(session, region)
    second = held(session, region, choice=pair(region, 3, 2))
    assert taken(session) == (before[0] + 2, before[1] + 2)
    with pytest.raises(HoldReleased):
        confirm(session, first.token, now=NOW)
    confirm(session, second.token, now=NOW)
    assert sound(session)


def test_the_same_button_pressed_twice_is_one_hold(session: Session, region: Region) -> None:
    first, again = (held(session, region, form_uid="button") for _ in range(2))
    assert first == again
    assert len(session.scalars(select(Hold.id).where(Hold.request_id == region.requests[0].id)).all()) == 1


def test_held_places_are_nobody_elses(session: Session, region: Region) -> None:
    for which in range(2):
        held(session, region, which)
    with pytest.raises(SlotFull):
        held(session, region, 2)
    assert sound(session)


def test_held_doses_are_nobody_elses(session: Session) -> None:
    region = make_region(session, requests=8, doses=12)
    for which in range(6):
        held(session, region, which, pair(region, which, which))
    assert five(session, region.requests[6].id, now=NOW) == ()
    with pytest.raises(NoDoseLeft):
        held(session, region, 6, pair(region, 0, 0))
    assert sound(session)


def test_nobody_holds_what_would_not_be_offered(session: Session, region: Region) -> None:
    first, second = region.first_slots[0].id, region.second_slots[0].id
    late = make_slots(session, region.centre, TOMORROW + timedelta(60))[0].id
    for slots in ((first,), (second, first), (first, late), (first, 10**6)):
        with pytest.raises(UnfitSlots):
            held(session, region, choice=Choice(HoldPurpose.COURSE, region.schedule.id, slots))
    region.schedule.min_age = 99
    with pytest.raises(UnfitSlots):
        held(session, region)


def test_who_is_served_holds_only_changes(session: Session, region: Region) -> None:
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    with pytest.raises(NotWaiting):
        held(session, region)
    with pytest.raises(NotWaiting):
        held(
            session,
            region,
            1,
            Choice(HoldPurpose.MOVE_SECOND, region.schedule.id, (region.second_slots[1].id,)),
        )


def test_a_confirmed_move_takes_the_new_place_and_gives_back_the_old(
    session: Session, region: Region
) -> None:
    old = book_pair(
        session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0])
    )
    later = make_slots(session, region.centre, region.second_day + timedelta(3))
    session.flush()
    (offer,) = five(session, region.requests[0].id, now=NOW, changed=ChangedDoses.SECOND)
    kept = held(session, region, choice=offer.choice)
    assert old[1].slot_id == region.second_slots[0].id  # it stands until the new one is there
    (moved,) = confirm(session, kept.token, now=NOW)
    session.expire_all()
    assert moved == old[1].id and old[1].slot_id in {slot.id for slot in later}
    assert (old[1].issue, old[1].day, old[0].issue) == (1, later[0].day, 0)
    assert session.get_one(Slot, region.second_slots[0].id).taken == 0
    (event,) = session.scalars(select(AppointmentEvent).where(AppointmentEvent.action == Action.MOVE))
    assert event.appointment_id == moved
    assert session.scalars(select(Message.kind)).all() == [MessageKind.CHANGED]


def test_a_pair_moves_whole(session: Session, region: Region) -> None:
    confirm(session, held(session, region).token, now=NOW)
    first = make_slots(session, region.centre, TOMORROW + timedelta(20))
    second = make_slots(session, region.centre, TOMORROW + timedelta(50))
    (offer,) = five(session, region.requests[0].id, now=NOW, changed=ChangedDoses.BOTH)
    confirm(session, held(session, region, choice=offer.choice).token, now=NOW)
    assert set(session.scalars(select(Appointment.day))) == {first[0].day, second[0].day}
    assert taken(session)[0] == 2
    assert sound(session)


def test_cancelling_lets_the_hold_go_too(session: Session, region: Region) -> None:
    before = taken(session)
    held(session, region)
    cancel_request(session, region.requests[0].id, now=NOW)
    assert taken(session) == before
    assert session.scalars(select(Hold.status)).all() == [HoldStatus.RELEASED]
    assert sound(session)


def test_a_hold_on_a_session_that_was_closed_is_not_confirmed(session: Session, region: Region) -> None:
    kept = held(session, region)
    session.query(ClinicSession).filter_by(day=region.second_day).update({"is_open": False})
    with pytest.raises(UnfitSlots):
        confirm(session, kept.token, now=NOW)


def test_a_longer_hold_for_whoever_must_be_reached(session: Session, region: Region) -> None:
    kept = held(session, region, keep_for=timedelta(hours=48))
    assert kept.expires_at == NOW + timedelta(hours=48)


def test_a_hold_of_a_second_dose_alone(session: Session, region: Region) -> None:
    request = make_request(
        session, region.programme, kind=RequestKind.SECOND_DOSE, first_product_id=region.product.id,
        first_given_on=TOMORROW - timedelta(28),
    )  # fmt: skip
    (offer,) = five(session, request.id, now=NOW)
    kept = hold(session, request.id, offer.choice, now=NOW)
    (only,) = confirm(session, kept.token, now=NOW)
    assert session.get_one(Appointment, only).dose_number == 2
    assert sound(session)
