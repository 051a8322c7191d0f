"""A household chooses on pages: for all of them at once, or each alone; nothing is halved."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.web.direct import Direct, holds, make_direct, open_own, standing, taken
from tests.web.test_offers import press, token, uid
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.serving import HoldStatus, Serving
from vaccination.models.centres import Slot
from vaccination.models.programmes import Programme
from vaccination.models.serving import Hold

pytestmark = pytest.mark.usefixtures("ringing")
TOGETHER = "/appointments/offers/together"


@pytest.fixture
def region(app: Flask) -> Direct:
    return make_direct(people=3, slots=3, together=True)


@pytest.fixture
def visitor(client: FlaskClient, region: Direct) -> Visitor:
    visitor = Visitor(client)
    open_own(visitor, region)
    return visitor


def offered(visitor: Visitor) -> list[str]:
    visitor.open(TOGETHER)
    return re.findall(r'name="offer" value="([^"]+)"', visitor.text)


def keep(visitor: Visitor) -> str:
    """Press the first offer for all; returns the token of what is kept."""
    offer, *_ = offered(visitor)
    press(visitor, "offers/together", offer=offer, form_uid=uid(visitor))
    return token(visitor)


def statuses(region: Direct) -> set[HoldStatus]:
    return {hold.status for request_id in region.request_ids for hold in holds(request_id)}


def test_a_household_keeps_and_confirms_all_at_once(visitor: Visitor, region: Direct) -> None:
    visitor.open("/appointments/mine")
    assert f'href="{TOGETHER}"' in visitor.text
    visitor.open(TOGETHER)
    assert visitor.text.count("Camille Martin") >= 6, "who comes when, for both doses"
    assert taken() == 0, "looking keeps nothing"
    kept = keep(visitor)
    assert visitor.path == "/appointments/hold"
    assert visitor.text.count("Camille Martin") == 6
    assert taken() == 6
    press(visitor, "hold/longer", token=kept)
    assert {hold.extended for request_id in region.request_ids for hold in holds(request_id)} == {1}
    press(visitor, "hold/confirm", token=kept)
    assert visitor.path == "/appointments/mine"
    assert [len(standing(request_id)) for request_id in region.request_ids] == [2, 2, 2]
    press(visitor, "hold/confirm", token=kept)
    assert taken() == 6, "sent twice, confirmed once"


def test_another_member_sees_confirms_or_lets_go_of_the_same(visitor: Visitor, region: Direct) -> None:
    keep(visitor)
    open_own(visitor, region, 2)
    visitor.open("/appointments/hold")
    assert visitor.text.count("Camille Martin") == 6
    press(visitor, "hold/release", token=token(visitor))
    assert statuses(region) == {HoldStatus.RELEASED}
    assert taken() == 0


def test_one_of_them_chooses_alone(visitor: Visitor, region: Direct) -> None:
    visitor.open(TOGETHER)
    assert 'href="/appointments/offers"' in visitor.text
    visitor.open("/appointments/offers")
    assert f'href="{TOGETHER}"' in visitor.text, "and back"
    offer, *_ = re.findall(r'name="offer" value="([^"]+)"', visitor.text)
    press(visitor, "offers", offer=offer, form_uid=uid(visitor))
    press(visitor, "hold/confirm", token=token(visitor))
    assert [len(standing(request_id)) for request_id in region.request_ids] == [2, 0, 0]
    open_own(visitor, region, 1)
    visitor.open(TOGETHER)
    assert visitor.text.count("Camille Martin") >= 4, "the two others together"


def test_when_the_time_is_over_all_is_over(visitor: Visitor, region: Direct) -> None:
    kept = keep(visitor)
    with transaction() as session:
        session.execute(update(Hold).values(expires_at=now() - timedelta(seconds=1)))
    press(visitor, "hold/confirm", token=kept)
    assert visitor.path == "/appointments/hold"
    assert f'href="{TOGETHER}"' in visitor.text
    assert not any(standing(request_id) for request_id in region.request_ids)


def test_somebody_was_quicker(visitor: Visitor, region: Direct) -> None:
    offer, *_ = offered(visitor)
    with transaction() as session:
        session.execute(update(Slot).values(taken=Slot.seats))
    page = press(visitor, "offers/together", offer=offer)
    assert page.status_code == 409
    assert holds(region.request_ids[0]) == []


def test_a_member_who_cancelled_meanwhile_is_said(visitor: Visitor, region: Direct) -> None:
    offer, *_ = offered(visitor)
    open_own(visitor, region, 2)
    visitor.send("/appointments/mine/cancel", reason="")
    open_own(visitor, region, 0)
    page = press(visitor, "offers/together", offer=offer)
    assert page.status_code == 409
    assert taken() == 0


@pytest.mark.parametrize("offer", ["", "x", "1:course.1.2", "1:course.1.2.3_2", "_", "1:", "course.1.2.3"])
def test_what_is_no_offer_is_refused(visitor: Visitor, offer: str) -> None:
    page = press(visitor, "offers/together", offer=offer)
    assert page.status_code == 409
    assert taken() == 0


def test_elsewhere_the_page_leads_back(visitor: Visitor, region: Direct) -> None:
    with transaction() as session:
        session.execute(update(Programme).values(serving=Serving.PLANNED))
    visitor.open(TOGETHER)
    assert visitor.path == "/appointments/mine"


def test_the_household_page_leads_there(visitor: Visitor) -> None:
    visitor.open("/family")
    assert f'href="{TOGETHER}"' in visitor.text
