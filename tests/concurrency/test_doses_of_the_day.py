"""A hundred people say yes to twelve doses at once, on PostgreSQL: twelve come, each with a second dose."""

import time
from collections import Counter
from datetime import time as clock

import pytest
from sqlalchemy import func, select, update

from tests.builders import NOW, TODAY, make_slots
from tests.builders_journey import make_invitation, make_same_day_call, make_standby
from tests.concurrency.crowd import at_once
from tests.services.regions import make_region
from vaccination.db import transaction
from vaccination.domain.same_day import InvitationStatus, SameDayCallStatus
from vaccination.models.appointments import Appointment
from vaccination.models.same_day import SameDayCall, SameDayInvitation
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.same_day.answers import accept

PEOPLE, DOSES = 100, 12

pytestmark = pytest.mark.usefixtures("postgres_url")


def asked(people: int = PEOPLE) -> tuple[int, list[int]]:
    """A call for twelve doses, and the invitations of a hundred people; seconds are left for everybody."""
    with transaction() as session:
        region = make_region(session, requests=people, slots=10, seats=20, doses=600)
        make_slots(session, region.centre, TODAY, opens=clock(11), slots=12, seats=1)
        call = make_same_day_call(session, region.centre, region.product, doses=DOSES)
        for request in region.requests:
            make_standby(session, request, minutes_needed=10)
        return call.id, [make_invitation(session, call, request).id for request in region.requests]


def say_yes(invitation_id: int) -> InvitationStatus:
    with transaction() as session:
        return accept(session, invitation_id, now=NOW).status


def test_a_hundred_yes_to_twelve_doses_are_twelve_pairs() -> None:
    call_id, invitations = asked()
    answers = Counter(str(answer) for answer in at_once(say_yes, invitations))
    assert answers == {"accepted": DOSES, "too_late": PEOPLE - DOSES}
    with transaction() as session:
        doses = dict(
            session.execute(
                select(Appointment.dose_number, func.count())
                .where(Appointment.stands == 1)
                .group_by(Appointment.dose_number)
            ).all()
        )
        assert doses == {1: DOSES, 2: DOSES}
        assert session.get_one(SameDayCall, call_id).confirmed == DOSES
        assert broken_invariants(session) == []


def test_the_same_person_pressing_twice_at_once_comes_once() -> None:
    call_id, invitations = asked(1)
    answers = at_once(say_yes, invitations * 4)
    assert answers == [InvitationStatus.ACCEPTED] * 4
    with transaction() as session:
        assert session.get_one(SameDayCall, call_id).confirmed == 1


def cancel(invitation_id: int) -> None:
    with transaction() as session:
        request_id = session.get_one(SameDayInvitation, invitation_id).request_id
        cancel_request(session, request_id, now=NOW)


def counted(call_id: int) -> tuple[int, int, int]:
    """Doses that the call counts as confirmed, invitations that say yes, people who come today."""
    with transaction() as session:
        yes = select(func.count()).where(SameDayInvitation.status == InvitationStatus.ACCEPTED)
        come = select(func.count()).where(Appointment.stands == 1, Appointment.day == TODAY)
        return (
            session.get_one(SameDayCall, call_id).confirmed, session.scalar(yes) or 0,
            session.scalar(come) or 0,
        )  # fmt: skip


def test_some_give_their_dose_back_while_others_say_yes() -> None:
    call_id, invitations = asked(40)
    coming, others = invitations[:DOSES], invitations[DOSES:]
    for invitation_id in coming:
        assert say_yes(invitation_id) is InvitationStatus.ACCEPTED

    def answer(what: tuple[bool, int]) -> object:
        is_yes, invitation_id = what
        return say_yes(invitation_id) if is_yes else cancel(invitation_id)

    crowd = [(False, i) for i in coming[:8]] + [(True, i) for i in others]
    answers = at_once(answer, crowd)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    said, yes, come = counted(call_id)
    assert said == yes == come, "what is counted is who comes"
    assert DOSES - 8 <= come <= DOSES
    with transaction() as session:
        call = session.get_one(SameDayCall, call_id)
        assert call.status is (SameDayCallStatus.CLOSED if come == DOSES else SameDayCallStatus.OPEN)
        assert broken_invariants(session) == []


def test_counting_back_by_what_was_read_forgets_doses() -> None:
    """The naive way: read how many are confirmed, think, write one less."""
    call_id, invitations = asked(DOSES)
    for invitation_id in invitations:
        say_yes(invitation_id)

    def naive(_: int) -> None:
        with transaction() as session:
            read = session.scalar(select(SameDayCall.confirmed).where(SameDayCall.id == call_id)) or 0
            time.sleep(0.3)
            session.execute(update(SameDayCall).where(SameDayCall.id == call_id).values(confirmed=read - 1))

    at_once(naive, invitations[:6])
    assert counted(call_id)[0] > DOSES - 6


def test_counting_first_and_writing_after_gives_more_than_there_is() -> None:
    """The naive way, to show that the race is real: look, think, write."""
    _, invitations = asked(24)

    def naive(invitation_id: int) -> None:
        with transaction() as session:
            said = func.count().filter(SameDayInvitation.status == InvitationStatus.DECLINED)
            if (session.scalar(select(said)) or 0) >= DOSES:
                return
            time.sleep(0.3)
            row = session.get_one(SameDayInvitation, invitation_id)
            row.status, row.answered_at = InvitationStatus.DECLINED, NOW  # stands for a yes

    at_once(naive, invitations)
    with transaction() as session:
        said_yes = select(func.count()).where(SameDayInvitation.status == InvitationStatus.DECLINED)
        assert (session.scalar(said_yes) or 0) > DOSES
