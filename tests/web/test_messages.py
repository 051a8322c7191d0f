"""Pages of messages: words to change, messages to do without, receipts, what did not arrive."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import make_person, make_programme, make_request
from tests.builders_journey import make_message
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain import paging
from vaccination.domain.actor import Role
from vaccination.domain.messages import REMINDERS, MessageChannel, MessageKind, MessageStatus
from vaccination.models.messages import Message
from vaccination.models.texts import EditedText
from vaccination.security.link_tokens import link_token
from vaccination.services.telling.messages import note_failed
from vaccination.services.telling.opt_outs import unwanted
from web import queue

TEXT = "/agency/texts/reminder_day/sms/fr"
MAIL = "/agency/texts/confirmed/email/en"


@pytest.fixture(autouse=True)
def bell(redis_url: str) -> Iterator[None]:
    queue.bind(redis_url)
    yield
    queue.unbind()


@pytest.fixture
def agency(app: Flask) -> Visitor:
    with transaction() as session:
        make_programme(session, sms_segment_cents=6.5)
    return Visitor(client_of(app, Role.AGENCY), "en")


def kept() -> list[tuple[str, int]]:
    with transaction() as session:
        return [(row.body, row.version) for row in session.scalars(select(EditedText))]


def sent(channel: MessageChannel = MessageChannel.SMS, **person: str | None) -> tuple[int, int]:
    """A message that left; its number and its request's."""
    contact = {"email": "lea@example.org", "phone": "+33612345678", "address": None, **person}
    with transaction() as session:
        request = make_request(
            session, make_programme(session, is_active=False), make_person(session, **contact)
        )
        message = make_message(session, request, kind=MessageKind.ANSWERED, channel=channel,
                               status=MessageStatus.SENT, sent_at=now(), created_at=now())  # fmt: skip
        return message.id, request.id


def test_the_standard_words_are_shown_with_what_they_cost(agency: Visitor) -> None:
    agency.open("/agency/texts")
    assert "Reminder, the day before" in agency.text
    agency.open(TEXT)
    assert "Rappel, RDV demain : {appointments}." in agency.text
    assert "1 text message" in agency.text and "6.5 cents" in agency.text


def test_every_text_of_the_files_can_be_kept_as_it_is(app: Flask, agency: Visitor) -> None:
    """What people are given to change is sound, in every kind, channel and language."""
    rules = paths_of(agency)
    assert len(rules) == 2 * (12 + 12 + 8)
    for path in rules:
        agency.open(path)
        form = {
            name: field_of(agency, name) for name in ("subject", "body") if f'name="{name}"' in agency.text
        }
        agency.send(path, version="0", **form)
        assert agency.faults == {}, path
    assert len(kept()) == len(rules)


def test_a_preview_keeps_nothing(agency: Visitor) -> None:
    agency.send(TEXT, body="À demain ! {appointments} ☺", version="0", preview="1")
    assert kept() == []
    assert "letters of a wide alphabet" in agency.text and "These letters make it dearer: ☺" in agency.text
    assert "A demain" in agency.text


def test_a_broken_text_is_refused_beside_its_field(agency: Visitor) -> None:
    agency.send(TEXT, body="Votre vaccin, {nom}", version="0")
    assert agency.page.status_code == 400
    assert agency.faults == {"body": "{nom} cannot stand here"}
    assert "Votre vaccin, {nom}" in agency.text
    agency.send(TEXT, body="RDV {appointments} pour votre vaccin", version="0", preview="1")
    assert "“vaccin” tells strangers" in agency.faults["body"]
    agency.send(MAIL, subject="Your vaccination", body="{appointments}\n\n{reference} {secret}", version="0")
    assert "subject" in agency.faults
    assert kept() == []


def test_words_are_kept_and_given_up_again(agency: Visitor) -> None:
    agency.send(TEXT, body="Demain : {appointments}", version="0")
    assert kept() == [("Demain : {appointments}", 1)]
    assert "Your own words" in agency.text
    agency.send(TEXT, body="Autre : {appointments}", version="0")  # as loaded before the first was kept
    assert agency.page.status_code == 409
    assert kept() == [("Demain : {appointments}", 1)]
    agency.client.post(f"{TEXT}/standard", data=agency.form(TEXT))
    assert kept() == []


@pytest.mark.parametrize(
    "text", ["nothing/sms/fr", "reminder_day/letter/fr", "changed/sms/xx", "changed/phone/fr"]
)
def test_an_address_that_names_no_text_leads_nowhere(agency: Visitor, text: str) -> None:
    assert agency.open(f"/agency/texts/{text}").status_code == 404


def opt_out(request_id: int, kind: str = "reminder_day") -> str:
    return f"/fewer-messages/{request_id}/{kind}/{link_token('opt_out', request_id)}"


def without(request_id: int) -> set[MessageKind]:
    with transaction() as session:
        return set(unwanted(session, request_id))


def test_a_mail_program_unsubscribes_with_one_post(app: Flask) -> None:
    _, request_id = sent()
    machine = app.test_client(use_cookies=False)
    assert machine.get(opt_out(request_id)).status_code == 200
    assert without(request_id) == set()  # a look changes nothing
    for _ in range(2):
        answer = machine.post(opt_out(request_id), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 204
    assert without(request_id) == set(REMINDERS)


def test_a_post_that_is_not_one_click_changes_nothing(app: Flask) -> None:
    _, request_id = sent()
    machine = app.test_client(use_cookies=False)
    assert machine.post(opt_out(request_id)).status_code == 400
    for address in (
        opt_out(request_id, "changed"),
        opt_out(request_id)[:-1] + "1",
        opt_out(request_id + 1)[:-2],
    ):
        assert machine.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert (
        machine.post(opt_out(request_id) + "/keep", data={"wanted": ""}).status_code == 400
    )  # no token of a form
    assert without(request_id) == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_person_chooses_from_the_mail(app: Flask, language: str) -> None:
    _, request_id = sent()
    visitor = Visitor(app.test_client(), language)
    visitor.open(opt_out(request_id))
    ticked = [kind.value for kind in MessageKind if f'value="{kind.value}" checked' in visitor.page.text]
    assert ticked == ["same_day", "invitation"]
    labels = {"fr": "un rappel la veille d’un rendez-vous", "en": "a reminder the day before an appointment"}
    assert labels[language] in visitor.text
    visitor.client.post(
        f"{opt_out(request_id)}/keep", data=visitor.form(opt_out(request_id), wanted=["reminder_day"])
    )
    assert without(request_id) == {MessageKind.REMINDER_WEEK, MessageKind.REMINDER_TWO_DAYS,
                                   MessageKind.INVITATION, MessageKind.SAME_DAY}  # fmt: skip


def test_what_must_be_told_cannot_be_chosen(app: Flask) -> None:
    _, request_id = sent()
    visitor = Visitor(app.test_client())
    form = visitor.form(opt_out(request_id), wanted=["changed"])
    assert visitor.client.post(f"{opt_out(request_id)}/keep", data=form).status_code == 400


def test_without_having_shown_a_reference_there_is_nothing_to_choose(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    visitor.open("/appointments/mine/messages")
    assert visitor.path == "/appointments"


def receipt(client: FlaskClient, message_id: int, body: object, token: str = "") -> int:
    token = token or link_token("receipt", message_id)
    return client.post(f"/receipts/{message_id}/{token}", json=body).status_code


def state(message_id: int) -> tuple[bool, str]:
    with transaction() as session:
        message = session.get_one(Message, message_id)
        return message.received_at is not None, message.bounce


def test_a_receipt_is_noted_and_what_comes_twice_changes_nothing(app: Flask) -> None:
    message_id, _ = sent()
    machine = app.test_client(use_cookies=False)
    for status in ("ENROUTE", "DELIVERED", "DELIVERED", "ENROUTE", "UNDELIVERABLE"):
        assert receipt(machine, message_id, {"status": status}) == 204
    assert state(message_id) == (True, "")


def test_a_text_that_did_not_arrive_is_sent_as_a_mail(app: Flask) -> None:
    message_id, request_id = sent()
    machine = app.test_client(use_cookies=False)
    for _ in range(2):
        assert receipt(machine, message_id, {"status": "UNDELIVERABLE"}) == 204
    assert state(message_id) == (False, "sms undeliverable")
    with transaction() as session:
        others = session.scalars(select(Message).where(Message.id != message_id)).all()
        assert [(m.request_id, m.channel) for m in others] == [(request_id, MessageChannel.EMAIL)]


@pytest.mark.parametrize("body", [None, [], {}, {"status": 4}, {"status": "X" * 10_000}, "DELIVERED"])
def test_a_receipt_that_says_nothing_changes_nothing(app: Flask, body: object) -> None:
    message_id, _ = sent()
    assert receipt(app.test_client(), message_id, body) == 204
    assert state(message_id) == (False, "")


def test_a_receipt_of_somebody_else_is_not_taken(app: Flask) -> None:
    message_id, _ = sent()
    client = app.test_client()
    for token in (link_token("receipt", message_id + 1), link_token("mail", message_id), "x"):
        assert receipt(client, message_id, {"status": "DELIVERED"}, token) == 404
    assert client.get(f"/receipts/{message_id}/{link_token('receipt', message_id)}").status_code == 405
    assert state(message_id) == (False, "")


@pytest.mark.parametrize("role", [Role.AGENCY, Role.PHONE])
def test_staff_see_what_did_not_arrive_and_send_it_on(app: Flask, role: Role) -> None:
    message_id, request_id = sent(MessageChannel.EMAIL, address="1 rue\n45000 Orléans")
    with transaction() as session:
        note_failed(session, message_id, "refused by the mail server (550)")
    staff = Visitor(client_of(app, role), "en")
    staff.open("/undelivered")
    assert "1 message has no way on yet." in staff.text and "Send by letter" in staff.text
    assert "lea@example.org" not in staff.text
    token = staff.token("/undelivered")
    for _ in range(2):
        staff.client.post(f"/undelivered/{message_id}/on", data={"csrf_token": token})
    with transaction() as session:
        letters = select(Message).where(Message.channel == MessageChannel.LETTER)
        assert [m.request_id for m in session.scalars(letters)] == [request_id]
    staff.open("/undelivered")
    assert "Everything has found another way." in staff.text


def test_old_ones_are_not_shown(app: Flask) -> None:
    message_id, _ = sent(MessageChannel.EMAIL)
    with transaction() as session:
        session.get_one(Message, message_id).created_at = now() - timedelta(31)
        note_failed(session, message_id, "no address")
    staff = Visitor(client_of(app, Role.AGENCY), "en")
    staff.open("/undelivered")
    assert "Everything has arrived" in staff.text


@pytest.mark.parametrize(
    ("asked", "page", "leads_to"),
    [("", 1, {2}), ("?page=2", 2, {1, 3}), ("?page=99", 3, {2}), ("?page=x", 1, {2})],
)
def test_a_long_list_leads_from_page_to_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, asked: str, page: int, leads_to: set[int]
) -> None:
    monkeypatch.setattr(paging.part_of, "__defaults__", (1,))
    for _ in range(3):
        message_id, _ = sent(MessageChannel.EMAIL)
        with transaction() as session:
            note_failed(session, message_id, "no address")
    staff = Visitor(client_of(app, Role.AGENCY), "en")
    staff.open(f"/undelivered{asked}")
    assert f"Page {page} of 3" in staff.text
    assert {number for number in range(9) if f'href="/undelivered?page={number}"' in staff.text} == leads_to
    assert "3 messages have no way on yet." in staff.text


def paths_of(agency: Visitor) -> list[str]:
    page = agency.open("/agency/texts").text
    return sorted(
        {part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/agency/texts/")}
    )


def field_of(agency: Visitor, name: str) -> str:
    text = agency.text
    if name == "subject":
        return text.split('name="subject" type="text" value="', 1)[1].split('"', 1)[0]
    return text.split('name="body"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
