"""A dose of the day that is given back: the call asks on while there is time, for no more than there are."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_slots
from tests.services.regions import Region
from tests.services.standbys import UNTIL, announced, invited, make_day
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.same_day import InvitationStatus, SameDayCallStatus
from vaccination.domain.serving import ChangedDoses
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.messages import Message
from vaccination.models.same_day import SameDayCall, SameDayInvitation
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.appointments.elsewhere import GivenElsewhere, first_given_elsewhere
from vaccination.services.appointments.moves import move
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.second_doses import give_back_second
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.same_day.answers import accept
from vaccination.services.same_day.calls import ask_wave, close_call

MINUTE = timedelta(minutes=1)


def call_of(session: Session, call_id: int) -> tuple[SameDayCallStatus, int, int]:
    call = session.get_one(SameDayCall, call_id, populate_existing=True)
    return call.status, call.confirmed, call.doses


def said_yes(session: Session, region: Region, doses: int = 1) -> tuple[int, list[SameDayInvitation]]:
    """The first wave is asked, and as many say yes as there are doses."""
    call_id = announced(session, region, doses)
    ask_wave(session, call_id, now=NOW)
    rows = invited(session, call_id)
    for row in rows[:doses]:
        assert accept(session, row.id, now=NOW).status is InvitationStatus.ACCEPTED
    return call_id, rows


def status_of(session: Session, row: SameDayInvitation) -> InvitationStatus:
    session.refresh(row)
    return row.status


def test_who_cancels_makes_room_for_the_next(session: Session) -> None:
    call_id, (first, second) = said_yes(session, make_day(session, people=3))
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 1, 1)
    assert accept(session, second.id, now=NOW).status is InvitationStatus.TOO_LATE
    cancel_request(session, first.request_id, now=NOW + MINUTE)
    assert call_of(session, call_id) == (SameDayCallStatus.OPEN, 0, 1)
    assert status_of(session, first) is InvitationStatus.DECLINED
    assert ask_wave(session, call_id, now=NOW + MINUTE) == 2, "who was too late, and who was not asked yet"
    assert status_of(session, second) is InvitationStatus.ASKED
    told = select(func.count(Message.id)).where(
        Message.request_id == second.request_id, Message.kind == MessageKind.SAME_DAY
    )
    assert session.scalar(told) == 2
    third = invited(session, call_id)[2]
    assert (third.place, third.wave) == (3, 2)
    assert accept(session, second.id, now=NOW + 2 * MINUTE).status is InvitationStatus.ACCEPTED
    assert accept(session, third.id, now=NOW + 2 * MINUTE).status is InvitationStatus.TOO_LATE
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 1, 1)
    session.flush()
    assert broken_invariants(session) == []


def test_who_was_too_late_twice_is_not_asked_a_third_time(session: Session) -> None:
    call_id, (first, second) = said_yes(session, make_day(session, people=2))
    accept(session, second.id, now=NOW)
    cancel_request(session, first.request_id, now=NOW)
    assert ask_wave(session, call_id, now=NOW) == 1
    second.status, second.answered_at = InvitationStatus.TOO_LATE, NOW
    session.flush()
    assert ask_wave(session, call_id, now=NOW) == 0


def test_who_moves_to_another_day_makes_room(session: Session) -> None:
    call_id, (first, _) = said_yes(session, make_day(session, people=2))
    (offer, *_) = five(session, first.request_id, now=NOW, changed=ChangedDoses.BOTH)
    move(session, first.request_id, offer.choice, now=NOW)
    assert call_of(session, call_id) == (SameDayCallStatus.OPEN, 0, 1)


def test_who_moves_the_second_dose_comes_today(session: Session) -> None:
    call_id, (first, _) = said_yes(session, make_day(session, people=2, slots=8))
    offers = five(session, first.request_id, now=NOW, changed=ChangedDoses.SECOND)
    if offers:
        move(session, first.request_id, offers[0].choice, now=NOW)
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 1, 1)


def test_who_was_vaccinated_elsewhere_makes_room(session: Session) -> None:
    region = make_day(session, people=2)
    call_id, (first, _) = said_yes(session, region)
    given = GivenElsewhere(region.product.id, TODAY - timedelta(1), "Tours")
    first_given_elsewhere(session, first.request_id, given, now=NOW)
    assert call_of(session, call_id) == (SameDayCallStatus.OPEN, 0, 1)


def test_who_gives_the_second_dose_of_today_back_makes_room(session: Session) -> None:
    region = make_day(session, people=1)
    request = region.requests[0]
    four_weeks_ago = make_slots(session, region.centre, TODAY - timedelta(28))[0]
    pair = book_pair(session, request, region.schedule, (four_weeks_ago, region.second_slots[0]))
    for row in pair:
        session.add(
            AppointmentEvent(appointment_id=row.id, action=Action.BOOK, status=row.status, at=NOW, facts={})
        )
    first = pair[0]
    given = update(Appointment).where(Appointment.id == first.id)
    session.execute(given.values(status=AppointmentStatus.VACCINATED))
    session.refresh(first)
    give_back_second(session, request.id, now=NOW)
    session.expire_all()
    call_id, (invitation,) = said_yes(session, region)
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 1, 1)
    give_back_second(session, request.id, now=NOW + MINUTE)
    assert call_of(session, call_id) == (SameDayCallStatus.OPEN, 0, 1)
    assert status_of(session, invitation) is InvitationStatus.DECLINED
    session.flush()
    assert broken_invariants(session) == []


def test_a_call_that_the_centre_closed_stays_closed(session: Session) -> None:
    region = make_day(session, people=4)
    call_id = announced(session, region, 2)
    ask_wave(session, call_id, now=NOW)
    first = invited(session, call_id)[0]
    accept(session, first.id, now=NOW)
    close_call(session, region.centre.id, call_id, now=NOW)
    cancel_request(session, first.request_id, now=NOW)
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 0, 2)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=5), timedelta(days=2)])
def test_nobody_is_asked_when_the_time_is_over(session: Session, late: timedelta) -> None:
    call_id, (first, _) = said_yes(session, make_day(session, people=2))
    cancel_request(session, first.request_id, now=UNTIL + late)
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 1, 1)
    assert status_of(session, first) is InvitationStatus.ACCEPTED


def test_the_dose_goes_to_the_call_that_asks_now(session: Session) -> None:
    region = make_day(session, people=4)
    call_id, (first, _) = said_yes(session, region)
    later = announced(session, region, 1)
    cancel_request(session, first.request_id, now=NOW)
    assert call_of(session, call_id) == (SameDayCallStatus.CLOSED, 0, 1)
    assert call_of(session, later) == (SameDayCallStatus.OPEN, 0, 2)
