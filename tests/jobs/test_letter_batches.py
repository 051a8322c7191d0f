"""A batch of letters becomes one file: every letter on a front side, and only what is still true."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.jobs.test_messages import asked, told
from tests.reports.paper import reader, text_of
from tests.web.region import Region, make_region, plan
from tests.web.staff import make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.letters import LetterBatchStatus
from vaccination.domain.messages import MessageKind, MessageStatus
from vaccination.domain.references import grouped
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.telling.letter_batches import ask_to_make
from vaccination.settings import Settings
from web.jobs import letter_batches, messages

ADDRESS = "12 rue des Lilas\n45000 Orléans"


@pytest.fixture
def region(worker: Settings) -> Region:
    return make_region()


def ask_for_the_batch() -> int:
    """The agency wants the only batch printed."""
    user_id = make_staff("post", Grant(Role.AGENCY))
    with transaction() as session:
        batch_id = session.scalars(select(LetterBatch.id)).one()
        ask_to_make(session, batch_id, now=now(), user_id=user_id)
    return batch_id


def the_batch() -> LetterBatch:
    with transaction() as session:
        return session.scalars(select(LetterBatch)).one()


def test_letters_are_gathered_printed_and_found_again(worker: Settings, region: Region) -> None:
    one = asked(region, "Aline", address=ADDRESS)
    plan(region, one.request_id)
    told(MessageKind.CONFIRMED, one.request_id)
    two = asked(region, "Bruno", address=ADDRESS)
    messages.deliver_batch()
    letter_batches.gather()
    assert (the_batch().letters, the_batch().status) == (3, LetterBatchStatus.OPEN)
    ask_for_the_batch()
    letter_batches.gather()  # the bell was lost: the next round prints it
    batch = the_batch()
    assert (batch.letters, batch.status) == (3, LetterBatchStatus.MADE)
    pdf = (worker.files_dir / batch.file).read_bytes()
    pages = [page.extract_text().replace("\u00a0", " ") for page in reader(pdf).pages]
    for reference in (one.reference, two.reference):
        assert grouped(reference) in text_of(pdf)
    fronts = [number for number, text in enumerate(pages) if "Votre référence" in text and "Bonjour" in text]
    assert [number % 2 for number in fronts] == [0, 0, 0]


def test_what_is_no_longer_true_is_not_printed(worker: Settings, region: Region) -> None:
    gone = asked(region, "Aline", address=ADDRESS)
    stays = asked(region, "Bruno", address=ADDRESS)
    messages.deliver_batch()
    letter_batches.gather()
    with transaction() as session:
        cancel_request(session, gone.request_id, now=now(), reason="")
    letter_batches.make_letter_batch(ask_for_the_batch())
    batch = the_batch()
    text = text_of((worker.files_dir / batch.file).read_bytes())
    assert (grouped(gone.reference) in text, grouped(stays.reference) in text) == (False, True)
    assert batch.letters == 1
    with transaction() as session:
        received = select(Message.status).where(Message.request_id == gone.request_id)
        kept = session.scalars(received.where(Message.kind == MessageKind.RECEIVED)).one()
    assert kept is MessageStatus.FAILED


def test_a_batch_is_printed_once_however_often_the_bell_rings(worker: Settings, region: Region) -> None:
    asked(region, "Aline", address=ADDRESS)
    messages.deliver_batch()
    letter_batches.gather()
    batch_id = ask_for_the_batch()
    letter_batches.make_letter_batch(batch_id)
    first = the_batch().made_at
    letter_batches.make_letter_batch(batch_id)
    assert the_batch().made_at == first


def test_old_letters_are_not_posted_again(worker: Settings, region: Region) -> None:
    asked(region, "Aline", address=ADDRESS)
    messages.deliver_batch()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.sent_at = now() - timedelta(days=40)
    letter_batches.gather()
    with transaction() as session:
        assert session.scalars(select(LetterBatch.id)).all() == []
