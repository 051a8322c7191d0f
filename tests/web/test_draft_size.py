"""The draft fits a cookie: a household of six with full answers does, the very longest are refused."""

import random

import pytest
from flask import Flask

from tests.web.asking import fill
from tests.web.region import make_region
from tests.web.visitor import Visitor

_LONGEST_COOKIE = 3900
NAMES = ["Maximilien-Alexandre", "Anne-Charlotte", "Guillemette", "Barthélemy", "Élisabeth-Rose", "Théophile"]
AWAY = "\n".join(f"{day} 7 2099 au {day + 1} 8 2099" for day in range(1, 28))


@pytest.fixture
def visitor(lite_app: Flask, ringing: None) -> Visitor:
    make_region()
    return Visitor(lite_app.test_client())


def _add(visitor: Visitor, given: str, family: str, year: int) -> None:
    born = {"new_born_day": "27", "new_born_month": "décembre", "new_born_year": str(year)}
    visitor.send("/request/family", new_given=given, new_family=family, add="1", **born)


def _cookie(visitor: Visitor) -> int:
    cookie = visitor.client.get_cookie("request")
    assert cookie is not None
    return len(cookie.value)


def test_a_household_of_six_with_long_answers_fits(visitor: Visitor) -> None:
    household = {"for-whom": {"for_whom": "household"}}
    long = {"given_name": NAMES[0], "family_name": "de La Rochefoucauld-Montmorency"}
    fill(visitor, until="family", name=long, **household)
    for number, given in enumerate(NAMES[1:]):
        _add(visitor, given, "de La Rochefoucauld-Montmorency", 1970 + 7 * number)
        assert not visitor.faults
    visitor.send("/request/family", agreed="1")
    address = {
        "street": "Résidence des Marronniers, bâtiment C, 127 bis avenue du Général de Gaulle",
        "postcode": "45000",
        "address_town": "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
    }
    letter = {"contact_by": "letter", "email": "maximilien.de.la.rochefoucauld@example.org",
              "phone": "06 12 34 56 78"}  # fmt: skip
    fill(visitor, dates={"away": AWAY}, contact=letter, address=address)
    assert visitor.path == "/request/check"
    assert _cookie(visitor) < _LONGEST_COOKIE / 2, "room for what comes"


def test_answers_that_do_not_fit_are_said_and_what_was_kept_stays(visitor: Visitor) -> None:
    chance = random.Random(7)

    def noise(length: int) -> str:
        return "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(length))

    first = {"given_name": noise(100), "family_name": noise(100)}
    fill(visitor, until="family", name=first, **{"for-whom": {"for_whom": "household"}})
    kept = 0
    for _number in range(5):
        before = _cookie(visitor)
        _add(visitor, noise(100), noise(100), 1980)
        if visitor.page.status_code == 400:
            assert "error-summary" in visitor.page.text
            assert _cookie(visitor) == before, "what was kept before is kept"
            break
        kept += 1
    assert kept == 4, "five people of 200 signs each that nothing can shorten; a sixth is too much"
    visitor.send("/request/family", agreed="1")
    assert visitor.path == "/request/where"
