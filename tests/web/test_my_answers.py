"""One's own answers after sending: every one is shown as it is kept, and changed at once."""

from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.asking import fill
from tests.web.region import Region, make_region, plan
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.models.people import Person
from vaccination.models.requests import Request, request_product

MINE = "/appointments/mine/answers"


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def visitor(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    """Somebody who has just asked."""
    visitor = Visitor(lite_app.test_client())
    fill(visitor, **{"second-place": {"second": "other", "second_where": "saint denis",
                                      "second_town": "93200 Saint-Denis"}})  # fmt: skip
    visitor.send("/request/check")
    return visitor


def request() -> Request:
    with transaction() as session:
        return session.scalars(select(Request)).one()


def person() -> Person:
    with transaction() as session:
        return session.scalars(select(Person)).one()


def test_the_own_page_leads_to_the_answers(visitor: Visitor) -> None:
    assert f'href="{MINE}"' in visitor.open("/appointments/mine").text
    visitor.open(MINE)
    shown = visitor.text.replace("\u00a0", " ")
    for said in ("Orléans (45000)", "30 km", "Saint-Denis", "lea@example.org", "06 12 34 56 78"):
        assert said in shown, said
    # they asked in one language and may read in another: nothing is promised here
    assert "Nous vous écrivons" not in visitor.open(f"{MINE}/contact").text


@pytest.mark.parametrize(
    "name", ["where", "distance", "times", "dates", "second-place", "vaccines", "needs", "contact"]
)
def test_saving_what_is_shown_changes_nothing(visitor: Visitor, name: str) -> None:
    before = _kept()
    page = visitor.open(f"{MINE}/{name}")
    visitor.send(f"{MINE}/{name}", **_fields(page.text))
    assert visitor.path == MINE, visitor.faults
    assert _kept() == before


CHANGES: list[tuple[str, dict[str, object], str, object]] = [
    ("where", {"where": "Tours"}, "town", "Tours"),
    ("distance", {"distance": "10"}, "max_km", 10.0),
    ("times", {"times": ["0"]}, "availability", "1" + "0" * 20),
    ("dates", {"away": ""}, "unavailable", []),
    ("second-place", {"second": "same"}, "second_lat", None),
    ("needs", {"sign_language": "1"}, "wheelchair", False),
]


@pytest.mark.parametrize(("name", "typed", "column", "value"), CHANGES)
def test_a_wish_is_changed(
    visitor: Visitor, name: str, typed: dict[str, object], column: str, value: object
) -> None:
    visitor.send(f"{MINE}/{name}", **typed)
    assert visitor.path == MINE
    assert getattr(request(), column) == value


def test_vaccines_are_refused_and_taken_back(visitor: Visitor, region: Region) -> None:
    visitor.send(f"{MINE}/vaccines", refused=[str(region.products[1])])
    with transaction() as session:
        assert session.scalars(select(request_product.c.product_id)).all() == [region.products[0]]
    visitor.send(f"{MINE}/vaccines")
    with transaction() as session:
        assert session.scalars(select(request_product.c.product_id)).all() == []


def test_vaccines_that_leave_no_way_are_said_beside_the_field(
    lite_app: Flask, region: Region, ringing: None
) -> None:
    young = Visitor(lite_app.test_client())
    fill(young, **{"birth-date": {"birth_day": "1", "birth_month": "1", "birth_year": "1990"}})
    young.send("/request/check")
    answer = young.send(f"{MINE}/vaccines", refused=[str(region.products[0])])
    assert answer.status_code == 400 and "refused" in young.faults


def test_a_letter_needs_an_address_here_too(visitor: Visitor) -> None:
    letter = {"contact_by": "letter", "email": "", "phone": ""}
    assert visitor.send(f"{MINE}/contact", **letter).status_code == 400
    assert {"street", "postcode", "address_town"} <= set(visitor.faults)
    address = {"street": "1 rue A", "postcode": "45000", "address_town": "Orléans"}
    visitor.send(f"{MINE}/contact", **letter, **address)
    assert (request().contact_by, person().address, person().email) == (
        ContactBy.LETTER, "1 rue A\n45000 Orléans", None,
    )  # fmt: skip


def test_large_print_is_asked_with_the_address_and_survives_other_changes(visitor: Visitor) -> None:
    letter = {"contact_by": "letter", "street": "1 rue A", "postcode": "45000", "address_town": "Orléans"}
    visitor.send(f"{MINE}/contact", **letter, large_print="1")
    visitor.send(f"{MINE}/needs", sign_language="1")
    assert person().needs == {"sign_language": True, "large_print": True}
    assert "checked" in visitor.open(f"{MINE}/contact").text.split('id="large_print"')[1].split(">")[0]
    visitor.send(f"{MINE}/contact", **letter)
    assert person().needs == {"sign_language": True}


def test_once_booked_only_the_contact_changes(visitor: Visitor, region: Region) -> None:
    plan(region, request().id)
    assert "Tours" not in visitor.open(MINE).text
    assert visitor.client.get(f"{MINE}/where").status_code == 409
    visitor.send(f"{MINE}/contact", contact_by="sms", phone="0612345678")
    assert (request().contact_by, request().status) == (ContactBy.SMS, RequestStatus.PLANNED)


def test_a_wrong_answer_is_said_and_nothing_changes(visitor: Visitor) -> None:
    before = _kept()
    for name, typed, field in (
        ("where", {"where": "Zzyzx"}, "where"),
        ("dates", {"away": "some day"}, "away"),
        ("contact", {"contact_by": "sms", "phone": "0238000000"}, "phone"),
    ):
        assert visitor.send(f"{MINE}/{name}", **typed).status_code == 400
        assert field in visitor.faults
    assert _kept() == before


def test_who_has_opened_no_request_is_asked_for_it(lite_app: Flask, region: Region) -> None:
    stranger = Visitor(lite_app.test_client())
    for path in (MINE, f"{MINE}/where", "/family"):
        assert stranger.client.get(path).location == "/appointments"
    assert stranger.client.get(f"{MINE}/name").status_code in (303, 404)


def _kept() -> dict[str, object]:
    kept, who = request(), person()
    columns = {column.key: getattr(kept, column.key) for column in Request.__table__.columns}
    return columns | {"email": who.email, "phone": who.phone, "address": who.address, "needs": who.needs}


class _Form(HTMLParser):
    """What a browser sends when nothing is touched."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        name, value = have.get("name") or "", have.get("value") or ""
        if tag == "input" and (have.get("type") not in ("radio", "checkbox") or "checked" in have):
            self.fields.setdefault(name, []).append(value)
        elif tag == "option" and "selected" in have:
            self.fields.setdefault(self.inside, []).append(value)
        elif tag in ("select", "textarea"):
            self.inside = name

    def handle_data(self, text: str) -> None:
        if self.lasttag == "textarea" and self.inside:
            self.fields.setdefault(self.inside, []).append(text)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.inside = ""


def _fields(page: str) -> dict[str, object]:
    form = _Form()
    form.feed(page)
    return {name: values for name, values in form.fields.items() if name and name != "csrf_token"}
