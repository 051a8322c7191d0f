"""Messages: told once, claimed once, tried again, given up in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_programme, make_request
from tests.builders_journey import make_disruption, make_replacement
from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.domain.requests import ContactBy
from vaccination.models.messages import Message
from vaccination.services.telling.messages import (
    Links,
    claim_messages,
    has_messages_due,
    note_failed,
    note_not_yet,
    note_sent,
    put_off,
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


@pytest.mark.parametrize("email", ["a@example.org", None])
def test_text_messages_go_to_a_number(session: Session, email: str | None) -> None:
    phone = "+33612345678"
    assert _message(session, ContactBy.SMS, email=email, phone=phone).channel is MessageChannel.SMS
    assert _message(session, ContactBy.LETTER, phone=phone).channel is MessageChannel.LETTER


def test_who_wants_to_be_called_gets_a_letter_and_a_call(session: Session) -> None:
    programme = make_programme(session, is_active=False)
    person = make_person(session, email=None, phone="+33612345678")
    request = make_request(session, programme, person, contact_by=ContactBy.LETTER, by_phone=True)
    for _ in range(2):
        write_message(session, request.id, MessageKind.RECEIVED, about="1", now=NOW)
        write_message(session, request.id, MessageKind.CONFIRMED, about="1", now=NOW)
        write_message(session, request.id, MessageKind.REMINDER_TWO_DAYS, about="1", now=NOW)
    rows = session.execute(select(Message.kind, Message.channel).order_by(Message.id))
    assert [(row.kind, row.channel) for row in rows] == [
        (MessageKind.RECEIVED, MessageChannel.LETTER),
        (MessageKind.CONFIRMED, MessageChannel.LETTER),
        (MessageKind.CONFIRMED, MessageChannel.PHONE),
        (MessageKind.REMINDER_TWO_DAYS, MessageChannel.PHONE),
    ]


def test_a_message_leads_to_its_row(session: Session) -> None:
    programme = make_programme(session, is_active=False)
    request = make_request(session, programme, make_person(session))
    replacement = make_replacement(session, make_disruption(session, programme), request)
    links = Links(replacement_id=replacement.id)
    write_message(session, request.id, MessageKind.REPLACED, about="1", now=NOW, links=links)
    assert session.scalars(select(Message.replacement_id)).one() == replacement.id


def test_what_a_message_is_about_is_short(session: Session) -> None:
    with pytest.raises(ValueError, match="ids"):
        write_message(session, 1, MessageKind.CHANGED, about="x" * 41, now=NOW)


def test_putting_off_is_no_try(session: Session) -> None:
    message = _message(session)
    claim_messages(session, 10, NOW)
    put_off(session, message.id, NOW + timedelta(hours=9))
    session.refresh(message)
    assert (message.status, message.tries) == (MessageStatus.CREATED, 0)
    assert claim_messages(session, 10, NOW + timedelta(hours=8)) == []
    assert claim_messages(session, 10, NOW + timedelta(hours=9)) == [message.id]


def test_a_number_that_the_gateway_gives_twice_is_kept_once(session: Session) -> None:
    first, second = _message(session), _message(session)
    note_sent(session, first.id, now=NOW, provider_ref="4", segments=2)
    note_sent(session, second.id, now=NOW, provider_ref="4", segments=1)
    rows = session.execute(select(Message.provider_ref, Message.segments).order_by(Message.id))
    assert [tuple(row) for row in rows] == [("4", 2), (None, 1)]


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
