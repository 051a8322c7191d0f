"""The form for somebody else, for a household, for two who look like one; and how people want to be told."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.asking import fill
from tests.web.region import Region, make_region, plan
from tests.web.staff import PASSWORD, make_staff
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.needs import Needs
from vaccination.domain.requests import Channel, ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.contacts import Helper
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.readmodels import day_sheet, desk_board, desk_person

HELPER = {
    "helper_name": "Paul Roy",
    "relation": "relative",
    "consent": "given_present",
    "helper_phone": "06 12 34 56 78",
}
FAMILY = [("Tom", "D’Aubigné", 1978), ("Zoé", "D’Aubigné", 2010), ("Max", "D’Aubigné", 2011)]


@pytest.fixture
def region(lite_app: Flask) -> Region:
    return make_region()


@pytest.fixture
def visitor(lite_app: Flask, region: Region, ringing: None) -> Visitor:
    return Visitor(lite_app.test_client())


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def people() -> list[Person]:
    with transaction() as session:
        return list(session.scalars(select(Person).order_by(Person.id)))


def helpers() -> list[Helper]:
    with transaction() as session:
        return list(session.scalars(select(Helper).order_by(Helper.request_id)))


def add(visitor: Visitor, given: str, family: str, year: int, **more: object) -> None:
    new = {"new_given": given, "new_family": family}
    born = {"new_born_day": "2", "new_born_month": "3", "new_born_year": str(year)}
    visitor.send("/request/family", **new, **born, **({"add": "1"} | more))


def with_family(visitor: Visitor) -> None:
    """Up to the page after the family's, with three others."""
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    for one in FAMILY:
        add(visitor, *one)
        assert visitor.path == "/request/family" and not visitor.faults
    visitor.send("/request/family", agreed="1")
    assert visitor.path == "/request/where", visitor.faults


def test_a_request_for_somebody_else_keeps_the_helper_and_the_consent(visitor: Visitor) -> None:
    fill(visitor, **{"for-whom": {"for_whom": "other"}, "helper": HELPER})
    assert "Paul Roy" in visitor.text
    visitor.send("/request/check")
    (request,), (helper,) = requests(), helpers()
    assert helper.request_id == request.id
    assert (helper.name, helper.relation, helper.consent) == (
        "Paul Roy", Relation.RELATIVE, Consent.GIVEN_PRESENT,
    )  # fmt: skip
    assert (helper.phone, helper.email) == ("+33612345678", None)
    assert people()[0].given_name == "Léa"


@pytest.mark.parametrize(
    ("without", "field"),
    [
        ("helper_name", "helper_name"),
        ("relation", "relation"),
        ("consent", "consent"),
        ("helper_phone", "helper_phone"),
    ],
)
def test_nobody_is_asked_for_without_a_helper_and_a_consent(
    visitor: Visitor, without: str, field: str
) -> None:
    fill(visitor, until="helper", **{"for-whom": {"for_whom": "other"}})
    answer = visitor.send("/request/helper", **{key: text for key, text in HELPER.items() if key != without})
    assert answer.status_code == 400
    assert list(visitor.faults) == [field]


def test_for_oneself_no_helper_is_asked(visitor: Visitor) -> None:
    fill(visitor, until="birth-date")
    assert visitor.client.get("/request/helper").status_code == 303
    fill(visitor)
    visitor.send("/request/check")
    assert helpers() == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_household_gets_a_reference_each_and_a_page(
    lite_app: Flask, region: Region, ringing: None, language: str
) -> None:
    visitor = Visitor(lite_app.test_client(), language)
    with_family(visitor)
    fill(visitor, **{"for-whom": {"for_whom": "household"}})
    visitor.send("/request/check")
    assert visitor.path == "/family/done"
    made = requests()
    assert len({request.household_id for request in made}) == 1 and made[0].household_id is not None
    assert [person.given_name for person in people()] == ["Léa", "Tom", "Zoé", "Max"]
    assert [helper.consent for helper in helpers()] == [Consent.GIVEN_PRESENT, Consent.LEGAL, Consent.LEGAL]
    shown = [part.split("</strong>")[0] for part in visitor.page.text.split('<strong class="reference">')[1:]]
    assert len(set(shown)) == 8
    visitor.open("/family")
    assert all(name in visitor.text for name, _family, _year in FAMILY)
    form = {"csrf_token": visitor.token("/family")}
    visitor.client.post(f"/family/open/{made[2].id}", data=form)
    assert "Zoé" in visitor.open("/appointments/mine").text
    assert visitor.open("/family/done").request.path == "/family", "the codes are shown once"


def test_a_household_sent_twice_is_one_household(visitor: Visitor) -> None:
    with_family(visitor)
    fill(visitor, **{"for-whom": {"for_whom": "household"}})
    form = visitor.form("/request/check")
    draft = visitor.client.get_cookie("request")
    assert draft is not None
    first = visitor.client.post("/request/check", data=form)
    visitor.client.set_cookie("request", draft.value, domain="localhost")
    second = visitor.client.post("/request/check", data=form)
    assert first.location == second.location == "/family/done"
    assert len(requests()) == 4
    assert visitor.open("/request/check").request.path == "/family/done", "the back button after sending"


def test_a_member_is_taken_away_again_and_nobody_twice(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    for one in FAMILY:
        add(visitor, *one)
    visitor.client.post("/request/family?remove=1", data={"csrf_token": visitor.token("/request/family")})
    visitor.open("/request/family")
    assert "Zoé" not in visitor.text and "Max" in visitor.text
    add(visitor, "TOM", "d'aubigne", 1978)
    assert "new_given" in visitor.faults
    add(visitor, "", "", 1978)
    assert {"new_given", "new_family"} <= set(visitor.faults)


def test_somebody_typed_in_but_not_added_is_not_lost(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    add(visitor, *FAMILY[0], add="", agreed="1")
    assert visitor.path == "/request/family", "an empty add is still an add"
    visitor.send(
        "/request/family", new_given="Zoé", new_family="Roy", new_born_day="1", new_born_month="1",
        new_born_year="2012", agreed="1",
    )  # fmt: skip
    assert visitor.path == "/request/where"
    visitor.open("/request/family")
    assert "Zoé" in visitor.text


def test_a_household_needs_another_person_and_their_agreement(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    assert visitor.send("/request/family", agreed="1").status_code == 400
    assert "new_given" in visitor.faults
    add(visitor, *FAMILY[0])
    assert visitor.send("/request/family").status_code == 400
    assert "agreed" in visitor.faults
    assert visitor.send("/request/where", where="45000").request.path == "/request/family"


def test_a_household_has_six_people_at_most(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    for number in range(5):
        add(visitor, f"Kim{number}", "Roy", 1990)
        assert not visitor.faults
    assert "new_given" not in visitor.page.text, "there is no field for a seventh"
    add(visitor, "Seventh", "Roy", 1990)
    assert visitor.page.status_code == 400


def test_one_who_may_not_ask_is_named_and_nothing_is_kept(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    add(visitor, "Bébé", "Roy", date.today().year - 2)
    visitor.send("/request/family", agreed="1")
    fill(visitor)
    assert visitor.send("/request/check").status_code == 403
    assert "Bébé Roy" in visitor.text
    assert requests() == [] and people() == []


def test_each_of_a_household_declares_their_own_situation(visitor: Visitor) -> None:
    fill(visitor, until="family", **{"for-whom": {"for_whom": "household"}})
    add(visitor, "Tom", "Roy", 1978)
    visitor.send("/request/family", agreed="1")
    fill(visitor, situation={"declared_2": ["carer"]})
    visitor.send("/request/check")
    assert [request.priority for request in requests()] == [1, 2]


def test_a_like_name_is_asked_about_and_staff_may_send_it(lite_app: Flask, visitor: Visitor) -> None:
    fill(visitor)
    visitor.send("/request/check")
    other = Visitor(lite_app.test_client())
    swapped = {"given_name": "D’Aubigné", "family_name": "Léa Rose"}
    fill(other, name=swapped)
    assert other.send("/request/check").status_code == 409
    assert "is_another" not in other.page.text
    assert other.send("/request/check", is_another="1").status_code == 409, "only staff decide that"
    make_staff("phone", Grant(Role.PHONE))
    agent = Visitor(lite_app.test_client())
    agent.send("/account/sign-in", login="phone", password=PASSWORD)
    fill(agent, name=swapped)
    assert agent.send("/request/check").status_code == 409
    assert "is_another" in agent.page.text
    agent.send("/request/check", is_another="1")
    assert agent.path == "/request/done"
    assert [request.channel for request in requests()] == [Channel.WEB, Channel.PHONE]


TOLD = [
    ({"contact_by": "sms", "phone": "06 12 34 56 78"}, ContactBy.SMS, False),
    ({"contact_by": "sms", "phone": "0692 12 34 56"}, ContactBy.SMS, False),  # Réunion
    ({"contact_by": "phone", "phone": "02 38 00 00 00", "email": "lea@example.org"}, ContactBy.EMAIL, True),
]


@pytest.mark.parametrize(("contact", "by", "by_phone"), TOLD)
def test_people_say_how_they_want_to_be_told(
    visitor: Visitor, contact: dict[str, object], by: ContactBy, by_phone: bool
) -> None:
    fill(visitor, contact=contact)
    visitor.send("/request/check")
    (request,) = requests()
    assert (request.contact_by, request.by_phone) == (by, by_phone)


def test_who_is_called_without_an_e_mail_gets_a_letter_too(visitor: Visitor) -> None:
    fill(visitor, until="address", contact={"contact_by": "phone", "phone": "0238000000"})
    visitor.send("/request/address", street="1 rue A", postcode="45000", address_town="Orléans")
    visitor.send("/request/check")
    (request,) = requests()
    assert (request.contact_by, request.by_phone) == (ContactBy.LETTER, True)


@pytest.mark.parametrize(
    ("phone", "said"),
    [("+32 470 12 34 56", "autre pays"), ("00 44 20 7946 0018", "autre pays"), ("0238000000", "mobile")],
)
def test_a_number_that_texts_do_not_reach_is_refused_in_plain_words(
    visitor: Visitor, phone: str, said: str
) -> None:
    fill(visitor, until="contact")
    visitor.send("/request/contact", contact_by="sms", phone=phone)
    assert said in visitor.faults["phone"]


def test_needs_second_place_and_the_first_doses_place_are_kept(visitor: Visitor, region: Region) -> None:
    needs = {"sign_language": "1", "interpreter": "ar"}
    fill(visitor, **{"needs": needs, "second-place": {"second": "other", "second_where": "Tours"}})
    visitor.send("/request/check")
    (request,) = requests()
    assert people()[0].needs == {"sign_language": True, "interpreter": "ar"}
    assert (request.second_town, request.wheelchair) == ("Tours", False)
    assert request.second_lat == pytest.approx(47.39, abs=0.02)


def test_after_a_first_dose_no_second_place_is_asked_but_where_it_was_given(
    visitor: Visitor, region: Region
) -> None:
    given = date.today()
    first = {"had_first": "yes", "first_product": region.products[0], "first_place": "Clinique du Parc",
             "first_given_day": given.day, "first_given_month": given.month,
             "first_given_year": given.year}  # fmt: skip
    fill(visitor, until="vaccines", **{"first-dose": first})
    assert visitor.client.get("/request/second-place").status_code == 303
    fill(visitor, **{"first-dose": first})
    visitor.send("/request/check")
    (request,) = requests()
    assert (request.first_given_at, request.second_lat) == ("Clinique du Parc", None)


def test_the_desk_sees_what_somebody_needs(lite_app: Flask, visitor: Visitor, region: Region) -> None:
    needs = {"step_free": "1", "sign_language": "1", "interpreter": "uk"}
    fill(visitor, needs=needs)
    visitor.send("/request/check")
    plan(region, requests()[0].id)
    with transaction() as session:
        appointment = session.scalars(select(Appointment).order_by(Appointment.dose_number)).first()
        assert appointment is not None
        person = desk_person.load(session, appointment.centre_id, appointment.id)
        line = desk_board.lines(session, appointment.centre_id, [appointment.id])[0]
        sheet = day_sheet.load(session, appointment.centre_id, appointment.day, now=now())
    assert person.needs == line.needs == sheet.lines[0].needs == Needs(True, True, "uk")
    make_staff("desk", Grant(Role.DESK, appointment.centre_id))
    staff = Visitor(lite_app.test_client())
    staff.send("/account/sign-in", login="desk", password=PASSWORD)
    staff.open(f"/desk/{appointment.centre_id}/appointments/{appointment.id}")
    assert "sans marches, langue des signes, interprète : ukrainien" in staff.text.replace("\u00a0", " ")
