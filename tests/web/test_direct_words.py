"""In a direct programme nobody is told to wait for a plan."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.web.asking import fill
from tests.web.direct import make_direct
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.serving import Serving
from vaccination.models.programmes import Programme

pytestmark = pytest.mark.usefixtures("ringing")
WAITING_WORDS = {
    "fr": ("nous cherchons", "Nous cherchons", "Chaque nuit", "attendez"),
    "en": ("we look for", "We look for", "Each night", "Then wait"),
    "de": ("wir suchen", "Wir suchen", "Jede Nacht", "warten"),
    "es": ("nosotros buscamos", "Nosotros buscamos", "Cada noche", "espere"),
    "ar": ("نبحث", "كل ليلة", "انتظروا"),
}
PLAN_WORDS = {
    "fr": ("planning", "plan ", "Plan "), "en": ("plan",), "de": ("Planung", "planen"),
    "es": ("planificación", "planificamos"), "ar": ("التخطيط", "نخطط"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    make_direct(people=1)


def main_of(visitor: Visitor) -> str:
    return visitor.text.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize("language", sorted(PLAN_WORDS))
def test_the_first_page_says_that_one_chooses(client: FlaskClient, language: str) -> None:
    visitor = Visitor(client, language)
    visitor.open("/")
    assert not [word for word in PLAN_WORDS[language] if word in main_of(visitor)]
    with transaction() as session:
        session.execute(update(Programme).values(serving=Serving.PLANNED))
    visitor.open("/")
    assert [word for word in PLAN_WORDS[language] if word in main_of(visitor)], "these are a plan's words"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_request_has_arrived_and_one_may_choose_now(client: FlaskClient, language: str) -> None:
    visitor = Visitor(client, language)
    fill(visitor)
    visitor.send("/request/check")
    assert visitor.path == "/request/done"
    assert 'href="/appointments/offers"' in visitor.text
    assert not [word for word in PLAN_WORDS[language] if word in main_of(visitor)]


@pytest.mark.parametrize("path", ["/help", "/easy", "/easy/ask"])
@pytest.mark.parametrize("language", sorted(WAITING_WORDS))
def test_help_does_not_tell_anybody_to_wait(client: FlaskClient, language: str, path: str) -> None:
    visitor = Visitor(client, language)
    visitor.open(path)
    assert not [word for word in WAITING_WORDS[language] if word in main_of(visitor)]
    with transaction() as session:
        session.execute(update(Programme).values(serving=Serving.PLANNED))
    visitor.open(path)
    assert [word for word in WAITING_WORDS[language] if word in main_of(visitor)], "here one waits"
