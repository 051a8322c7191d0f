"""What comes back is noted once, and the news goes another way by itself."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_programme, make_request
from tests.builders_journey import make_message
from vaccination.domain import paging
from vaccination.domain.messages import NO_LONGER_TRUE, MessageChannel, MessageKind, MessageStatus
from vaccination.models.messages import Message
from vaccination.readmodels import undelivered
from vaccination.services.telling.bounces import (
    NoOtherWay,
    NoSuchMessage,
    note_bounced,
    note_received,
    send_another_way,
)
from vaccination.services.telling.messages import note_failed

EVERYTHING = {"email": "a@example.org", "phone": "+33612345678", "address": "1 rue\n45000 Orléans"}


def sent(session: Session, channel: MessageChannel, kind: MessageKind, **person: object) -> Message:
    programme = make_programme(session)
    request = make_request(session, programme, make_person(session, **{**EVERYTHING, **person}))
    return make_message(session, request, kind=kind, channel=channel, status=MessageStatus.SENT,
                        dedupe_key=f"{kind.value}:{request.id}", sent_at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "channel", "person", "way"),
    [
        (MessageKind.CHANGED, MessageChannel.SMS, {}, MessageChannel.EMAIL),
        (MessageKind.CHANGED, MessageChannel.SMS, {"email": None}, MessageChannel.LETTER),
        (MessageKind.CHANGED, MessageChannel.EMAIL, {}, MessageChannel.LETTER),
        (MessageKind.CHANGED, MessageChannel.EMAIL, {"address": None}, MessageChannel.PHONE),
        (MessageKind.CHANGED, MessageChannel.EMAIL, {"address": None, "phone": None}, None),
        (MessageKind.CHANGED, MessageChannel.LETTER, {}, MessageChannel.PHONE),
        (MessageKind.REMINDER_DAY, MessageChannel.EMAIL, {}, None),  # not worth a letter nor a call
        (MessageKind.REMINDER_DAY, MessageChannel.SMS, {}, MessageChannel.EMAIL),
        (MessageKind.REMINDER_TWO_DAYS, MessageChannel.SMS, {"email": None}, MessageChannel.PHONE),
    ],
)
def test_where_it_goes_next(
    session: Session,
    kind: MessageKind,
    channel: MessageChannel,
    person: dict[str, object],
    way: MessageChannel | None,
) -> None:
    message = sent(session, channel, kind, **person)
    assert note_bounced(session, message.id, "5.1.1", now=NOW) is way
    assert note_bounced(session, message.id, "5.1.1", now=NOW) is None
    others = session.scalars(select(Message).where(Message.id != message.id)).all()
    assert [(m.kind, m.channel, m.status, m.request_id, m.failure) for m in others] == (
        [(kind, way, MessageStatus.CREATED, message.request_id, "5.1.1")] if way else []
    )
    session.refresh(message)
    assert (message.bounced_at, message.bounce) == (NOW, "5.1.1")


def test_what_was_received_has_not_come_back(session: Session) -> None:
    message = sent(session, MessageChannel.SMS, MessageKind.CHANGED)
    note_received(session, message.id, now=NOW)
    assert note_bounced(session, message.id, "sms expired", now=NOW) is None
    session.refresh(message)
    assert (message.received_at, message.bounced_at) == (NOW, None)


def test_a_mail_and_then_the_letter_may_both_come_back(session: Session) -> None:
    message = sent(session, MessageChannel.EMAIL, MessageKind.CHANGED)
    note_bounced(session, message.id, "5.1.1", now=NOW)
    letter = session.scalars(select(Message).where(Message.channel == MessageChannel.LETTER)).one()
    letter.status = MessageStatus.SENT
    session.flush()
    assert note_bounced(session, letter.id, "returned", now=NOW) is MessageChannel.PHONE


def test_staff_see_what_failed_and_send_it_on_once(session: Session) -> None:
    message = sent(session, MessageChannel.EMAIL, MessageKind.CHANGED)
    note_failed(session, message.id, "refused by the mail server (550)")
    page = undelivered.load(session, now=NOW)
    assert [(m.message_id, m.next_way, m.needs_somebody) for m in page.messages] == [
        (message.id, MessageChannel.LETTER, True)
    ]
    for _ in range(2):
        send_another_way(session, message.id, now=NOW)
    page = undelivered.load(session, now=NOW)
    assert [(m.followed_by, m.next_way) for m in page.messages] == [(MessageChannel.LETTER, None)]
    assert page.waiting == 0


def test_the_list_comes_in_pages_those_without_a_way_on_first(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.part_of, "__defaults__", (2,))
    failed = []
    programme = make_programme(session)
    for _ in range(5):
        request = make_request(session, programme, make_person(session, **EVERYTHING))
        message = make_message(session, request, kind=MessageKind.CHANGED, channel=MessageChannel.EMAIL,
                               status=MessageStatus.SENT, dedupe_key=f"changed:{request.id}",
                               sent_at=NOW)  # fmt: skip
        note_failed(session, message.id, "refused")
        failed.append(message.id)
    for message_id in failed[3:]:
        send_another_way(session, message_id, now=NOW)
    pages = [undelivered.load(session, now=NOW, page=asked) for asked in (-1, 2, 3, 10**30)]
    assert [[m.message_id for m in page.messages] for page in pages] == [
        [failed[2], failed[1]], [failed[0], failed[4]], [failed[3]], [failed[3]],
    ]  # fmt: skip
    assert {(page.waiting, page.part.total, page.part.pages) for page in pages} == {(3, 5, 3)}


def test_news_that_was_overtaken_is_nobodys_work(session: Session) -> None:
    message = sent(session, MessageChannel.EMAIL, MessageKind.CHANGED)
    note_failed(session, message.id, NO_LONGER_TRUE)
    assert undelivered.load(session, now=NOW).messages == ()


def test_where_nothing_is_left_staff_are_told(session: Session) -> None:
    message = sent(session, MessageChannel.EMAIL, MessageKind.CHANGED, address=None, phone=None)
    with pytest.raises(NoOtherWay):
        send_another_way(session, message.id, now=NOW)
    with pytest.raises(NoSuchMessage):
        send_another_way(session, message.id + 1, now=NOW)


def test_the_figures_of_the_last_weeks(session: Session) -> None:
    message = sent(session, MessageChannel.SMS, MessageKind.CHANGED)
    message.segments = 2
    session.flush()
    note_bounced(session, message.id, "sms undeliverable", now=NOW)
    figures = {f.channel: f for f in undelivered.load(session, now=NOW).figures}
    text = figures[MessageChannel.SMS]
    assert (text.sent, text.received, text.undelivered, text.segments) == (1, 0, 1, 2)
    assert figures[MessageChannel.EMAIL].sent == 0
