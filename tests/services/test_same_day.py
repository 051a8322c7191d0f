"""Doses of the day: announced, asked for in waves by the rule, answered whole or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair
from tests.builders_journey import make_opt_out
from tests.services.regions import make_region
from tests.services.standbys import UNTIL, announced, invited, listed, make_day, slots_today
from vaccination.domain.faults import InvalidFields
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.same_day import InvitationStatus, ReachedBy, SameDayCallStatus
from vaccination.models.appointments import Appointment
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.security.link_tokens import link_token
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.same_day.answers import (
    NoSuchInvitation,
    accept,
    decline,
    invitation_of_token,
)
from vaccination.services.same_day.calls import (
    Announce,
    CallThere,
    NoSuchCall,
    NothingToGive,
    announce,
    ask_wave,
    close_call,
    end_due,
)
from vaccination.services.same_day.standby import JoinStandby, NotOnStandby, join, leave, ways

MINUTE = timedelta(minutes=1)


def sound(session: Session) -> bool:
    session.flush()
    return broken_invariants(session) == []


def call_of(session: Session, call_id: int) -> SameDayCall:
    return session.get_one(SameDayCall, call_id, populate_existing=True)


def appointments(session: Session, request: Request) -> list[Appointment]:
    query = select(Appointment).where(Appointment.request_id == request.id, Appointment.stands == 1)
    return list(session.scalars(query.order_by(Appointment.dose_number)))


def test_joining_the_list_and_leaving_it(session: Session) -> None:
    region = make_region(session, requests=1)
    request = region.requests[0]
    join(session, JoinStandby(request.id, 10, 30, ReachedBy.EMAIL), now=NOW)
    join(session, JoinStandby(request.id, 20, 60, ReachedBy.EMAIL), now=NOW)
    row = session.get_one(Standby, request.id)
    assert (row.max_km, row.minutes_needed) == (20, 60)
    for _ in range(2):
        leave(session, request.id, now=NOW)
    assert session.scalars(select(Standby)).all() == []
    assert request.status is RequestStatus.WAITING


def test_nobody_is_listed_whom_we_could_not_reach(session: Session) -> None:
    request = make_region(session, requests=1).requests[0]
    assert ways(session, request.id) == (ReachedBy.EMAIL,)
    for wrong in (
        JoinStandby(request.id, 10, 30, ReachedBy.SMS),
        JoinStandby(request.id, 0, 30, ReachedBy.EMAIL),
        JoinStandby(request.id, 10, 5, ReachedBy.EMAIL),
    ):
        with pytest.raises(InvalidFields):
            join(session, wrong, now=NOW)


def test_who_has_appointments_is_not_on_the_list(session: Session) -> None:
    region = make_region(session, requests=1)
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    with pytest.raises(NotOnStandby):
        join(session, JoinStandby(region.requests[0].id, 10, 30, ReachedBy.EMAIL), now=NOW)


def test_no_more_is_announced_than_can_be_given_today(session: Session) -> None:
    region = make_day(session, doses=12)
    book_pair(session, region.requests[0], region.schedule, (slots_today(session, region)[0],
                                                            region.second_slots[0]))  # fmt: skip
    with pytest.raises(NothingToGive) as refused:
        announced(session, region, 12)
    # one dose is promised today, and for the one in four weeks a whole vial is kept
    assert refused.value.detail == {"doses": 5}
    announced(session, region, 5)


def test_a_call_is_open_once_and_closes(session: Session) -> None:
    region = make_day(session)
    call_id = announced(session, region)
    with pytest.raises(CallThere):
        announced(session, region)
    with pytest.raises(NoSuchCall):
        close_call(session, region.centre.id + 1, call_id, now=NOW)
    close_call(session, region.centre.id, call_id, now=NOW)
    assert ask_wave(session, call_id, now=NOW) == 0
    announced(session, region)


@pytest.mark.parametrize("until", [NOW - MINUTE, NOW + timedelta(days=1), NOW + MINUTE / 2])
def test_a_call_ends_today_in_a_running_session(session: Session, until: object) -> None:
    region = make_day(session)
    with pytest.raises(InvalidFields):
        announce(session, Announce(region.centre.id, region.product.id, 2, until), now=NOW, user_id=1)  # type: ignore[arg-type]


def test_people_are_asked_by_rank_then_distance_a_few_at_a_time(session: Session) -> None:
    region = make_day(session, people=0)
    far = listed(session, region, lat=48.0, priority=1)  # 11 km
    low = listed(session, region, priority=6)
    near = listed(session, region, priority=1)
    listed(session, region, priority=9)
    call_id = announced(session, region, 1)
    assert ask_wave(session, call_id, now=NOW) == 2
    assert [row.request_id for row in invited(session, call_id)] == [near.id, far.id]
    assert ask_wave(session, call_id, now=NOW) == 0  # two think about one dose
    decline(session, invited(session, call_id)[0].id, now=NOW)
    assert ask_wave(session, call_id, now=NOW) == 1
    assert [(row.place, row.wave, row.request_id) for row in invited(session, call_id)][2:] == [
        (3, 2, low.id)
    ]
    assert session.get_one(Standby, low.id).asked_count == 1


def test_who_would_not_come_is_not_asked(session: Session) -> None:
    region = make_day(session, people=0)
    for named in (
        {"lat": 48.2},  # 33 km, and would come from 20
        {"status": RequestStatus.CANCELLED},
        {"wheelchair": True},
    ):
        listed(session, region, **named)
    make_opt_out(session, listed(session, region), MessageKind.SAME_DAY)
    slow = listed(session, region)
    session.get_one(Standby, slow.id).minutes_needed = 240
    other = listed(session, region, kind=RequestKind.SECOND_DOSE, first_product_id=region.product.id,
                   first_given_on=TODAY - timedelta(3))  # fmt: skip
    region.centre.wheelchair = False
    session.flush()
    call_id = announced(session, region)
    assert ask_wave(session, call_id, now=NOW) == 0
    other.first_given_on = TODAY - timedelta(28)
    session.flush()
    assert ask_wave(session, call_id, now=NOW) == 1


def test_everybody_is_told_their_own_way(session: Session) -> None:
    region = make_day(session, people=1)
    by_phone = listed(session, region)
    session.get_one(Standby, by_phone.id).by = ReachedBy.PHONE
    session.flush()
    call_id = announced(session, region)
    ask_wave(session, call_id, now=NOW)
    assert {row.channel for row in invited(session, call_id)} == {
        MessageChannel.EMAIL, MessageChannel.PHONE,
    }  # fmt: skip
    (message,) = session.scalars(select(Message)).all()  # who is called gets none: the centre's list says so
    assert (message.kind, message.request_id) == (MessageKind.SAME_DAY, region.requests[0].id)
    found = invitation_of_token(session, link_token("same_day", call_id, region.requests[0].id))
    assert message.invitation_id == found
    with pytest.raises(NoSuchInvitation):
        invitation_of_token(session, link_token("same_day", call_id, 10**6))


def test_a_yes_books_todays_dose_and_the_second(session: Session) -> None:
    region = make_day(session, people=1)
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    (invitation,) = invited(session, call_id)
    for _ in range(2):
        assert accept(session, invitation.id, now=NOW + MINUTE).status is InvitationStatus.ACCEPTED
    first, second = appointments(session, region.requests[0])
    assert (first.day, second.day) == (TODAY, region.second_day)
    assert first.starts_at >= NOW + 60 * MINUTE  # an hour is what they need
    call = call_of(session, call_id)
    assert (call.confirmed, call.status) == (1, SameDayCallStatus.CLOSED)
    assert sound(session)


def test_one_more_than_there_are_doses_is_too_late(session: Session) -> None:
    region = make_day(session, people=4)
    call_id = announced(session, region, 2)
    assert ask_wave(session, call_id, now=NOW) == 4
    answers = [accept(session, row.id, now=NOW).status for row in invited(session, call_id)]
    assert answers == [InvitationStatus.ACCEPTED] * 2 + [InvitationStatus.TOO_LATE] * 2
    assert call_of(session, call_id).confirmed == 2
    assert sound(session)


def test_a_full_slot_of_today_gets_one_seat_more(session: Session) -> None:
    region = make_day(session, people=2)
    for slot in slots_today(session, region):
        slot.seats = slot.taken
    session.flush()
    call_id = announced(session, region, 2)
    ask_wave(session, call_id, now=NOW)
    for row in invited(session, call_id):
        accept(session, row.id, now=NOW)
    session.expire_all()
    assert sum(slot.seats for slot in slots_today(session, region)) == 2
    assert sum(slot.taken for slot in slots_today(session, region)) == 2


def test_without_a_second_dose_nobody_is_asked_and_nobody_gets_half(session: Session) -> None:
    region = make_day(session, people=2, seats=1, slots=1)
    call_id = announced(session, region, 2)
    assert ask_wave(session, call_id, now=NOW) == 2
    first, last = invited(session, call_id)
    assert accept(session, first.id, now=NOW).status is InvitationStatus.ACCEPTED
    assert accept(session, last.id, now=NOW).status is InvitationStatus.TOO_LATE
    assert appointments(session, session.get_one(Request, last.request_id)) == []
    assert call_of(session, call_id).confirmed == 1  # today's dose is not lost: somebody else may have it
    listed(session, region)
    assert ask_wave(session, call_id, now=NOW) == 0
    assert sound(session)


def test_an_answer_after_its_time_books_nothing(session: Session) -> None:
    region = make_day(session, people=1)
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    (invitation,) = invited(session, call_id)
    late = NOW + 20 * MINUTE
    assert accept(session, invitation.id, now=late).status is InvitationStatus.LAPSED
    assert appointments(session, region.requests[0]) == []
    assert ask_wave(session, call_id, now=late) == 0  # nobody is asked twice for the same doses


def test_silence_lapses_and_the_next_are_asked(session: Session) -> None:
    region = make_day(session, people=3)
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    assert end_due(session, now=NOW + 19 * MINUTE) == 0
    assert end_due(session, now=NOW + 20 * MINUTE) == 2
    assert ask_wave(session, call_id, now=NOW + 20 * MINUTE) == 1
    assert end_due(session, now=UNTIL) == 2  # the third person, and the call itself
    assert call_of(session, call_id).status is SameDayCallStatus.CLOSED


def test_who_got_a_place_meanwhile_keeps_it(session: Session) -> None:
    region = make_day(session, people=1)
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    (invitation,) = invited(session, call_id)
    assert accept(session, invitation.id, now=NOW).status is InvitationStatus.DECLINED
    assert [a.day for a in appointments(session, region.requests[0])] == [
        region.first_day, region.second_day,
    ]  # fmt: skip
    assert call_of(session, call_id).confirmed == 0


def test_a_second_dose_alone_may_be_a_dose_of_the_day(session: Session) -> None:
    region = make_day(session, people=0)
    request = listed(session, region, kind=RequestKind.SECOND_DOSE, first_product_id=region.product.id,
                     first_given_on=TODAY - timedelta(28))  # fmt: skip
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    (invitation,) = invited(session, call_id)
    accept(session, invitation.id, now=NOW)
    (only,) = appointments(session, request)
    assert (only.dose_number, only.day) == (2, TODAY)
    assert sound(session)


def test_nobody_is_asked_by_two_centres_at_once(session: Session) -> None:
    region = make_day(session, people=1)
    first = announced(session, region, 1)
    ask_wave(session, first, now=NOW)
    close_call(session, region.centre.id, first, now=NOW)
    again = announced(session, region, 1)
    assert ask_wave(session, again, now=NOW) == 0
    end_due(session, now=NOW + 20 * MINUTE)
    assert ask_wave(session, again, now=NOW + 20 * MINUTE) == 1


def test_the_invitations_of_a_closed_call_come_too_late(session: Session) -> None:
    region = make_day(session, people=1)
    call_id = announced(session, region, 1)
    ask_wave(session, call_id, now=NOW)
    close_call(session, region.centre.id, call_id, now=NOW)
    (invitation,) = session.scalars(select(SameDayInvitation)).all()
    assert accept(session, invitation.id, now=NOW).status is InvitationStatus.TOO_LATE
