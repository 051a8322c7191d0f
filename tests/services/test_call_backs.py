"""The list of people to call, on both databases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_programme, make_request, make_user
from vaccination.domain import paging
from vaccination.domain.actor import Role
from vaccination.domain.call_times import TAKEN_FOR, first_call_at
from vaccination.domain.contacts import CallBackReason, CallBackStatus
from vaccination.models.audit import AuditEntry
from vaccination.models.contacts import CallBack
from vaccination.readmodels import call_list
from vaccination.services.telling.call_backs import (
    AskCall,
    CallTaken,
    NoNumber,
    NoSuchCall,
    ask_call,
    end_call,
    give_call_back,
    note_no_answer,
    take_call,
)

PARIS = ZoneInfo("Europe/Paris")
NUMBER = "+33612345678"


def asked(session: Session, **named: object) -> CallBack:
    command = AskCall(**{"reason": CallBackReason.CHANGE, "phone": NUMBER, **named})  # type: ignore[arg-type]
    return session.get_one(CallBack, ask_call(session, command, now=NOW, zone=PARIS), populate_existing=True)


def agent(session: Session) -> int:
    return make_user(session, Role.PHONE).id


@pytest.mark.parametrize(
    ("now", "band", "at"),
    [
        (datetime(2027, 5, 3, 8, tzinfo=UTC), 0, datetime(2027, 5, 3, 8, tzinfo=UTC)),  # it runs
        (datetime(2027, 5, 3, 8, tzinfo=UTC), 1, datetime(2027, 5, 3, 11, tzinfo=UTC)),  # later today
        (datetime(2027, 5, 3, 10, tzinfo=UTC), 0, datetime(2027, 5, 4, 7, tzinfo=UTC)),  # it is over
        (datetime(2027, 5, 8, 18, tzinfo=UTC), 2, datetime(2027, 5, 10, 15, tzinfo=UTC)),  # no Sundays
    ],
)
def test_calls_are_made_in_the_part_of_the_day_that_was_chosen(
    now: datetime, band: int, at: datetime
) -> None:
    assert first_call_at(now, band, PARIS) == at


def test_the_list_comes_in_pages_the_longest_due_first(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.part_of, "__defaults__", (2,))
    calls = [asked(session, phone=f"+3361234567{at}", not_before=date(2027, 5, 13 - at)) for at in range(3)]
    own = asked(session, phone="+33612345680")
    user_id = agent(session)
    take_call(session, own.id, now=NOW, user_id=user_id)
    pages = [call_list.load(session, now=NOW, user_id=user_id, page=asked_for) for asked_for in (1, 2, 9)]
    assert [[line.call_id for line in page.others] for page in pages] == [
        [calls[2].id, calls[1].id], [calls[0].id], [calls[0].id],
    ]  # fmt: skip
    assert {(page.mine[0].call_id, page.part.total) for page in pages} == {(own.id, 3)}


def test_a_call_is_not_made_before_the_day_that_was_named() -> None:
    assert first_call_at(NOW, 0, PARIS, date(2027, 5, 6)) == datetime(2027, 5, 6, 7, tzinfo=UTC)


def test_asked_twice_the_newest_wish_holds(session: Session) -> None:
    request = make_request(session, make_programme(session))
    first = asked(session, request_id=request.id)
    again = asked(session, request_id=request.id, phone="+33698765432", band=2)
    assert (again.id, again.phone, again.band) == (first.id, "+33698765432", 2)
    assert session.scalars(select(CallBack.id)).all() == [first.id]


def test_another_reason_is_another_call(session: Session) -> None:
    request = make_request(session, make_programme(session))
    first = asked(session, request_id=request.id)
    assert asked(session, request_id=request.id, reason=CallBackReason.REPLACEMENT).id != first.id


def test_a_settled_call_does_not_stand_in_the_way_of_the_next(session: Session) -> None:
    request = make_request(session, make_programme(session))
    first, user_id = asked(session, request_id=request.id), agent(session)
    take_call(session, first.id, now=NOW, user_id=user_id)
    end_call(session, first.id, now=NOW, user_id=user_id)
    assert asked(session, request_id=request.id).id != first.id


def test_without_a_number_the_one_that_they_left_is_called(session: Session) -> None:
    person = make_person(session, phone=NUMBER)
    request = make_request(session, make_programme(session), person)
    assert asked(session, request_id=request.id, phone=None).phone == NUMBER


def test_nobody_is_put_on_the_list_without_a_number(session: Session) -> None:
    request = make_request(session, make_programme(session))
    with pytest.raises(NoNumber):
        asked(session, request_id=request.id, phone=None)


def test_a_call_is_made_by_one_agent(session: Session) -> None:
    call, mine = asked(session), agent(session)
    take_call(session, call.id, now=NOW, user_id=mine)
    with pytest.raises(CallTaken):
        take_call(session, call.id, now=NOW + timedelta(minutes=5), user_id=agent(session))
    with pytest.raises(CallTaken):
        end_call(session, call.id, now=NOW, user_id=agent(session))


def test_a_call_that_was_left_lying_may_be_taken_by_anybody(session: Session) -> None:
    call, other = asked(session), agent(session)
    take_call(session, call.id, now=NOW, user_id=agent(session))
    take_call(session, call.id, now=NOW + TAKEN_FOR, user_id=other)
    session.refresh(call)
    assert call.taken_by == other


def test_no_answer_is_tried_again_the_next_day_and_given_up_after_three(session: Session) -> None:
    call, user_id = asked(session), agent(session)
    moment = NOW
    for tries, status in (
        (1, CallBackStatus.WAITING),
        (2, CallBackStatus.WAITING),
        (3, CallBackStatus.GAVE_UP),
    ):
        take_call(session, call.id, now=moment, user_id=user_id)
        assert note_no_answer(session, call.id, now=moment, zone=PARIS, user_id=user_id) is status
        session.refresh(call)
        assert call.tries == tries
        assert status is CallBackStatus.GAVE_UP or call.due_at.date() > moment.date()
        moment = call.due_at
    assert call.done_at is not None


def test_a_call_given_back_waits_for_another(session: Session) -> None:
    call, user_id = asked(session), agent(session)
    take_call(session, call.id, now=NOW, user_id=user_id)
    give_call_back(session, call.id, now=NOW, user_id=user_id)
    session.refresh(call)
    assert (call.status, call.taken_by, call.tries) == (CallBackStatus.WAITING, None, 0)


def test_there_is_no_such_call(session: Session) -> None:
    with pytest.raises(NoSuchCall):
        take_call(session, 404, now=NOW, user_id=agent(session))


def test_the_trail_names_no_number(session: Session) -> None:
    asked(session, name="Léa Martin")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "call_asked")).one()
    assert entry.facts == {"reason": "change"}
