"""Doing without some messages, and never without news of a change."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_programme, make_request
from tests.builders_journey import make_opt_out
from vaccination.domain.messages import OPTIONAL_KINDS, MessageChannel, MessageKind
from vaccination.domain.requests import ContactBy
from vaccination.models.audit import AuditEntry
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.services.telling.messages import write_message
from vaccination.services.telling.opt_outs import NotOptional, choose, do_without, unwanted, wanted


@pytest.fixture
def request_(session: Session) -> Request:
    return make_request(session, make_programme(session), make_person(session))


def test_a_choice_replaces_the_one_before(session: Session, request_: Request) -> None:
    choose(session, request_.id, [MessageKind.REMINDER_DAY, MessageKind.INVITATION], now=NOW)
    choose(session, request_.id, [MessageKind.REMINDER_WEEK], now=NOW)
    choose(session, request_.id, [MessageKind.REMINDER_WEEK], now=NOW)
    assert unwanted(session, request_.id) == {MessageKind.REMINDER_WEEK}
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["messages_chosen"] * 2


def test_one_click_adds_to_what_was_chosen(session: Session, request_: Request) -> None:
    choose(session, request_.id, [MessageKind.INVITATION], now=NOW)
    for _ in range(2):
        do_without(session, request_.id, [MessageKind.SAME_DAY], now=NOW)
    assert unwanted(session, request_.id) == {MessageKind.INVITATION, MessageKind.SAME_DAY}


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind not in OPTIONAL_KINDS])
def test_nobody_can_do_without_news(session: Session, request_: Request, kind: MessageKind) -> None:
    with pytest.raises(NotOptional):
        choose(session, request_.id, [kind], now=NOW)
    with pytest.raises(IntegrityError):
        make_opt_out(session, request_, kind)


def test_who_does_without_everything_still_hears_of_a_change(session: Session, request_: Request) -> None:
    choose(session, request_.id, OPTIONAL_KINDS, now=NOW)
    for kind in MessageKind:
        write_message(session, request_.id, kind, about="1", now=NOW)
    told = set(session.scalars(select(Message.kind)))
    assert told == set(MessageKind) - set(OPTIONAL_KINDS)


def test_the_wish_holds_for_a_channel_chosen_for_one_kind(session: Session) -> None:
    programme = make_programme(session)
    asks, not_now = (
        make_request(session, programme, make_person(session), contact_by=ContactBy.LETTER) for _ in "ab"
    )
    choose(session, not_now.id, [MessageKind.SAME_DAY], now=NOW)
    assert wanted(session, MessageKind.SAME_DAY, [not_now.id, asks.id]) == [asks.id]
    for request in (asks, not_now):
        write_message(session, request.id, MessageKind.SAME_DAY, about=str(request.id), now=NOW,
                      channel=MessageChannel.SMS)  # fmt: skip
    rows = session.execute(select(Message.request_id, Message.channel)).all()
    assert [tuple(row) for row in rows] == [(asks.id, MessageChannel.SMS)]
