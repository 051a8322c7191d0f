"""Pages of incidents and of doses of the day, without a browser: pressed in vain, twice, or elsewhere."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.journeys.after_a_cut import Place, clock_in, make_place, request_of
from tests.journeys.rows import disruptions as disruption_rows
from tests.journeys.rows import sameday as sameday_rows
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.models.disruptions import Disruption
from vaccination.models.programmes import Product
from vaccination.models.same_day import SameDayCall, Standby
from vaccination.services.asking.requests import secret_of
from web import queue


@pytest.fixture(autouse=True)
def bell(redis_url: str) -> Iterator[None]:
    queue.bind(redis_url)
    yield
    queue.unbind()


@pytest.fixture
def booked(lite_app: Flask) -> Place:
    return make_place(3, booked=True)


@pytest.fixture
def waiting(lite_app: Flask) -> Place:
    return make_place(2, booked=False)


def test_the_rows_of_the_walk_show_their_pages(lite_app: Flask, booked: Place) -> None:
    with transaction() as session:
        incident = disruption_rows.rows(session)["disruption_id"]
        call = sameday_rows.rows(session)["call_id"]
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    for path in ("", f"/{incident}"):
        assert agency.open(f"/agency/disruptions{path}").status_code == 200
    desk = Visitor(client_of(lite_app, Role.DESK, booked.centre_id))
    for path in ("", f"/{call}"):
        assert desk.open(f"/desk/{booked.centre_id}/same-day{path}").status_code == 200


def test_a_draft_is_discarded_and_what_is_not_there_is_not_found(lite_app: Flask, booked: Place) -> None:
    with transaction() as session:
        incident = disruption_rows.rows(session)["disruption_id"]
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    agency.send(f"/agency/disruptions/{incident}/discard")
    with transaction() as session:
        assert session.scalars(select(Disruption)).all() == []
    assert agency.open(f"/agency/disruptions/{incident}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"doses": "0"}, "doses"),
        ({"doses": "many"}, "doses"),
        ({"doses": "501"}, "doses"),
        ({"until": "later"}, "until"),
        ({"until": "00:01"}, "until"),
    ],
)
def test_what_cannot_be_announced_says_why(
    lite_app: Flask, waiting: Place, typed: dict[str, str], field: str
) -> None:
    desk = Visitor(client_of(lite_app, Role.DESK, waiting.centre_id))
    path = f"/desk/{waiting.centre_id}/same-day"
    with transaction() as session:
        product_id = session.scalars(select(Product.id)).one()
    good = {"product_id": str(product_id), "doses": "2", "until": clock_in(waiting.timezone, 3)}
    assert desk.send(path, **{**good, **typed}).status_code == 400
    assert list(desk.faults) == [field]
    with transaction() as session:
        assert session.scalars(select(SameDayCall)).all() == []


def test_the_standby_form_keeps_what_was_typed(lite_app: Flask, waiting: Place) -> None:
    citizen = Visitor(lite_app.test_client())
    reference = waiting.references[0]
    citizen.send("/appointments", reference=reference, secret=secret_of(reference))
    citizen.send("/appointments/mine/standby", max_km="30", minutes="90", by="sms")
    assert list(citizen.faults) == ["by"]  # no phone number was left
    citizen.send("/appointments/mine/standby", max_km="30", minutes="90", by="email")
    assert citizen.path == "/appointments/mine"
    with transaction() as session:
        row = session.get_one(Standby, request_of(session, reference).id)
        assert (row.max_km, row.minutes_needed) == (30, 90)


def test_a_wrong_code_opens_nothing_and_a_stranger_is_asked_for_the_reference(
    lite_app: Flask, waiting: Place
) -> None:
    stranger = Visitor(lite_app.test_client())
    assert stranger.send("/today", code="x" * 26).status_code == 404
    assert list(stranger.faults) == ["code"]
    for path in ("/appointments/mine/standby", "/appointments/mine/replacement", "/today/answer"):
        assert stranger.client.get(path).location == "/appointments"


def test_nothing_to_answer_leads_back_to_the_own_page(lite_app: Flask, booked: Place) -> None:
    citizen = Visitor(lite_app.test_client())
    reference = booked.references[0]
    citizen.send("/appointments", reference=reference, secret=secret_of(reference))
    for path in ("", "/others", "/call"):
        assert citizen.client.get(f"/appointments/mine/replacement{path}").location == "/appointments/mine"
    form = citizen.form("/appointments/mine/cancel")
    for path in ("accept", "others", "call"):
        answer = citizen.client.post(f"/appointments/mine/replacement/{path}", data=form)
        assert answer.location == "/appointments/mine"
