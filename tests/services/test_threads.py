"""Writing to a centre and being answered: one conversation, nothing said twice, nothing said in a mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, book_pair, make_centre, make_person, make_request, make_user
from tests.services.regions import Region, make_region
from vaccination.domain.actor import Role
from vaccination.domain.contacts import ThreadStatus, ThreadSubject
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestStatus
from vaccination.models.audit import AuditEntry
from vaccination.models.contacts import Thread, ThreadLine
from vaccination.models.messages import Message
from vaccination.queries.own_centres import own_centres
from vaccination.readmodels import conversations, outgoing
from vaccination.readmodels.conversations import NoSuchConversation
from vaccination.services.telling.threads import (
    LONGEST_LINE,
    MOST_A_DAY,
    AnswerThread,
    BadLine,
    NewerLine,
    NoSuchThread,
    NotYourCentre,
    ThreadClosed,
    TooManyLines,
    WriteToCentre,
    answer_thread,
    close_thread,
    has_unread_answer,
    note_call_wanted,
    note_read,
    write_to_centre,
)

QUESTION = "May my daughter come with me?"
SEEN = 10**9  # whatever there was


def write(
    session: Session, region: Region, text: str = QUESTION, *, centre_id: int = 0, after: int = 0
) -> int:
    command = WriteToCentre(
        region.requests[0].id, centre_id or region.centre.id, ThreadSubject.APPOINTMENT, text
    )
    return write_to_centre(session, command, now=NOW + timedelta(seconds=after))


def lines(session: Session, thread_id: int) -> list[tuple[int | None, str]]:
    rows = select(ThreadLine.user_id, ThreadLine.text).where(ThreadLine.thread_id == thread_id)
    return [(user_id, text) for user_id, text in session.execute(rows.order_by(ThreadLine.id))]


def test_who_has_no_appointment_writes_to_the_nearest_open_centre(session: Session) -> None:
    region = make_region(session)
    make_centre(session, lat=48.5, lon=2.5)
    make_centre(session, lat=47.9, lon=1.91, is_open=False)
    assert [centre.id for centre in own_centres(session, region.requests[0].id)] == [region.centre.id]


def test_who_has_appointments_writes_to_their_centres(session: Session) -> None:
    region = make_region(session)
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    assert [centre.id for centre in own_centres(session, region.requests[0].id)] == [region.centre.id]


def test_a_centre_that_has_nothing_to_do_with_them_is_refused(session: Session) -> None:
    region = make_region(session)
    stranger = make_centre(session, lat=48.5, lon=2.5)
    with pytest.raises(NotYourCentre):
        write(session, region, centre_id=stranger.id)


def test_writing_again_goes_on_in_the_same_conversation(session: Session) -> None:
    region = make_region(session)
    first, again = write(session, region), write(session, region, "And my son?", after=5)
    assert first == again
    assert lines(session, first) == [(None, QUESTION), (None, "And my son?")]


def test_the_same_form_sent_twice_says_it_once(session: Session) -> None:
    region = make_region(session)
    thread_id = write(session, region)
    write(session, region, after=1)
    assert lines(session, thread_id) == [(None, QUESTION)]


def test_an_answer_waits_for_the_person_and_a_message_says_only_so(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id = write(session, region)
    command = AnswerThread(region.centre.id, thread_id, "Yes, both of you.", SEEN)
    for _ in range(2):
        answer_thread(session, command, now=NOW, user_id=user.id)
    assert lines(session, thread_id)[1:] == [(user.id, "Yes, both of you.")]
    message = session.scalars(select(Message)).one()
    assert (message.kind, message.thread_id) == (MessageKind.ANSWERED, thread_id)
    assert "Yes" not in repr([vars(entry) for entry in session.scalars(select(AuditEntry))])
    thread = session.get_one(Thread, thread_id)
    assert (thread.status, thread.unread_staff, thread.unread_person) == (ThreadStatus.ANSWERED, False, True)


def test_whoever_has_cancelled_hears_of_the_answer_too(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id = write(session, region)
    region.requests[0].status = RequestStatus.CANCELLED
    answer_thread(session, AnswerThread(region.centre.id, thread_id, "Yes.", SEEN), now=NOW, user_id=user.id)
    out = outgoing.load(session, session.scalars(select(Message.id)).one())
    assert out is not None and out.is_still_true


def test_an_answer_is_unread_until_it_is_read_or_written_to(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    request_id = region.requests[0].id
    thread_id = write(session, region)
    assert not has_unread_answer(session, request_id)
    answer_thread(session, AnswerThread(region.centre.id, thread_id, "Yes.", SEEN), now=NOW, user_id=user.id)
    assert has_unread_answer(session, request_id)
    note_read(session, request_id)
    assert not has_unread_answer(session, request_id)
    answer_thread(session, AnswerThread(region.centre.id, thread_id, "Oui.", SEEN), now=NOW, user_id=user.id)
    write(session, region, "Thank you")
    session.expire_all()
    assert not has_unread_answer(session, request_id)


def test_a_closed_conversation_takes_no_answer_and_the_next_words_open_another(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id = write(session, region)
    for _ in range(2):
        close_thread(session, thread_id, region.centre.id, seen=SEEN, now=NOW, user_id=user.id)
    with pytest.raises(ThreadClosed):
        answer_thread(
            session, AnswerThread(region.centre.id, thread_id, "Yes.", SEEN), now=NOW, user_id=user.id
        )
    assert write(session, region) != thread_id


def test_another_centre_finds_no_such_conversation(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id, other = write(session, region), make_centre(session)
    with pytest.raises(NoSuchThread):
        answer_thread(session, AnswerThread(other.id, thread_id, "Yes.", SEEN), now=NOW, user_id=user.id)
    with pytest.raises(NoSuchThread):
        close_thread(session, thread_id, other.id, seen=SEEN, now=NOW, user_id=user.id)
    with pytest.raises(NoSuchConversation):
        conversations.of_centre(session, other.id, thread_id)


def test_what_came_in_while_the_answer_was_written_stays_unread(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id = write(session, region)
    seen = conversations.of_centre(session, region.centre.id, thread_id).last_line
    write(session, region, "And my son?", after=1)
    with pytest.raises(NewerLine):
        close_thread(session, thread_id, region.centre.id, seen=seen, now=NOW, user_id=user.id)
    answer_thread(session, AnswerThread(region.centre.id, thread_id, "Yes.", seen), now=NOW, user_id=user.id)
    thread = session.get_one(Thread, thread_id)
    assert (thread.status, thread.unread_staff, thread.unread_person) == (ThreadStatus.OPEN, True, True)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST_LINE + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(BadLine):
        WriteToCentre(1, 1, ThreadSubject.OTHER, text)
    with pytest.raises(BadLine):
        AnswerThread(1, 1, text, 0)


def test_a_flood_is_stopped_and_goes_on_the_next_day(session: Session) -> None:
    region = make_region(session)
    for n in range(MOST_A_DAY):
        write(session, region, f"{n}")
    with pytest.raises(TooManyLines):
        write(session, region, "one more")
    write(session, region, "one more", after=24 * 3600 + 1)


def test_an_erased_person_writes_no_more(session: Session) -> None:
    region = make_region(session)
    person = make_person(session, erased_at=NOW)
    region.requests.insert(0, make_request(session, region.programme, person))
    with pytest.raises(NoSuchThread):
        write(session, region)


def test_the_inbox_counts_what_nobody_has_answered_and_shows_it_first(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    answered = write(session, region)
    answer_thread(session, AnswerThread(region.centre.id, answered, "Yes.", SEEN), now=NOW, user_id=user.id)
    command = WriteToCentre(region.requests[1].id, region.centre.id, ThreadSubject.PAPERS, "Which papers?")
    waiting = write_to_centre(session, command, now=NOW + timedelta(hours=1))
    note_call_wanted(session, region.requests[1].id, region.centre.id)
    session.expire_all()
    shown = conversations.inbox(session, region.centre.id, closed=False)
    assert [line.thread_id for line in shown.lines] == [waiting, answered]
    assert [line.call_me for line in shown.lines] == [True, False]
    assert shown.unread == 1
    assert not conversations.inbox(session, region.centre.id, closed=True).lines
    counts = {choice.centre_id: choice.unread for choice in conversations.choices(session, None)}
    assert counts[region.centre.id] == 1


def test_a_conversation_is_shown_whole_to_both_sides(session: Session) -> None:
    region, user = make_region(session), make_user(session, Role.DESK)
    thread_id = write(session, region)
    answer_thread(session, AnswerThread(region.centre.id, thread_id, "Yes.", SEEN), now=NOW, user_id=user.id)
    (own,) = conversations.of_request(session, region.requests[0].id)
    assert own == conversations.of_centre(session, region.centre.id, thread_id)
    assert [(line.by, line.text) for line in own.said] == [("", QUESTION), (user.display_name, "Yes.")]
    assert conversations.of_request(session, region.requests[1].id) == ()
