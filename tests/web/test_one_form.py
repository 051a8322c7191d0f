"""The same questions read from one form, as the phone desk asks them: all faults at once."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.web.region import make_region
from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.domain.contacts import Consent
from vaccination.domain.requests import ContactBy
from vaccination.readmodels import asking_form
from web.forms import Fields
from web.public.answers import Answers
from web.public.questions import read_all

FILLED = {
    "for_whom": "other", "helper_name": "Paul Roy", "relation": "relative", "consent": "given_by_phone",
    "helper_phone": "0612345678", "given_name": "Jeanne", "family_name": "Roy", "birth_day": "1",
    "birth_month": "2", "birth_year": "1939", "where": "saint denis", "town": "93200 Saint-Denis",
    "distance": "30", "times": ["0", "20"], "had_first": "no", "second": "other", "second_where": "Tours",
    "interpreter": "pt", "contact_by": "letter", "street": "1 rue A", "postcode": "45000",
    "address_town": "Orléans",
}  # fmt: skip


@pytest.fixture
def app(lite_app: Flask) -> Flask:
    make_region()
    return lite_app


def _read(app: Flask, form: dict[str, object]) -> tuple[Answers, Fields]:
    with snapshot() as session:
        offered = asking_form.load(session)
    assert offered is not None
    with app.test_request_context():
        return read_all(MultiDict(form), offered, now().date())


def test_one_form_makes_the_same_request(app: Flask) -> None:
    answers, fields = _read(app, FILLED)
    assert fields.errors == {}
    command = answers.command("form", "fr")
    assert (command.person.given_name, command.place.town, command.max_km) == ("Jeanne", "Saint-Denis", 30.0)
    assert command.second_place is not None and command.second_place.town == "Tours"
    assert command.availability == "1" + "0" * 19 + "1"
    assert (command.contact_by, command.person.address) == (ContactBy.LETTER, "1 rue A\n45000 Orléans")
    assert command.helper is not None and command.helper.consent is Consent.GIVEN_BY_PHONE
    assert command.person.needs == {"interpreter": "pt"}
    assert answers.commands("form", "fr") == (command,)


def test_all_that_is_wrong_is_said_at_once(app: Flask) -> None:
    _answers, fields = _read(app, {"for_whom": "self", "birth_day": "31", "birth_month": "2",
                                   "birth_year": "1980", "contact_by": "sms"})  # fmt: skip
    missing = {"given_name", "family_name", "birth", "where", "distance", "times", "had_first", "second"}
    assert missing | {"phone"} == set(fields.errors)
