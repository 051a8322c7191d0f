"""What somebody is told who has asked in a direct programme: to choose now, not to wait for a plan."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.web.region import make_region
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import MessageChannel
from vaccination.domain.serving import Serving
from vaccination.domain.sms import Encoding, size
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.readmodels import outgoing
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import ask
from vaccination.settings import Settings
from web.message_text import sms_of, text_of

ORLEANS = Place("Orléans", "45000", 47.9, 1.9)
LOCALES = ["fr", "en", "de", "es", "ar"]
CHOOSE = {"fr": "hoisi", "en": "hoose", "de": "wählen", "es": "elegir", "ar": "ختيار"}
CHOOSE_SHORT = CHOOSE | {"de": "waehlen|wählen", "es": "Elija", "ar": "اختاروا"}
WAIT = {
    "fr": ("planning", "Nous cherchons", "Dès que"), "en": ("plan", "We are looking", "As soon as"),
    "de": ("Planung", "Wir suchen", "Sobald"), "es": ("planificación", "Buscamos", "En cuanto"),
    "ar": ("التخطيط", "نبحث", "بمجرد"),
}  # fmt: skip


def received(locale: str, serving: Serving) -> Outgoing:
    """The news that a request has arrived, as it is about to be sent."""
    region = make_region()
    person = PersonDetails("Martin", "Léa", now().date() - timedelta(80 * 365), email="lea@example.org",
                           locale=locale)  # fmt: skip
    with transaction() as session:
        session.get_one(Programme, region.programme_id).serving = serving
        command = AskForDoses(region.programme_id, person, ORLEANS, 30.0)
        asked = ask(session, command, now=now())
    with snapshot() as session:
        message_id = session.scalars(select(Message.id).where(Message.request_id == asked.request_id)).one()
        found = outgoing.load(session, message_id)
    assert found is not None
    return found


@pytest.mark.parametrize("channel", [MessageChannel.EMAIL, MessageChannel.LETTER])
@pytest.mark.parametrize("locale", LOCALES)
def test_who_has_asked_may_choose_now(worker: Settings, locale: str, channel: MessageChannel) -> None:
    direct = replace(received(locale, Serving.DIRECT), channel=channel)
    said = text_of(direct, worker, now=now())
    assert CHOOSE[said.locale] in said.as_text()
    assert not [word for word in WAIT[said.locale] if word in said.as_text()]
    planned = text_of(replace(direct, is_direct=False), worker, now=now()).as_text()
    assert [word for word in WAIT[said.locale] if word in planned], "here one waits"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_short_text_says_so_and_costs_no_more(worker: Settings, locale: str) -> None:
    direct = replace(received(locale, Serving.DIRECT), channel=MessageChannel.SMS)
    said = sms_of(direct, worker, now=now())
    assert any(word in said for word in CHOOSE_SHORT[locale].split("|"))
    planned = sms_of(replace(direct, is_direct=False), worker, now=now())
    assert said != planned
    assert size(said).encoding is (Encoding.UCS2 if locale == "ar" else Encoding.GSM7)
    assert size(said).segments <= size(planned).segments


def test_in_a_planned_programme_one_waits(worker: Settings) -> None:
    assert not received("fr", Serving.PLANNED).is_direct
