"""The request form without a script: every page, every wrong field, sent once or twice, in both languages."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.web.asking import ANSWERS, ORDER, fill
from tests.web.region import Region, make_region
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.requests import ContactBy, RequestKind, RequestStatus
from vaccination.domain.serving import Serving
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request, request_product


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def visitor(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    return Visitor(lite_app.test_client())


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_answers_become_a_request(lite_app: Flask, region: Region, ringing: None, language: str) -> None:
    visitor = Visitor(lite_app.test_client(), language)
    fill(visitor)
    visitor.send("/request/check")
    assert visitor.path == "/request/done"
    (request,) = requests()
    assert (request.status, request.kind) == (RequestStatus.WAITING, RequestKind.COURSE)
    assert (request.town, request.max_km, request.locale) == ("Orléans", 30.0, language)
    assert request.availability == "0" + "1" * 20
    assert request.unavailable == ["2099-07-14", "2099-08-01", "2099-08-02", "2099-08-03"]
    assert (request.wheelchair, request.contact_by, request.priority) == (True, ContactBy.EMAIL, 1)
    with transaction() as session:
        person = session.scalars(select(Person)).one()
    assert (person.email, person.phone) == ("lea@example.org", "+33612345678")


@pytest.mark.parametrize("serving", [Serving.PLANNED, Serving.DIRECT])
def test_the_last_page_before_sending_says_who_chooses(visitor: Visitor, serving: Serving) -> None:
    with transaction() as session:
        session.execute(update(Programme).values(serving=serving))
    fill(visitor)
    visitor.open("/request/check")
    found, chosen = "Vous ne choisissez pas de rendez-vous", "Vous choisissez vous-même vos rendez-vous"
    assert (found in visitor.text) is (serving is Serving.PLANNED)
    assert (chosen in visitor.text) is (serving is Serving.DIRECT)


def test_the_reference_and_secret_on_the_last_page_open_the_request(
    visitor: Visitor, lite_app: Flask
) -> None:
    fill(visitor)
    visitor.send("/request/check")
    shown = re.findall(r'<strong class="reference"><bdi>([^<]+)</bdi>', visitor.page.text)
    reference, secret = (text.replace("\u00a0", " ") for text in shown)
    other = Visitor(lite_app.test_client())
    other.send("/appointments", reference=reference, secret=secret)
    assert other.path == "/appointments/mine"


def test_sending_twice_makes_one_request(visitor: Visitor) -> None:
    fill(visitor)
    form = visitor.form("/request/check")
    draft = visitor.client.get_cookie("request")
    assert draft is not None
    first = visitor.client.post("/request/check", data=form)
    visitor.client.set_cookie("request", draft.value, domain="localhost")  # as a double click sends it
    second = visitor.client.post("/request/check", data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(requests()) == 1


def test_going_back_after_sending_leads_to_the_end_again(visitor: Visitor) -> None:
    fill(visitor)
    form = visitor.form("/request/check")
    visitor.client.post("/request/check", data=form)
    assert visitor.open("/request/check").request.path == "/request/done"
    assert visitor.client.post("/request/check", data=form).location == "/request/done"
    assert len(requests()) == 1


def test_a_second_request_for_the_same_person_is_refused(visitor: Visitor, lite_app: Flask) -> None:
    fill(visitor)
    visitor.send("/request/check")
    other = Visitor(lite_app.test_client())
    fill(other, name={"given_name": "LEA", "family_name": "d'aubigne"})
    assert other.send("/request/check").status_code == 409
    assert len(requests()) == 1


def test_a_later_page_leads_back_to_the_first_open_question(visitor: Visitor) -> None:
    assert visitor.open("/request/contact").request.path == "/request/for-whom"
    fill(visitor, until="where")
    assert visitor.open("/request/check").request.path == "/request/where"


def test_answers_are_kept_and_shown_again(visitor: Visitor) -> None:
    fill(visitor, until="distance")
    assert 'value="D’Aubigné"' in visitor.open("/request/name").text.replace("&#39;", "’")
    assert 'value="mars"' in visitor.open("/request/birth-date").text


def test_a_changed_answer_leads_back_to_the_check(visitor: Visitor) -> None:
    fill(visitor)
    path = "/request/where?back=check"
    visitor.send(path, where="Tours")
    assert visitor.path == "/request/check"
    assert "Tours" in visitor.text


def test_the_draft_is_unreadable_and_leaves_with_the_request(visitor: Visitor) -> None:
    fill(visitor)
    draft = visitor.client.get_cookie("request")
    assert draft is not None and "lea" not in draft.value and draft.http_only
    visitor.send("/request/check")
    assert visitor.client.get_cookie("request") is None


@pytest.mark.parametrize("cookie", ["", "x", "AQE" * 40, "é"])
def test_a_broken_draft_begins_anew(visitor: Visitor, cookie: str) -> None:
    visitor.client.set_cookie("request", cookie, domain="localhost")
    assert visitor.open("/request").request.path == "/request/for-whom"


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("for-whom", {}, "for_whom"),
    ("for-whom", {"for_whom": "the cat"}, "for_whom"),
    ("name", {"given_name": "", "family_name": "Martin"}, "given_name"),
    ("name", {"given_name": "Léa", "family_name": " "}, "family_name"),
    ("name", {"given_name": "x" * 101, "family_name": "Martin"}, "given_name"),
    ("birth-date", {}, "birth"),
    ("birth-date", {"birth_day": "31", "birth_month": "2", "birth_year": "1980"}, "birth"),
    ("birth-date", {"birth_day": "1", "birth_month": "1", "birth_year": "2999"}, "birth"),
    ("birth-date", {"birth_day": "1", "birth_month": "1", "birth_year": "1799"}, "birth"),
    ("birth-date", {"birth_day": "x", "birth_month": "1", "birth_year": "1980"}, "birth"),
    ("where", {"where": ""}, "where"),
    ("where", {"where": "Zzyzx"}, "where"),
    ("where", {"where": "Saint-Denis", "town": "75001 Nowhere"}, "town"),
    ("distance", {}, "distance"),
    ("distance", {"distance": "7"}, "distance"),
    ("times", {}, "times"),
    ("dates", {"away": "some day"}, "away"),
    ("dates", {"away": "31/2/2099"}, "away"),
    ("dates", {"away": "1/1/2099 - 31/12/2099"}, "away"),
    ("dates", {"earliest_day": "1", "earliest_month": "1", "earliest_year": "2999"}, "earliest"),
    ("first-dose", {}, "had_first"),
    ("first-dose", {"had_first": "yes"}, "first_product"),
    ("second-place", {}, "second"),
    ("second-place", {"second": "other"}, "second_where"),
    ("second-place", {"second": "other", "second_where": "Zzyzx"}, "second_where"),
    ("second-place", {"second": "other", "second_where": "Saint-Denis", "second_town": "x"}, "second_town"),
    ("needs", {"interpreter": "klingon"}, "interpreter"),
    ("contact", {}, "contact_by"),
    ("contact", {"contact_by": "sms"}, "phone"),
    ("contact", {"contact_by": "phone"}, "phone"),
    ("contact", {"contact_by": "sms", "phone": "02 38 00 00 00"}, "phone"),
    ("contact", {"contact_by": "sms", "phone": "+32 470 12 34 56"}, "phone"),
    ("contact", {"contact_by": "phone", "phone": "0044 20 7946 0018"}, "phone"),
    ("contact", {"contact_by": "letter", "phone": "+1 212 555 0100"}, "phone"),
    ("contact", {"contact_by": "email"}, "email"),
    ("contact", {"contact_by": "letter", "email": "lea@"}, "email"),
    ("contact", {"contact_by": "letter", "phone": "12"}, "phone"),
]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_wrong_field_says_what_to_write(
    lite_app: Flask, region: Region, ringing: None, language: str
) -> None:
    visitor = Visitor(lite_app.test_client(), language)
    visitor.open("/request")
    for name in ORDER:
        for page, answers, field in WRONG:
            if page == name:
                answer = visitor.send(f"/request/{page}", **answers)
                assert answer.status_code == 400, (page, answers)
                assert field in visitor.faults, (page, answers, visitor.faults)
                assert f'href="#{field}"' in visitor.page.text, "the summary leads to the field"
                assert f'id="{field}"' in visitor.page.text
        visitor.send(f"/request/{name}", **ANSWERS[name])
        assert not visitor.faults


def test_a_town_of_several_is_chosen_from_a_list(visitor: Visitor) -> None:
    fill(visitor, until="where")
    answer = visitor.send("/request/where", where="saint denis")
    assert (answer.status_code, visitor.path, visitor.faults) == (200, "/request/where", {})
    visitor.send("/request/where", where="saint denis", town="93200 Saint-Denis")
    assert visitor.path == "/request/distance"


def test_all_vaccines_refused_is_a_fault(visitor: Visitor, region: Region) -> None:
    fill(visitor, until="vaccines")
    assert visitor.send("/request/vaccines", refused=[str(p) for p in region.products]).status_code == 400
    assert "refused" in visitor.faults


def test_a_refused_vaccine_and_a_category_are_kept(visitor: Visitor, region: Region) -> None:
    young = {"birth_day": "1", "birth_month": "1", "birth_year": "1990"}
    fill(
        visitor,
        **{
            "birth-date": young,
            "vaccines": {"refused": [str(region.products[1])]},
            "situation": {"declared": ["carer"]},
        },
    )
    visitor.send("/request/check")
    (request,) = requests()
    assert request.priority == 2
    with transaction() as session:
        kept = session.scalars(select(request_product.c.product_id)).all()
    assert kept == [region.products[0]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "en français"),
        ("en", "in English"),
        ("de", "auf Deutsch"),
        ("es", "en español"),
        ("ar", "بالعربية"),
    ],
)
def test_in_which_language_we_write_is_said_where_the_way_is_chosen(
    lite_app: Flask, region: Region, ringing: None, language: str, said: str
) -> None:
    visitor = Visitor(lite_app.test_client(), language)
    fill(visitor, until="contact")
    assert said in visitor.page.text
    visitor.send("/request/contact", contact_by="sms", phone="06 12 34 56 78")
    visitor.send("/request/check")
    assert [request.locale for request in requests()] == [language]


def test_a_letter_needs_an_address(visitor: Visitor) -> None:
    fill(visitor, until="address", contact={"contact_by": "letter"})
    assert 'value="45000"' in visitor.page.text  # known already: not asked twice
    for field in ("street", "postcode", "address_town"):
        address = {"street": "12 rue des Lilas", "postcode": "45000", "address_town": "Orléans", field: ""}
        assert visitor.send("/request/address", **address).status_code == 400
        assert field in visitor.faults
    visitor.send("/request/address", street="12 rue des Lilas", postcode="45000", address_town="Orléans",
                 large_print="1")  # fmt: skip
    assert "gros caractères" in visitor.open("/request/check").text
    visitor.send("/request/check")
    with transaction() as session:
        who = session.scalars(select(Person)).one()
    assert (who.address, who.needs) == ("12 rue des Lilas\n45000 Orléans", {"large_print": True})


def test_a_first_dose_makes_it_a_second_dose_request(visitor: Visitor, region: Region) -> None:
    first = {"had_first": "yes", "first_product": str(region.products[0])}
    fill(visitor, until="first-dose")
    to_come = now().date() + timedelta(2)  # on every clock
    assert visitor.send("/request/first-dose", **first, **_day(to_come)).status_code == 400
    fill(visitor, **{"first-dose": {**first, **_day(now().date() - timedelta(10))}})
    visitor.send("/request/check")
    assert [request.kind for request in requests()] == [RequestKind.SECOND_DOSE]


def test_a_first_dose_too_long_ago_is_told_and_nothing_is_kept(visitor: Visitor, region: Region) -> None:
    first = {"had_first": "yes", "first_product": str(region.products[0])}
    fill(visitor, **{"first-dose": {**first, **_day(now().date() - timedelta(90))}})
    assert visitor.send("/request/check").status_code == 403
    assert requests() == []


def _day(day: date) -> dict[str, object]:
    return {"first_given_day": day.day, "first_given_month": day.month, "first_given_year": day.year}


def test_a_child_too_young_is_told_and_nothing_is_kept(visitor: Visitor) -> None:
    child = {"birth_day": "1", "birth_month": "1", "birth_year": "2025"}
    fill(visitor, **{"birth-date": child})
    assert visitor.send("/request/check").status_code == 403
    with transaction() as session:
        assert session.scalar(select(func.count(Person.id))) == 0


def test_a_get_changes_nothing(visitor: Visitor) -> None:
    fill(visitor)
    for _ in range(2):
        for path in ("/", "/request", "/request/check", "/request/done", "/appointments"):
            visitor.open(path)
    assert requests() == []


def test_nothing_personal_stands_in_an_address(visitor: Visitor) -> None:
    fill(visitor)
    visitor.send("/request/check")
    seen = [answer.request.url for answer in (*visitor.page.history, visitor.page)]
    assert not any("lea" in url.lower() or "1948" in url for url in seen)


def test_an_unknown_page_is_not_found(visitor: Visitor) -> None:
    assert visitor.client.get("/request/nothing").status_code == 404


def test_without_a_programme_the_form_says_so(lite_app: Flask) -> None:
    assert lite_app.test_client().get("/").status_code == 200
    assert lite_app.test_client().get("/request").status_code == 404
