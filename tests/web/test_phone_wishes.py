"""What callers ask for beside the ordinary: large print, one dose that is enough, to come as a household."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders import make_schedule
from tests.web.region import Region, make_region, plan
from tests.web.staff import client_of
from tests.web.test_phone_console import FORM, serve_directly
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.models.contacts import Helper
from vaccination.models.people import Household, Person
from vaccination.models.programmes import Product, Programme
from vaccination.models.requests import Request
from vaccination.services.asking.requests import secret_of

NEW = "/phone/new"
PAUL = {"given_2": "Paul", "born_2_day": "4", "born_2_month": "5", "born_2_year": "1950"}
MIA = {"given_3": "Mia", "family_3": "Martin", "born_3_day": "6", "born_3_month": "7", "born_3_year": "1979"}
THREE: dict[str, object] = {**FORM, **PAUL, **MIA, "people": "3", "agreed": "1"}


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def agent(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    return Visitor(client_of(lite_app, Role.PHONE), "en")


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def people() -> list[Person]:
    with transaction() as session:
        return list(session.scalars(select(Person).order_by(Person.id)))


def test_letters_in_large_print(agent: Visitor) -> None:
    agent.send_to(NEW, NEW, **FORM, large_print="1")
    assert people()[0].needs == {"large_print": True}
    assert "in large print" in agent.text


@pytest.mark.parametrize(("chosen", "kept"), [("ar", "ar"), ("xx", "en"), ("", "en")])
def test_the_language_in_which_they_are_written_to(agent: Visitor, chosen: str, kept: str) -> None:
    agent.send_to(NEW, NEW, **FORM, language=chosen)
    assert (requests()[0].locale, people()[0].locale) == (kept, kept)


def test_one_dose_is_enough_is_offered_even_where_there_are_plans(agent: Visitor, region: Region) -> None:
    serve_directly(region)
    with transaction() as session:
        programme = session.get_one(Programme, region.programme_id)
        programme.serving = type(programme.serving).PLANNED
        make_schedule(
            session, programme, session.get_one(Product, region.products[0]), doses=1, only_if_enough=True
        )
    agent.send_to(NEW, NEW, **FORM, enough="1")
    assert requests()[0].one_dose_enough
    offer = agent.text.split('name="offer" id="offer" value="')[1].split('"')[0]
    agent.send_to(f"{agent.path}/hold", agent.path, offer=offer)
    token = agent.text.split('name="hold" value="')[1].split('"')[0]
    agent.send_to(f"{agent.path}/confirm", agent.path, hold=token)
    assert (requests()[0].status, requests()[0].schedule_doses) == (RequestStatus.PLANNED, 1)


def test_one_dose_is_not_enough_where_the_programme_has_no_such_way(agent: Visitor) -> None:
    young = {**FORM, "birth_year": "1990", "enough": "1"}
    agent.send_to(NEW, NEW, **young)
    assert agent.page.status_code == 403
    assert "no vaccine of which one dose is enough" in agent.text
    assert requests() == []


def test_nothing_is_owed_after_the_one_dose_that_is_enough(agent: Visitor, region: Region) -> None:
    first = {"had_first": "yes", "first_product": str(region.products[0]), "first_given_day": "1",
             "first_given_month": "2", "first_given_year": "2026"}  # fmt: skip
    agent.send_to(NEW, NEW, **{**FORM, **first, "enough": "1"})
    assert "enough" in agent.faults
    assert requests() == []


def test_a_caller_who_has_appointments_needs_one_dose_only(agent: Visitor, region: Region) -> None:
    with transaction() as session:
        programme = session.get_one(Programme, region.programme_id)
        make_schedule(
            session, programme, session.get_one(Product, region.products[0]), doses=1, only_if_enough=True
        )
    agent.send_to(NEW, NEW, **FORM)
    at = agent.path
    plan(region, 1)
    agent.open(at)
    agent.send_to(f"{at}/one-dose", at)
    kept = requests()[0]
    assert (kept.one_dose_enough, kept.second_dose, kept.status) == (True, None, RequestStatus.PLANNED)
    assert "/one-dose" not in agent.text
    agent.page = agent.client.post(f"{at}/one-dose", data=agent.form("/phone"))
    assert agent.page.status_code == 409  # pressed twice: nothing more happens, and it is said


def test_a_household_gets_a_request_each_with_references_to_read_out(agent: Visitor) -> None:
    agent.send_to(NEW, NEW, **THREE)
    made = requests()
    assert [request.channel for request in made] == [Channel.PHONE] * 3
    assert len({request.household_id for request in made} - {None}) == 1
    assert [(who.given_name, who.family_name) for who in people()] == [
        ("Léa", "D’Aubigné"), ("Paul", "D’Aubigné"), ("Mia", "Martin"),
    ]  # fmt: skip
    spaced = agent.text.replace("\u00a0", " ").replace(" ", "")
    for request in made:
        assert secret_of(request.reference) in spaced
        assert f"/phone/callers/{request.id}" in agent.text or request.id == 1
    with transaction() as session:
        assert len(session.scalars(select(Helper)).all()) == 2
    agent.open("/phone/callers/2")
    assert "Mia" in agent.text


def test_a_household_sent_twice_is_one(agent: Visitor) -> None:
    agent.send_to(NEW, NEW, **THREE)
    agent.send_to(NEW, NEW, **THREE)
    assert len(requests()) == 3
    with transaction() as session:
        assert len(session.scalars(select(Household)).all()) == 1


def test_an_empty_row_is_nobody_and_situations_stay_with_their_person(agent: Visitor) -> None:
    typed = {**FORM, "people": "4", "agreed": "1", "given_4": "Zoé", "born_4_day": "1", "born_4_month": "1",
             "born_4_year": "1985", "declared_4": "carer"}  # fmt: skip
    agent.send_to(NEW, NEW, **typed)
    assert [request.priority for request in requests()] == [1, 2]  # by age, and as a carer


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"agreed": ""}, "agreed"),
    ({"given_2": ""}, "given_2"),
    ({"born_2_year": "2999"}, "born_2"),
    (
        {"given_2": "", "born_2_day": "", "born_2_month": "", "born_2_year": "", **dict.fromkeys(MIA, "")},
        "given_2",
    ),
    ({"given_2": "Léa", "born_2_day": "27", "born_2_month": "3", "born_2_year": "1948"}, "given_2"),
]


@pytest.mark.parametrize(("typed", "field"), FAULTS)
def test_what_is_wrong_with_one_person_stands_there_and_nothing_is_kept(
    agent: Visitor, typed: dict[str, object], field: str
) -> None:
    agent.send_to(NEW, NEW, **{**THREE, **typed})
    assert agent.page.status_code == 400
    assert field in agent.faults
    assert requests() == []


def test_one_of_a_household_who_asked_already_is_named_and_nobody_asks(agent: Visitor) -> None:
    agent.send_to(NEW, NEW, **{**FORM, "given_name": "Paul", "birth_day": "4", "birth_month": "5",
                               "birth_year": "1950"})  # fmt: skip
    agent.send_to(NEW, NEW, **{**THREE, "form_uid": "another"})
    assert agent.page.status_code == 409
    assert "/phone/callers/1" in agent.text
    assert len(requests()) == 1


def test_one_more_person_keeps_what_was_typed(agent: Visitor) -> None:
    agent.send_to(NEW, NEW, **FORM, people="1", more="1")
    assert 'name="given_2"' in agent.text and "12 rue des Lilas" in agent.text
    assert 'name="people" value="2"' in agent.text
    assert requests() == []
    agent.send_to(NEW, NEW, **{**THREE, "people": "6", "more": "1"})
    assert 'name="people" value="6"' in agent.text and "given_7" not in agent.text


@pytest.mark.parametrize(("people", "rows"), [("", 0), ("3", 2), ("6", 5)])
def test_the_search_opens_the_form_for_as_many(agent: Visitor, people: str, rows: int) -> None:
    agent.send_to("/phone/find", "/phone", family_name="Personne", birth_day="1", birth_month="1",
                  birth_year="1950", people=people)  # fmt: skip
    assert agent.text.count(' name="given_') == rows + 1
    assert 'value="Personne"' in agent.text


@pytest.mark.parametrize("people", ["7", "0", "x"])
def test_a_household_of_too_many_is_said_beside_the_field(agent: Visitor, people: str) -> None:
    agent.send_to("/phone/find", "/phone", family_name="Personne", birth_day="1", birth_month="1",
                  birth_year="1950", people=people)  # fmt: skip
    assert set(agent.faults) == {"people"}
