"""A household whose day was closed, without a browser: other places for all of them, or for one alone."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.journeys.after_a_cut import Place, make_place, request_of
from tests.journeys.rows import disruptions as disruption_rows
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.disruptions import ReplacementStatus
from vaccination.models.disruptions import Replacement
from vaccination.models.people import Household
from vaccination.services.asking.requests import secret_of
from vaccination.services.replacing.disruptions import send
from web import queue
from web.jobs.disruptions import propose_all

OTHERS = "/appointments/mine/replacement/others"
_OFFER = re.compile(r'name="offer" value="([^"]+)"')


@pytest.fixture
def place(lite_app: Flask, redis_url: str) -> Iterator[Place]:
    """Two of three are a household; a day on which all have an appointment is closed, and all were told."""
    queue.bind(redis_url)
    found = make_place(3, booked=True)
    with transaction() as session:
        home = Household(created_at=now())
        session.add(home)
        session.flush()
        for reference in found.references[:2]:
            request_of(session, reference).household_id = home.id
        incident = int(disruption_rows.rows(session)["disruption_id"])
        send(session, incident, now=now())
    propose_all(incident)
    yield found
    queue.unbind()


def opened(app: Flask, reference: str) -> Visitor:
    visitor = Visitor(app.test_client())
    visitor.send("/appointments", reference=reference, secret=secret_of(reference))
    return visitor


def statuses() -> list[ReplacementStatus]:
    with transaction() as session:
        return list(session.scalars(select(Replacement.status).order_by(Replacement.request_id)))


def test_other_places_are_taken_for_all_of_them(lite_app: Flask, place: Place) -> None:
    one = opened(lite_app, place.references[0])
    offers = _OFFER.findall(one.open(OTHERS).text)
    assert "pour vous tous" in one.text and offers
    one.send_to(f"{OTHERS}/together", OTHERS, offer=offers[-1])
    assert one.path == "/appointments/mine"
    assert statuses() == [ReplacementStatus.CHOSEN_OTHER] * 2 + [ReplacementStatus.OPEN]


def test_one_may_choose_alone(lite_app: Flask, place: Place) -> None:
    one = opened(lite_app, place.references[0])
    offers = _OFFER.findall(one.open(f"{OTHERS}?alone=1").text)
    assert "pour vous uniquement" in one.text
    one.send_to(OTHERS, OTHERS, offer=offers[-1])
    assert statuses() == [ReplacementStatus.CHOSEN_OTHER] + [ReplacementStatus.OPEN] * 2


@pytest.mark.parametrize("offer", ["", "course.1.1", "1:nothing", "9" * 2000])
def test_what_is_no_offer_takes_nothing(lite_app: Flask, place: Place, offer: str) -> None:
    one = opened(lite_app, place.references[0])
    assert one.send_to(f"{OTHERS}/together", OTHERS, offer=offer).status_code == 409
    assert statuses() == [ReplacementStatus.OPEN] * 3


def test_who_is_alone_is_offered_places_for_one(lite_app: Flask, place: Place) -> None:
    alone = opened(lite_app, place.references[2])
    alone.open(OTHERS)
    assert "pour vous tous" not in alone.text and _OFFER.findall(alone.page.text)
