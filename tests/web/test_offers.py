"""Choosing, keeping and confirming on pages: nothing lost, nothing done twice, whatever is pressed."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.web.direct import Direct, holds, make_direct, open_own, standing, taken
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.serving import HoldStatus, Serving
from vaccination.models.centres import Slot
from vaccination.models.serving import Hold
from vaccination.services.appointments.holds import expire_due

pytestmark = pytest.mark.usefixtures("ringing")


@pytest.fixture
def region(app: Flask) -> Direct:
    return make_direct(people=2)


@pytest.fixture
def visitor(client: FlaskClient, region: Direct) -> Visitor:
    visitor = Visitor(client)
    open_own(visitor, region)
    return visitor


def offered(visitor: Visitor) -> list[str]:
    visitor.open("/appointments/offers")
    return re.findall(r'name="offer" value="([^"]+)"', visitor.text)


def keep(visitor: Visitor) -> str:
    """Press the first offer; returns the token of what is kept."""
    offer, *_ = offered(visitor)
    press(visitor, "offers", offer=offer, form_uid=uid(visitor))
    return token(visitor)


def press(visitor: Visitor, action: str, **fields: object) -> TestResponse:
    """Send a form that was loaded some time ago, and follow."""
    sent = {"csrf_token": visitor.token("/appointments"), **fields}
    visitor.page = visitor.client.post(f"/appointments/{action}", data=sent, follow_redirects=True)
    return visitor.page


def uid(visitor: Visitor) -> str:
    found = re.search(r'name="form_uid" value="([^"]+)"', visitor.text)
    return found.group(1) if found else ""


def token(visitor: Visitor) -> str:
    found = re.search(r'name="token" value="([^"]+)"', visitor.text)
    assert found, visitor.text
    return found.group(1)


def run_out(region: Direct) -> None:
    with transaction() as session:
        session.execute(update(Hold).values(expires_at=now() - timedelta(seconds=1)))


def test_the_own_page_leads_to_the_offers(visitor: Visitor) -> None:
    visitor.open("/appointments/mine")
    assert 'href="/appointments/offers"' in visitor.text


def test_the_own_page_of_a_direct_programme_speaks_of_no_plan_and_no_draw(visitor: Visitor) -> None:
    visitor.open("/appointments/mine")
    assert "Prochain planning" not in visitor.text and "tirage au sort" not in visitor.text


def test_looking_keeps_nothing(visitor: Visitor, region: Direct) -> None:
    assert len(offered(visitor)) == 1
    for address in ("/appointments/hold", "/appointments/hold/confirm", "/appointments/hold/release"):
        visitor.client.get(address)
    assert (taken(), holds(region.request_ids[0])) == (0, [])


def test_a_pair_is_kept_and_confirmed_once(visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    assert visitor.path == "/appointments/hold"
    assert taken() == 2 and standing(region.request_ids[0]) == []
    for _ in range(2):
        press(visitor, "hold/confirm", token=kept)
        assert visitor.path == "/appointments/mine"
    assert [a.day for a in standing(region.request_ids[0])] == list(region.days)
    assert taken() == 2
    visitor.open("/appointments/hold")  # the back button after confirming
    assert visitor.path == "/appointments/mine"
    visitor.open("/appointments/offers")
    assert visitor.path == "/appointments/mine"


def test_the_button_pressed_twice_keeps_one_pair(visitor: Visitor, region: Direct) -> None:
    offer, *_ = offered(visitor)
    form = uid(visitor)
    for _ in range(2):
        press(visitor, "offers", offer=offer, form_uid=form)
    assert len(holds(region.request_ids[0])) == 1


def test_of_two_browsers_one_gets_the_last_pair(app: Flask, visitor: Visitor, region: Direct) -> None:
    other = Visitor(app.test_client())
    open_own(other, region, 1)
    mine, theirs = offered(visitor), offered(other)
    assert mine == theirs
    press(visitor, "offers", offer=mine[0], form_uid="a")
    answer = press(other, "offers", offer=theirs[0], form_uid="b")
    assert answer.status_code == 409
    assert 'name="offer"' not in answer.text
    assert holds(region.request_ids[1]) == []


def test_what_ran_out_is_said_and_can_be_chosen_again(visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    run_out(region)
    press(visitor, "hold/confirm", token=kept)
    assert visitor.path == "/appointments/hold"
    assert 'href="/appointments/offers"' in visitor.text
    assert standing(region.request_ids[0]) == []
    with transaction() as session:
        assert expire_due(session, now=now()) == 1
    assert taken() == 0
    assert len(offered(visitor)) == 1


def test_where_nothing_is_left_there_is_a_way_on(visitor: Visitor, region: Direct) -> None:
    with transaction() as session:
        session.execute(update(Slot).values(seats=0))
    visitor.open("/appointments/offers")
    assert "Aucune place ne reste pour vous en ce moment" in visitor.text
    assert 'href="/appointments/mine/answers"' in visitor.text


def test_more_time_is_given_as_often_as_the_programme_says(visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    for _ in range(4):
        press(visitor, "hold/longer", token=kept)
    assert holds(region.request_ids[0])[0].extended == 2
    assert "/appointments/hold/longer" not in visitor.text


def test_what_is_given_back_is_left_for_others(visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    press(visitor, "hold/release", token=kept)
    assert taken() == 0
    assert holds(region.request_ids[0])[0].status is HoldStatus.RELEASED
    press(visitor, "hold/confirm", token=kept)
    assert standing(region.request_ids[0]) == []


def test_nobody_confirms_what_is_kept_for_another(app: Flask, visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    other = Visitor(app.test_client())
    open_own(other, region, 1)
    for action in ("confirm", "longer", "release"):
        answer = press(other, f"hold/{action}", token=kept)
        assert answer.status_code == 404, action
    assert holds(region.request_ids[0])[0].status is HoldStatus.HELD


@pytest.mark.parametrize(
    "offer", ["", "course", "course.1.x", "course.1", "drop.1.2.3", "course.1.2.3.4", "course.9.9.9"]
)
def test_what_is_no_offer_is_refused(visitor: Visitor, region: Direct, offer: str) -> None:
    offered(visitor)
    answer = press(visitor, "offers", offer=offer)
    assert answer.status_code == 409
    assert holds(region.request_ids[0]) == []


def test_who_has_shown_no_reference_is_asked_for_it(app: Flask, region: Direct) -> None:
    for address in ("/appointments/offers", "/appointments/hold"):
        answer = app.test_client().get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/appointments")


def test_a_planned_programme_offers_nothing_to_choose(app: Flask) -> None:
    region = make_direct(serving=Serving.PLANNED)
    visitor = Visitor(app.test_client())
    open_own(visitor, region)
    assert 'href="/appointments/offers"' not in visitor.text
    visitor.open("/appointments/offers")
    assert visitor.path == "/appointments/mine"
