"""What features put on the page of one's own request, and at the foot of all pages."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.asking import fill
from tests.web.region import make_region
from tests.web.visitor import Visitor
from vaccination.domain.requests import RequestStatus
from vaccination.models.requests import Request
from vaccination.readmodels.request_page import RequestPage
from web import layout, own_actions, queue
from web.layout import FooterLink
from web.own_actions import OwnAction, listed_actions


@pytest.fixture
def asker(lite_app: Flask, redis_url: str) -> Iterator[Visitor]:
    """Somebody whose request was just sent."""
    queue.bind(redis_url)
    make_region()
    visitor = Visitor(lite_app.test_client())
    fill(visitor)
    visitor.send("/request/check")
    yield visitor
    queue.unbind()


def offer(app: Flask, *more: OwnAction) -> None:
    """As if a feature listed them, beside what is always there: cancelling."""
    with app.app_context():
        cancelling = [action for action in listed_actions() if action.endpoint == "public.cancel"]
        own_actions.install(app, [*cancelling, *more])


def links(text: str) -> list[str]:
    main = text.split('<main id="main"', 1)[1].split("</main>")[0]
    return re.findall(r'<a href="([^"]+)"', main)


def test_a_feature_adds_to_the_own_page_in_its_order(lite_app: Flask, asker: Visitor) -> None:
    offer(lite_app, OwnAction("Read the help", "about.help_page", lambda _session, _page: True, order=10))
    asker.open("/appointments/mine")
    assert links(asker.text) == ["/help", "/appointments/mine/cancel"]


def test_an_action_shows_only_when_its_question_is_answered_yes(lite_app: Flask, asker: Visitor) -> None:
    asked: list[tuple[int, RequestStatus]] = []

    def is_open(session: Session, page: RequestPage) -> bool:
        asked.append((page.request_id, session.get_one(Request, page.request_id).status))
        return False

    offer(lite_app, OwnAction("Read the help", "about.help_page", is_open))
    asker.open("/appointments/mine")
    assert asked == [(1, RequestStatus.WAITING)]
    assert links(asker.text) == ["/appointments/mine/cancel"]


def test_what_presses_stands_before_the_reference(lite_app: Flask, asker: Visitor) -> None:
    offer(
        lite_app,
        OwnAction("Answer", "about.help_page", lambda _session, _page: True, why="A new time", pressing=True),
    )
    asker.open("/appointments/mine")
    assert asker.text.index('href="/help"', asker.text.index("<h1>")) < asker.text.index("Référence")
    assert links(asker.text) == ["/help", "/appointments/mine/cancel"]


def test_a_cancelled_request_offers_nothing_to_cancel(asker: Visitor) -> None:
    asker.send("/appointments/mine/cancel")
    asker.open("/appointments/mine")
    assert "/appointments/mine/cancel" not in links(asker.text)


def test_a_feature_adds_to_the_foot_of_all_pages(own_app: Flask) -> None:
    layout.install(
        own_app,
        own_app.config["SETTINGS"],
        [],
        [FooterLink("Second", "about.privacy"), FooterLink("First", "about.help_page", order=10)],
    )
    foot = own_app.test_client().get("/help").text.split("<footer", 1)[1]
    assert re.findall(r'<li><a href="([^"]+)">(\w+)', foot) == [("/help", "First"), ("/privacy", "Second")]


def test_only_strangers_are_asked_to_sign_in(own_app: Flask) -> None:
    foot = own_app.test_client().get("/help").text.split("<footer", 1)[1]
    assert re.findall(r'<li><a href="([^"]+)"', foot) == [
        "/help", "/accessibility", "/privacy", "/account/sign-in"
    ]  # fmt: skip
