"""Writing to the centre and being answered, from the citizen's page to the inbox and back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from tests.builders import make_centre
from tests.web.asking import fill
from tests.web.region import Region, make_region, plan
from tests.web.staff import client_of, token_of
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import CallBackReason, ThreadStatus
from vaccination.models.appointments import Appointment
from vaccination.models.contacts import CallBack, Thread, ThreadLine
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from web import queue

CONTACT, CALL = "/appointments/mine/contact", "/appointments/mine/call"
QUESTION = "Puis-je venir avec ma fille ?"


@pytest.fixture
def region(lite_app: Flask, redis_url: str) -> Iterator[Region]:
    queue.bind(redis_url)
    yield make_region()
    queue.unbind()


@pytest.fixture
def asker(lite_app: Flask, region: Region) -> Visitor:
    """Somebody who has two appointments at a centre."""
    visitor = Visitor(lite_app.test_client())
    fill(visitor)
    visitor.send("/request/check")
    with transaction() as session:
        request_id = session.scalars(select(Request.id)).one()
    plan(region, request_id)
    return visitor


@pytest.fixture
def desk(lite_app: Flask, asker: Visitor) -> Visitor:
    """Somebody at the desk of that centre."""
    return Visitor(client_of(lite_app, Role.DESK, the_centre()))


def the_centre() -> int:
    with transaction() as session:
        return session.scalars(select(Appointment.centre_id).distinct()).one()


def the_thread() -> Thread:
    with transaction() as session:
        return session.scalars(select(Thread)).one()


def said() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(ThreadLine.text).order_by(ThreadLine.id)))


def test_a_question_is_answered_in_the_inbox_and_read_on_the_own_page(asker: Visitor, desk: Visitor) -> None:
    asker.send(CONTACT, subject="appointment", text=QUESTION)
    assert asker.path == CONTACT and QUESTION in asker.text

    desk.open("/inbox")
    assert desk.path == f"/inbox/{the_centre()}" and "1 échange" in desk.text
    thread = f"/inbox/{the_centre()}/{the_thread().id}"
    assert QUESTION in desk.open(thread).get_data(as_text=True).replace("\u00a0", " ")
    seen = desk.text.split('name="seen" value="')[1].split('"')[0]
    desk.page = desk.client.post(
        f"{thread}/answer", data=desk.form(thread, text="Oui, bien sûr.", seen=seen), follow_redirects=True
    )
    assert desk.page.status_code == 200 and "1 échange" not in desk.text

    assert "Le centre vous a répondu" in asker.open("/appointments/mine").text
    assert "Oui, bien sûr." in asker.open(CONTACT).text
    asker.page = asker.client.post(f"{CONTACT}/read", data=asker.form(CONTACT), follow_redirects=True)
    assert asker.path == "/appointments/mine" and "Le centre vous a répondu" not in asker.text


def test_an_answer_rings_for_its_message(asker: Visitor, desk: Visitor, redis_url: str) -> None:
    asker.send(CONTACT, subject="papers", text=QUESTION)
    with Redis.from_url(redis_url) as bell:
        bell.flushall()
        thread = f"/inbox/{the_centre()}/{the_thread().id}"
        desk.client.post(f"{thread}/answer", data=desk.form(thread, text="Oui.", seen=10**6))
        assert bell.llen("rq:queue:messages") == 1
    with transaction() as session:
        assert session.scalars(select(Message.thread_id).where(Message.thread_id.is_not(None))).one()


def test_sent_twice_it_is_said_once(asker: Visitor) -> None:
    form = asker.form(CONTACT, subject="other", text=QUESTION)
    for _ in range(2):
        assert asker.client.post(CONTACT, data=form).status_code == 303
    assert said() == [QUESTION]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject": "other", "text": " \n "}, "text"),
        ({"subject": "other", "text": "x" * 2001}, "text"),
        ({"text": QUESTION}, "subject"),
        ({"subject": "health", "text": QUESTION}, "subject"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(asker: Visitor, typed: dict[str, str], field: str) -> None:
    answer = asker.send(CONTACT, **typed)
    assert answer.status_code == 400 and list(asker.faults) == [field]
    assert said() == []


def test_closing_puts_it_away(asker: Visitor, desk: Visitor) -> None:
    asker.send(CONTACT, subject="other", text=QUESTION)
    thread = f"/inbox/{the_centre()}/{the_thread().id}"
    form = desk.form(thread, seen=10**6)
    for _ in range(2):
        assert desk.client.post(f"{thread}/close", data=form).status_code == 303
    assert the_thread().status is ThreadStatus.CLOSED
    late = desk.client.post(f"{thread}/answer", data={**form, "text": "Oui."})
    assert late.status_code == 409 and said() == [QUESTION]


def test_what_was_written_meanwhile_is_not_closed_unread(asker: Visitor, desk: Visitor) -> None:
    asker.send(CONTACT, subject="other", text=QUESTION)
    thread = f"/inbox/{the_centre()}/{the_thread().id}"
    assert desk.client.post(f"{thread}/close", data=desk.form(thread, seen=0)).status_code == 409
    assert the_thread().status is ThreadStatus.OPEN


def test_another_centre_knows_nothing_of_it(lite_app: Flask, asker: Visitor) -> None:
    asker.send(CONTACT, subject="other", text=QUESTION)
    with transaction() as session:
        other = make_centre(session).id
    stranger = client_of(lite_app, Role.DESK, other)
    thread = f"/inbox/{the_centre()}/{the_thread().id}"
    assert stranger.get(thread).status_code == 404
    own = f"/inbox/{other}/{the_thread().id}"
    assert stranger.get(own).status_code == 404
    data = {"csrf_token": token_of(stranger, "/account"), "text": "x", "seen": 0}
    assert stranger.post(f"{own}/answer", data=data).status_code == 404


@pytest.mark.parametrize("page", [CONTACT, CALL])
def test_who_has_shown_no_reference_is_asked_for_it(lite_app: Flask, region: Region, page: str) -> None:
    visitor = Visitor(lite_app.test_client())
    visitor.open(page)
    assert visitor.path == "/appointments"


def test_a_call_goes_to_the_number_that_is_known_or_to_another(asker: Visitor) -> None:
    asker.send(CONTACT, subject="other", text=QUESTION)
    asker.send(CALL, phone="", band="1")
    assert asker.path == "/appointments/mine"
    asker.send(CALL, phone="+32 470 12 34 56", band="2")
    with transaction() as session:
        call = session.scalars(select(CallBack)).one()
        assert (call.reason, call.phone, call.band) == (CallBackReason.OTHER, "+32470123456", 2)
        assert call.centre_id == session.scalars(select(Thread.centre_id).where(Thread.call_me)).one()


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"phone": "12 34", "band": "0"}, "phone"), ({"phone": "06 12 34 56 78"}, "band")],
)
def test_a_number_that_nobody_can_call_is_refused(asker: Visitor, typed: dict[str, str], field: str) -> None:
    assert asker.send(CALL, **typed).status_code == 400
    assert list(asker.faults) == [field]
