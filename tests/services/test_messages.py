"""Messages: told once, claimed once, tried again, given up in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_programme, make_request
from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.domain.requests import ContactBy
from vaccination.models.messages import Message
from vaccination.services.messages import (
    claim_messages,
    has_messages_due,
    note_failed,
    note_not_yet,
    note_sent,
    write_message,
    write_messages,
)


def _message(session: Session, contact_by: ContactBy = ContactBy.EMAIL, **person: object) -> Message:
    programme = make_programme(session, is_active=False)
    request = make_request(session, programme, make_person(session, **person), contact_by=contact_by)
    write_message(session, request.id, MessageKind.RECEIVED, about=str(request.id), now=NOW)
    return session.scalars(select(Message).where(Message.request_id == request.id)).one()


@pytest.mark.parametrize(
    ("contact_by", "email", "channel"),
    [
        (ContactBy.EMAIL, "a@example.org", MessageChannel.EMAIL),
        (ContactBy.EMAIL, None, MessageChannel.LETTER),
        (ContactBy.LETTER, "a@example.org", MessageChannel.LETTER),
        (ContactBy.SMS, "a@example.org", MessageChannel.EMAIL),
        (ContactBy.SMS, None, MessageChannel.LETTER),
    ],
)
def test_the_channel_is_the_one_asked_for_if_it_can_be(
    session: Session, contact_by: ContactBy, email: str | None, channel: MessageChannel
) -> None:
    assert _message(session, contact_by, email=email).channel is channel


def test_the_same_thing_is_told_once(session: Session) -> None:
    request_id = _message(session).request_id
    about = f"{request_id}:7"
    for _ in range(2):
        write_message(session, request_id, MessageKind.CONFIRMED, about=about, now=NOW)
        write_messages(session, [request_id], MessageKind.CONFIRMED, [about], NOW)
    kept = session.scalars(select(Message.dedupe_key).where(Message.kind == MessageKind.CONFIRMED)).all()
    assert kept == [f"confirmed:{about}"]


def test_each_request_needs_something_to_tell(session: Session) -> None:
    with pytest.raises(ValueError, match="each request"):
        write_messages(session, [1, 2], MessageKind.CONFIRMED, ["1"], NOW)


def test_a_claimed_message_is_nobody_elses_until_its_lease_ends(session: Session) -> None:
    message = _message(session)
    assert claim_messages(session, 10, NOW) == [message.id]
    assert claim_messages(session, 10, NOW + timedelta(minutes=9)) == []
    assert claim_messages(session, 10, NOW + timedelta(minutes=10)) == [message.id]


def test_letters_are_claimed_apart_and_oldest_first(session: Session) -> None:
    letter = _message(session, ContactBy.LETTER)
    mails = [_message(session) for _ in range(3)]
    assert claim_messages(session, 2, NOW) == [mails[0].id, mails[1].id]
    assert claim_messages(session, 9, NOW, MessageChannel.LETTER) == [letter.id]


def test_a_sent_message_is_done(session: Session) -> None:
    message = _message(session)
    claim_messages(session, 1, NOW)
    note_sent(session, message.id, now=NOW)
    session.refresh(message)
    assert (message.status, message.sent_at) == (MessageStatus.SENT, NOW)
    assert not has_messages_due(session, NOW + timedelta(days=9))


def test_a_bad_address_is_not_tried_again(session: Session) -> None:
    message = _message(session)
    claim_messages(session, 1, NOW)
    note_failed(session, message.id, "x" * 500)
    session.refresh(message)
    assert message.status is MessageStatus.FAILED
    assert len(message.failure) == 200
    assert claim_messages(session, 1, NOW + timedelta(days=9)) == []


def test_a_resting_server_is_tried_again_ever_later_and_given_up_after_a_day(session: Session) -> None:
    message = _message(session)
    moment, waits = NOW, []
    while claim_messages(session, 1, moment):
        note_not_yet(session, message.id, "busy", now=moment)
        session.refresh(message)
        if message.status is MessageStatus.FAILED:
            break
        waits.append(message.next_try_at - moment)
        moment = message.next_try_at
    assert message.status is MessageStatus.FAILED
    assert waits == sorted(waits)
    assert timedelta(hours=20) < moment - NOW < timedelta(hours=30)
