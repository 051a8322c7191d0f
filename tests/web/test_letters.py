"""The agency's letters: print, list, post, print again; every paper with names on it is noted."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.reports.paper import text_of
from tests.web.region import make_region
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.messages import MessageStatus
from vaccination.domain.references import grouped
from vaccination.models.audit import AuditEntry
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked, ask
from vaccination.services.telling.letter_batches import ask_to_make, gather_letters, note_made

ORLEANS = Place("Orléans", "45000", 47.9, 1.9)


@pytest.fixture
def agency(lite_app: Flask, ringing: None) -> Visitor:
    return Visitor(client_of(lite_app, Role.AGENCY), "en")


def a_letter() -> Asked:
    """Somebody has asked and is told so by a letter that is written, and has its posting day."""
    region = make_region()
    moment = now()
    address = "12 rue des Lilas\n45000 Orléans"
    person = PersonDetails("=Martin", "Aline", moment.date().replace(year=1948), address=address)
    with transaction() as session:
        asked = ask(session, AskForDoses(region.programme_id, person, ORLEANS, 30.0), now=moment)
        for message in session.scalars(select(Message)):
            message.status, message.sent_at = MessageStatus.SENT, moment
        session.flush()
        gather_letters(session, region.programme_id, today=moment.date(), now=moment)
    return asked


def made(app: Flask) -> Path:
    """The batch, printed by a worker."""
    path: Path = app.config["SETTINGS"].files_dir / "batches" / "one.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7 made")
    with transaction() as session:
        ids = session.scalars(select(Message.id).where(Message.letter_batch_id == 1)).all()
        ask_to_make(session, 1, now=now(), user_id=1)
        note_made(session, 1, ids, [], file="batches/one.pdf", now=now())
    return path


def noted() -> list[object]:
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "letters_printed"))
        return [entry.facts["what"] for entry in entries]


def test_a_batch_goes_from_gathering_to_the_post(lite_app: Flask, agency: Visitor) -> None:
    a_letter()
    agency.open("/agency/letters")
    assert "gathering" in agency.text
    agency.page = agency.client.post("/agency/letters/1/make", data=agency.form("/agency/letters/1"))
    assert agency.page.status_code == 303
    path = made(lite_app)
    printed = agency.client.post("/agency/letters/1/letters.pdf", data=agency.form("/agency/letters/1"))
    assert (printed.mimetype, printed.data) == ("application/pdf", path.read_bytes())
    agency.client.post("/agency/letters/1/posted", data=agency.form("/agency/letters/1"))
    with transaction() as session:
        assert session.scalars(select(LetterBatch.posted_at)).one() is not None
    again = agency.client.post("/agency/letters/1/posted", data=agency.form("/agency/letters/1"))
    assert again.status_code == 409
    assert noted() == ["file"]


def test_the_posting_list_and_one_letter_again(agency: Visitor) -> None:
    asked = a_letter()
    form = agency.form("/agency/letters/1")
    listed = agency.client.post("/agency/letters/1/list.csv", data=form)
    assert "'=Martin" not in listed.text  # the first name comes first: no formula
    assert 'Aline =Martin,"12 rue des Lilas, 45000 Orléans",' + grouped(asked.reference) in listed.text
    on_paper = agency.client.post("/agency/letters/1/list.pdf", data=form)
    assert grouped(asked.reference) in text_of(on_paper.data)
    again = agency.client.post("/agency/letters/1/letters/1.pdf", data=form)
    assert grouped(asked.secret) in text_of(again.data)
    assert noted() == ["list", "list", "letter"]


def test_a_letter_of_another_batch_and_a_file_that_is_not_there(agency: Visitor) -> None:
    a_letter()
    form = agency.form("/agency/letters/1")
    assert agency.client.post("/agency/letters/1/letters/99.pdf", data=form).status_code == 404
    assert agency.client.post("/agency/letters/1/letters.pdf", data=form).status_code == 409
    assert agency.client.get("/agency/letters/99").status_code == 404
    assert noted() == []


def test_the_envelope_is_chosen_and_a_batch_withdrawn(agency: Visitor) -> None:
    a_letter()
    form = agency.form("/agency/letters/1", paper="c5", large="1")
    agency.page = agency.client.post("/agency/letters/1/layout", data=form, follow_redirects=True)
    assert "C5" in agency.text
    agency.client.post("/agency/letters/1/withdraw", data=agency.form("/agency/letters/1"))
    agency.open("/agency/letters")
    assert "Letters without a posting day" in agency.text
    agency.page = agency.client.post(
        "/agency/letters/gather", data=agency.form("/agency/letters"), follow_redirects=True
    )
    with transaction() as session:
        assert session.scalars(select(Message.letter_batch_id)).all() == [2]
