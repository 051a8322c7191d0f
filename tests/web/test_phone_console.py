"""The phone agents' screen: found by reference or name, a request on one page, offers, confirm, cancel."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.builders import make_centre, make_lot, make_slots, make_stock
from tests.reports.paper import text_of
from tests.web.region import Region, make_region, plan
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import CallBackReason
from vaccination.domain.requests import Channel, ContactBy, RequestStatus
from vaccination.domain.serving import HoldStatus, Serving
from vaccination.models.audit import AuditEntry
from vaccination.models.contacts import CallBack, Helper
from vaccination.models.people import Person
from vaccination.models.programmes import Product, Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold

ALL_TIMES = [str(band) for band in range(21)]
FORM: dict[str, object] = {
    "form_uid": "one-form", "family_name": "D’Aubigné", "given_name": "Léa", "birth_day": "27",
    "birth_month": "3", "birth_year": "1948", "where": "45000", "phone": "06 12 34 56 78",
    "contact_by": "letter", "street": "12 rue des Lilas", "distance": "20", "times": ALL_TIMES,
    "had_first": "no", "second": "same", "interpreter": "", "for_whom": "self",
}  # fmt: skip


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def agent(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    return Visitor(client_of(lite_app, Role.PHONE), "en")


def take(agent: Visitor, **changed: object) -> int:
    """A request by phone; returns its id."""
    agent.send_to("/phone/new", "/phone/new", **{**FORM, **changed})
    return int(agent.path.rpartition("/")[2])


def find(agent: Visitor, **fields: object) -> None:
    agent.send_to("/phone/find", "/phone", **fields)


BORN = {"birth_day": "27", "birth_month": "3", "birth_year": "1948"}


def actions(name: str) -> list[dict[str, object]]:
    with transaction() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == name).order_by(AuditEntry.id))
        return [entry.facts for entry in rows]


def the_request() -> Request:
    with transaction() as session:
        return session.scalars(select(Request)).one()


def serve_directly(region: Region) -> None:
    """Seats and doses for a pair from tomorrow on, and offers instead of plans."""
    today = now().date()
    with transaction() as session:
        session.get_one(Programme, region.programme_id).serving = Serving.DIRECT
        centre = make_centre(session)
        product = session.get_one(Product, region.products[0])
        make_stock(
            session, centre, make_lot(session, product, expires_on=today + timedelta(200)), 60,
            available_from=today, usable_to=today + timedelta(200),
        )  # fmt: skip
        for day in (6, 7, 8, 28, 34, 35, 36, 42):
            make_slots(session, centre, today + timedelta(day))


def test_a_request_on_one_page_is_kept_as_what_it_is(agent: Visitor) -> None:
    take(agent)
    request = the_request()
    assert (request.channel, request.contact_by, request.max_km) == (Channel.PHONE, ContactBy.LETTER, 20.0)
    with transaction() as session:
        person = session.scalars(select(Person)).one()
    assert person.address == "12 rue des Lilas\n45000 Orléans"
    assert person.phone == "+33612345678"
    assert 'id="secret-code"' in agent.text
    agent.open(agent.path)
    assert "D’Aubigné" in agent.text


def test_the_same_form_sent_twice_is_one_request(agent: Visitor) -> None:
    assert take(agent) == take(agent)
    with transaction() as session:
        assert session.scalar(select(func.count(Request.id))) == 1


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(agent: Visitor) -> None:
    agent.send_to(
        "/phone/new", "/phone/new", **{**FORM, "birth_year": "2999", "where": "Nowhere", "phone": "12"}
    )
    assert set(agent.faults) >= {"birth", "where", "phone"}
    assert agent.page.status_code == 400
    assert "12 rue des Lilas" in agent.text


def test_somebody_who_asked_already_is_shown(agent: Visitor) -> None:
    take(agent)
    agent.send_to("/phone/new", "/phone/new", **{**FORM, "form_uid": "another"})
    assert agent.page.status_code == 409
    assert "/phone/callers/1" in agent.text


def test_a_like_name_is_somebody_else_only_when_the_agent_says_so(agent: Visitor) -> None:
    take(agent)
    swapped = {"family_name": "Léa", "given_name": "D’Aubigné", "form_uid": "another"}
    agent.send_to("/phone/new", "/phone/new", **{**FORM, **swapped})
    assert agent.page.status_code == 409
    assert take(agent, **swapped, is_another="1") == 2


def test_a_caller_for_somebody_else_says_how_they_agreed(agent: Visitor) -> None:
    helper = {"for_whom": "other", "relation": "relative", "helper_name": "Zoé Martin",
              "helper_phone": "06 98 76 54 32", "consent": "given_by_phone"}  # fmt: skip
    take(agent, **helper)
    with transaction() as session:
        assert session.scalars(select(Helper.name)).one() == "Zoé Martin"


def test_a_caller_is_found_by_reference_and_by_name_and_each_time_is_noted(agent: Visitor) -> None:
    take(agent)
    reference = the_request().reference
    find(agent, reference=f"{reference[:4]} {reference[4:8].lower()} {reference[8:]}")
    assert agent.path == "/phone/callers/1"
    find(agent, family_name="daub", **BORN)
    assert "/phone/callers/1" in agent.text
    find(agent, family_name="Léa", given_name="D’Aubigné", **BORN)  # swapped
    assert agent.path == "/phone/callers/1"
    assert actions("find_caller") == [{"found": 1}, {"found": 1}]
    assert {"by": "reference"} in actions("caller_opened")


def test_nobody_found_is_the_form_with_what_was_typed(agent: Visitor) -> None:
    find(agent, family_name="Personne", given_name="Paul", **BORN)
    assert 'value="Personne"' in agent.text
    assert 'name="where"' in agent.text
    assert actions("find_caller") == [{"found": 0}]


@pytest.mark.parametrize("reference", ["7QK4", "0000000000"])
def test_an_unknown_reference_is_said_beside_the_field(agent: Visitor, reference: str) -> None:
    find(agent, reference=reference)
    assert set(agent.faults) == {"reference"}


def test_no_name_stands_in_an_address(agent: Visitor) -> None:
    find(agent, family_name="D’Aubigné", **BORN)
    assert agent.page.request.query_string == b""


def test_offers_are_held_confirmed_and_printed(agent: Visitor, region: Region) -> None:
    serve_directly(region)
    request_id = take(agent)
    offer = agent.text.split('name="offer" id="offer" value="')[1].split('"')[0]
    at = f"/phone/callers/{request_id}"
    agent.send_to(f"{at}/hold", at, offer=offer)
    token = agent.text.split('name="hold" value="')[1].split('"')[0]
    agent.send_to(f"{at}/longer", at, hold=token)
    agent.send_to(f"{at}/confirm", at, hold=token)
    assert the_request().status is RequestStatus.PLANNED
    agent.send_to(f"{at}/confirm", at, hold=token)  # pressed twice
    with transaction() as session:
        kept = session.scalars(select(Hold)).one()
    assert (kept.status, kept.channel) == (HoldStatus.CONFIRMED, Channel.PHONE)
    pdf = agent.client.post(f"{at}/confirmation.pdf", data=agent.form(at))
    assert "D’Aubigné" in text_of(pdf.data)


def test_a_changed_date_is_offered_held_and_confirmed(agent: Visitor, region: Region) -> None:
    serve_directly(region)
    request_id = take(agent)
    plan(region, request_id)
    at = f"/phone/callers/{request_id}"
    agent.open(f"{at}?change=both")
    offer = agent.text.split('name="offer" id="offer" value="')[1].split('"')[0]
    assert offer.startswith("move_both:")
    agent.send_to(f"{at}/hold", at, offer=offer)
    agent.send_to(f"{at}/confirm", at, hold=agent.text.split('name="hold" value="')[1].split('"')[0])
    assert the_request().status is RequestStatus.PLANNED


def test_a_held_offer_that_is_refused_is_let_go(agent: Visitor, region: Region) -> None:
    serve_directly(region)
    request_id = take(agent)
    at = f"/phone/callers/{request_id}"
    offer = agent.text.split('name="offer" id="offer" value="')[1].split('"')[0]
    agent.send_to(f"{at}/hold", at, offer=offer)
    agent.send_to(f"{at}/release", at, hold=agent.text.split('name="hold" value="')[1].split('"')[0])
    with transaction() as session:
        assert session.scalars(select(Hold.status)).one() is HoldStatus.RELEASED
    assert the_request().status is RequestStatus.WAITING


def test_in_a_planned_programme_nobody_jumps_the_queue_by_phone(agent: Visitor, region: Region) -> None:
    serve_directly(region)
    with transaction() as session:
        session.get_one(Programme, region.programme_id).serving = Serving.PLANNED
    take(agent)
    assert 'name="offer"' not in agent.text


@pytest.mark.parametrize("offer", ["", "course:1", "course:1:x", "nonsense:1:2", "course:99999999999:1"])
def test_an_offer_that_is_none_is_refused(agent: Visitor, region: Region, offer: str) -> None:
    serve_directly(region)
    request_id = take(agent)
    at = f"/phone/callers/{request_id}"
    agent.send_to(f"{at}/hold", at, offer=offer)
    assert agent.page.status_code == 400


def test_a_caller_cancels_once(agent: Visitor, region: Region) -> None:
    request_id = take(agent)
    plan(region, request_id)
    at = f"/phone/callers/{request_id}"
    agent.send_to(f"{at}/cancel", at)
    agent.client.post(f"{at}/cancel", data=agent.form("/phone"))
    assert the_request().status is RequestStatus.CANCELLED


def test_the_caller_s_own_page_opens_for_the_agent(agent: Visitor) -> None:
    request_id = take(agent)
    at = f"/phone/callers/{request_id}"
    agent.send_to(f"{at}/own-page", at)
    assert agent.path == "/appointments/mine"


def test_a_caller_is_called_back_by_one_agent(agent: Visitor) -> None:
    request_id = take(agent)
    at = f"/phone/callers/{request_id}"
    agent.send_to(f"/phone/calls/callers/{request_id}", at, band="1")
    with transaction() as session:
        call = session.scalars(select(CallBack)).one()
        call.due_at = now() - timedelta(minutes=1)
    assert (call.phone, call.band, call.reason) == ("+33612345678", 1, CallBackReason.OTHER)
    agent.open("/phone/calls")
    assert "D’Aubigné" in agent.text
    for step in ("take", "no-answer"):
        agent.send_to(f"/phone/calls/{call.id}/{step}", "/phone/calls")
    agent.page = agent.client.post(f"/phone/calls/{call.id}/done", data=agent.form("/phone"))
    assert agent.page.status_code == 409  # nobody has taken it
    agent.send_to(f"/phone/calls/{call.id}/take", "/phone/calls")
    agent.send_to(f"/phone/calls/{call.id}/done", "/phone/calls")
    with transaction() as session:
        assert session.scalars(select(CallBack.done_at)).one() is not None


def test_a_wrong_number_to_call_back_is_said(agent: Visitor) -> None:
    request_id = take(agent)
    agent.send_to(
        f"/phone/calls/callers/{request_id}", f"/phone/callers/{request_id}", band="1", call_phone="12"
    )
    assert set(agent.faults) == {"call_phone"}
