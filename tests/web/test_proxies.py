"""Organisations: lists kept line by line, nothing lost, own people only, convocations, stopped at will."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.reports.paper import reader, text_of
from tests.web.region import Region, make_region, plan
from tests.web.staff import client_of, make_organisation, make_staff, sign_in_client
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.requests import Channel, ContactBy, RequestStatus
from vaccination.models.accounts import User
from vaccination.models.audit import AuditEntry
from vaccination.models.contacts import Helper
from vaccination.models.messages import Message
from vaccination.models.organisations import Organisation, RequestList
from vaccination.models.people import Person
from vaccination.models.requests import Request

LIST = """Nom;Prénom;Né(e) le;Code postal;Adresse;Téléphone;Courriel
Martin;Aline;27/03/1948;45000;12 rue des Lilas;06 12 34 56 78;
Petit;Bruno;1951-02-03;45000;;;
Durand;Chloé;31/02/1950;45000;;;
Moreau;Denis;3/2/1950;45000;;;denis@example.org
Simon;Élise;3/2/1950;Nulle-Part;;;"""
COMMON = {"distance": "20", "consent": Consent.WRITTEN.value, "form_uid": "one-list"}


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def town_hall(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    return Visitor(client_of(lite_app, Role.PROXY), "en")


def other_town_hall(app: Flask) -> Visitor:
    user_id = make_staff("other", Grant(Role.PROXY))
    with transaction() as session:
        session.get_one(User, user_id).organisation_id = make_organisation(session, "elsewhere").id
    return Visitor(sign_in_client(app.test_client(), "other"), "en")


def hand_in(visitor: Visitor, people: str = LIST, **changed: object) -> None:
    visitor.send("/organisation/list", **{**COMMON, "people": people, **changed})


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def test_good_lines_are_kept_and_the_others_come_back_with_their_faults(town_hall: Visitor) -> None:
    hand_in(town_hall)
    kept = requests()
    assert [r.channel for r in kept] == [Channel.TOWN_HALL] * 3
    assert [r.contact_by for r in kept] == [ContactBy.LETTER, ContactBy.LETTER, ContactBy.EMAIL]
    box = town_hall.text.split("<textarea")[1].split("</textarea>")[0]
    assert "Durand;Chloé;31/02/1950;45000" in box
    assert "Simon;Élise;3/2/1950;Nulle-Part" in box
    assert "Martin" not in box
    assert "Line 4" in town_hall.text
    assert "Line 6" in town_hall.text
    with transaction() as session:
        listed = session.scalars(select(RequestList)).one()
    assert (listed.rows, listed.refused) == (5, 2)


def test_who_agreed_how_is_kept_and_who_has_no_street_is_written_to_at_the_town_hall(
    town_hall: Visitor,
) -> None:
    hand_in(town_hall)
    with transaction() as session:
        helpers = session.scalars(select(Helper)).all()
        addresses = session.scalars(select(Person.address).order_by(Person.id)).all()
    assert {(h.relation, h.consent, h.name) for h in helpers} == {
        (Relation.ORGANISATION, Consent.WRITTEN, "Mairie")
    }
    assert addresses == ["12 rue des Lilas\n45000 Orléans", "c/o Mairie\n45000 Orléans", None]


def test_corrected_lines_are_taken_when_sent_again(town_hall: Visitor) -> None:
    hand_in(town_hall)
    hand_in(town_hall, "Durand;Chloé;28/02/1950;45000", form_uid="second")
    assert town_hall.path == "/organisation"
    assert len(requests()) == 4


def test_the_same_list_sent_twice_is_the_same_requests(town_hall: Visitor) -> None:
    hand_in(town_hall)
    hand_in(town_hall)
    assert len(requests()) == 3
    with transaction() as session:
        assert session.scalar(select(func.count(Message.id))) == 3


def test_somebody_who_asked_already_is_named_by_line(town_hall: Visitor) -> None:
    hand_in(town_hall)
    hand_in(town_hall, "Martin;Aline;27/03/1948;45000", form_uid="second")
    assert "Line 1" in town_hall.text
    assert "Martin;Aline" in town_hall.text.split("<textarea")[1]
    assert len(requests()) == 3


def test_a_file_is_as_good_as_a_paste(town_hall: Visitor) -> None:
    sent = {"file": (BytesIO(LIST.encode("cp1252")), "list.csv")}
    hand_in(town_hall, "", **sent)
    assert len(requests()) == 3


@pytest.mark.parametrize("missing", ["people", "consent", "distance"])
def test_what_is_missing_is_said_and_the_list_stays(town_hall: Visitor, missing: str) -> None:
    hand_in(town_hall, **{missing: ""})
    assert set(town_hall.faults) == {missing}
    assert requests() == []
    assert missing == "people" or "Martin;Aline" in town_hall.text


def test_without_a_programme_nothing_is_taken(lite_app: Flask, ringing: None) -> None:
    visitor = Visitor(client_of(lite_app, Role.PROXY))
    hand_in(visitor)
    assert set(visitor.faults) == {"people"}


def test_an_organisation_sees_its_own_people_and_no_others(lite_app: Flask, town_hall: Visitor) -> None:
    hand_in(town_hall)
    first = requests()[0].id
    town_hall.open("/organisation")
    assert "Aline Martin" in town_hall.text
    assert town_hall.open(f"/organisation/people/{first}").status_code == 200
    other = other_town_hall(lite_app)
    assert "Aline Martin" not in other.open("/organisation").text
    assert other.open(f"/organisation/people/{first}").status_code == 404
    cancelled = other.client.post(
        f"/organisation/people/{first}/cancel", data=other.form("/organisation/list")
    )
    assert cancelled.status_code == 404
    assert requests()[0].status is RequestStatus.WAITING


def test_another_organisation_s_list_shows_nobody(lite_app: Flask, town_hall: Visitor) -> None:
    hand_in(town_hall)
    other = other_town_hall(lite_app)
    assert "Aline Martin" not in other.open("/organisation?list=1").text


def test_convocations_are_printed_for_one_s_own_and_noted(
    lite_app: Flask, town_hall: Visitor, region: Region
) -> None:
    hand_in(town_hall)
    for request in requests()[:2]:
        plan(region, request.id)
    form = town_hall.form("/organisation/list")
    printed = town_hall.client.post("/organisation/convocations.pdf", data=form)
    assert len(reader(printed.data).pages) == 2
    assert "Aline Martin" in text_of(printed.data)
    one = town_hall.client.post("/organisation/convocations.pdf", data={**form, "person": "2"})
    assert len(reader(one.data).pages) == 1
    other = other_town_hall(lite_app)
    nothing = other.client.post(
        "/organisation/convocations.pdf", data={**other.form("/organisation/list"), "person": "1"}
    )
    assert nothing.status_code == 409
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "convocations_printed"))
        assert [entry.facts["people"] for entry in entries] == [2, 1]


def test_a_request_is_cancelled_once(town_hall: Visitor) -> None:
    hand_in(town_hall)
    for _ in range(2):
        town_hall.client.post("/organisation/people/1/cancel", data=town_hall.form("/organisation/list"))
    assert requests()[0].status is RequestStatus.CANCELLED


def test_the_agency_makes_an_organisation_and_an_account_and_stops_it(lite_app: Flask) -> None:
    agency = Visitor(client_of(lite_app, Role.AGENCY), "en")
    facts = {"name": "CCAS", "code": "ccas", "kind": "social_service", "postcode": "45000", "town": "Orléans"}
    agency.send("/agency/organisations", **facts)
    agency.send("/agency/organisations", **facts)
    assert set(agency.faults) == {"code"}
    member = {"organisation": "1", "display_name": "Zoé", "login": "zoe"}
    agency.send_to("/agency/organisations/members", "/agency/organisations", **member)
    assert 'id="new-password"' in agency.text
    zoe = Visitor(sign_in_client(lite_app.test_client(), "zoe"), "en")
    assert zoe.open("/organisation").status_code == 200
    agency.send_to("/agency/organisations/1/active", "/agency/organisations", active="0")
    assert zoe.open("/organisation").status_code == 403
    with transaction() as session:
        assert session.scalars(select(Organisation.is_active)).one() is False
