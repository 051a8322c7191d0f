"""Batches of letters, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_user,
)
from vaccination.domain.actor import Role
from vaccination.domain.letters import LetterBatchStatus, Paper
from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.domain.posting import NoSuchBatch, day_with_room, read_from
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.services.telling.letter_batches import (
    BatchMoved,
    SameBatch,
    ask_to_make,
    batches_to_make,
    gather_letters,
    lay_out,
    letters_read_from,
    mark_posted,
    note_made,
    withdraw_batch,
)

FRIDAY = date(2027, 5, 7)
_number = iter(range(1, 10_000))


def letter(session: Session, programme: Programme, **needs: bool) -> Message:
    """A letter that is written and not posted."""
    request = make_request(session, programme, make_person(session, needs=needs or None))
    message = Message(
        request_id=request.id, kind=MessageKind.RECEIVED, channel=MessageChannel.LETTER, locale="fr",
        status=MessageStatus.SENT, dedupe_key=f"test:{next(_number)}", next_try_at=NOW, created_at=NOW,
        sent_at=NOW,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def batches(session: Session) -> list[LetterBatch]:
    rows = select(LetterBatch).order_by(LetterBatch.post_on, LetterBatch.id)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def gather(session: Session, programme: Programme, today: date = TODAY) -> int:
    return gather_letters(session, programme.id, today=today, now=NOW)


def agent(session: Session) -> int:
    return make_user(session, Role.AGENCY).id


def test_letters_are_spread_over_working_days_so_many_a_day(session: Session) -> None:
    programme = make_programme(session, letters_a_day=2)
    for _ in range(5):
        letter(session, programme)
    assert gather(session, programme, FRIDAY) == 5
    monday = FRIDAY + timedelta(3)
    assert [(b.post_on, b.letters) for b in batches(session)] == [
        (FRIDAY, 2), (monday, 2), (monday + timedelta(1), 1)
    ]  # fmt: skip


def test_gathering_again_adds_to_what_has_room_and_nothing_twice(session: Session) -> None:
    programme = make_programme(session, letters_a_day=2)
    letter(session, programme)
    gather(session, programme)
    assert gather(session, programme) == 0
    letter(session, programme)
    letter(session, programme)
    assert gather(session, programme) == 2
    assert [b.letters for b in batches(session)] == [2, 1]


def test_whom_we_expect_first_is_written_to_first(session: Session) -> None:
    programme = make_programme(session, letters_a_day=1)
    later, soon = letter(session, programme), letter(session, programme)
    centre, schedule = make_centre(session), make_schedule(session, programme, make_product(session))
    for message, starts in ((later, 20), (soon, 6)):
        slots = tuple(make_slots(session, centre, TODAY + timedelta(day))[0] for day in (starts, starts + 28))
        book_pair(session, session.get_one(Request, message.request_id), schedule, slots)
    gather(session, programme)
    first, second = batches(session)
    session.expire_all()
    assert (soon.letter_batch_id, later.letter_batch_id) == (first.id, second.id)


def test_large_print_is_a_batch_of_its_own(session: Session) -> None:
    programme = make_programme(session)
    letter(session, programme)
    letter(session, programme, large_print=True)
    gather(session, programme)
    assert [(b.post_on, b.large_print) for b in batches(session)] == [(TODAY, False), (TODAY, True)]


def test_another_programme_s_letters_stay_with_it(session: Session) -> None:
    letter(session, make_programme(session))
    assert gather(session, make_programme(session, is_active=False)) == 0


def test_mails_are_no_letters(session: Session) -> None:
    programme = make_programme(session)
    letter(session, programme).channel = MessageChannel.EMAIL
    assert gather(session, programme) == 0


def test_a_batch_is_made_once_posted_once_and_closed_for_more(session: Session) -> None:
    programme, user_id = make_programme(session), agent(session)
    message = letter(session, programme)
    gather(session, programme)
    (batch,) = batches(session)
    ask_to_make(session, batch.id, now=NOW, user_id=user_id)
    assert batches_to_make(session) == [batch.id]
    assert note_made(session, batch.id, [message.id], [], file="batches/1.pdf", now=NOW)
    assert not note_made(session, batch.id, [message.id], [], file="batches/2.pdf", now=NOW)
    assert batches_to_make(session) == []
    mark_posted(session, batch.id, now=NOW, user_id=user_id)
    with pytest.raises(BatchMoved):
        mark_posted(session, batch.id, now=NOW, user_id=user_id)
    letter(session, programme)
    gather(session, programme)
    assert [(b.post_on, b.status, b.letters) for b in batches(session)] == [
        (TODAY, LetterBatchStatus.POSTED, 1),
        (TODAY + timedelta(1), LetterBatchStatus.OPEN, 1),
    ]
    assert batches(session)[0].file == "batches/1.pdf"


def test_what_is_no_longer_true_is_left_out_and_what_came_late_goes_later(session: Session) -> None:
    programme = make_programme(session)
    printed, untrue, late = (letter(session, programme) for _ in range(3))
    gather(session, programme)
    (batch,) = batches(session)
    note_made(session, batch.id, [printed.id], [untrue.id], file="batches/1.pdf", now=NOW)
    session.expire_all()
    assert (batch.letters, printed.letter_batch_id) == (1, batch.id)
    assert (untrue.status, untrue.letter_batch_id) == (MessageStatus.FAILED, None)
    assert (late.status, late.letter_batch_id) == (MessageStatus.SENT, None)


def test_letters_of_a_withdrawn_batch_are_gathered_anew(session: Session) -> None:
    programme, user_id = make_programme(session), agent(session)
    message = letter(session, programme)
    gather(session, programme)
    (batch,) = batches(session)
    withdraw_batch(session, batch.id, now=NOW, user_id=user_id)
    assert gather(session, programme) == 1
    session.refresh(message)
    assert message.letter_batch_id != batch.id
    with pytest.raises(BatchMoved):
        mark_posted(session, batch.id, now=NOW, user_id=user_id)


def test_envelope_and_type_are_chosen_before_printing(session: Session) -> None:
    programme, user_id = make_programme(session), agent(session)
    letter(session, programme)
    letter(session, programme, large_print=True)
    gather(session, programme)
    plain, large = batches(session)
    lay_out(session, plain.id, Paper.C5, large=False, now=NOW, user_id=user_id)
    assert batches(session)[0].paper is Paper.C5
    with pytest.raises(SameBatch):
        lay_out(session, plain.id, Paper.DL, large=True, now=NOW, user_id=user_id)
    ask_to_make(session, large.id, now=NOW, user_id=user_id)
    with pytest.raises(BatchMoved):
        lay_out(session, large.id, Paper.C5, large=True, now=NOW, user_id=user_id)


def test_there_is_no_such_batch(session: Session) -> None:
    with pytest.raises(NoSuchBatch):
        mark_posted(session, 404, now=NOW, user_id=agent(session))


def test_a_letter_is_read_some_days_after_the_first_day_with_room(session: Session) -> None:
    programme = make_programme(session, letters_a_day=1, letter_lead_days=4)
    assert letters_read_from(session, programme.id, today=TODAY) == TODAY + timedelta(4)
    letter(session, programme)
    gather(session, programme)
    assert letters_read_from(session, programme.id, today=TODAY) == TODAY + timedelta(5)
    programme.letter_lead_days = 0
    assert letters_read_from(session, programme.id, today=TODAY) == TODAY


def test_nobody_posts_on_a_weekend() -> None:
    saturday = FRIDAY + timedelta(1)
    assert day_with_room(saturday, {}, 0) == FRIDAY + timedelta(3)
    assert day_with_room(FRIDAY, {FRIDAY: 3}, 3) == FRIDAY + timedelta(3)
    assert read_from(FRIDAY, 4) == FRIDAY + timedelta(4)
