"""One person, one request, however the name is written; and who asks for somebody else is kept."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_person, make_priority_group, make_product, make_programme, make_schedule
from vaccination.domain.contacts import Consent, Relation
from vaccination.models.contacts import Helper
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.services.asking.command import AskForDoses, FirstDose, Place
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.people import PersonDetails, index_people
from vaccination.services.asking.requests import AlreadyAsked, SimilarRequest, ask, import_requests

BORN = date(1948, 3, 27)
ORLEANS = Place("Orléans", "45000", 47.9029, 1.9093)


@pytest.fixture
def programme(session: Session) -> Programme:
    programme, product = make_programme(session), make_product(session)
    make_schedule(session, programme, product, min_age=12)
    make_priority_group(session, programme, code="all", rank=5, min_age=12)
    return programme


def _wish(programme: Programme, given: str, family: str, born: date = BORN) -> AskForDoses:
    return AskForDoses(programme.id, PersonDetails(family, given, born), ORLEANS, 30.0)


LIKE = [
    ("Dupont", "Anne"),  # swapped
    ("Anne Marie", "Dupont"),  # a second given name
    ("Anne-Marie", "DUPONT"),
    ("Marie Anne", "Dupont"),  # the usual name stands second
    ("Anne", "Dupont-Lefèvre"),  # a double name
    ("Anne", "Lefèvre-Dupont"),
    ("Anne", "de Dupont"),
    ("Dupont", "Anne Claire"),  # swapped and longer
]


@pytest.mark.parametrize(("given", "family"), LIKE)
def test_a_like_name_of_the_same_birth_date_is_asked_about(
    session: Session, programme: Programme, given: str, family: str
) -> None:
    ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)
    with pytest.raises(SimilarRequest):
        ask(session, _wish(programme, given, family), now=NOW)


def test_a_person_first_entered_with_more_names_is_found_too(session: Session, programme: Programme) -> None:
    ask(session, _wish(programme, "Anne Marie", "Dupont-Lefèvre"), now=NOW)
    with pytest.raises(SimilarRequest):
        ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)


@pytest.mark.parametrize(("given", "family"), [("Anna", "Dupont"), ("Anne", "Durand"), ("Paul", "Dupont")])
def test_other_names_are_other_people(
    session: Session, programme: Programme, given: str, family: str
) -> None:
    ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)
    ask(session, _wish(programme, given, family), now=NOW)
    ask(session, _wish(programme, "Dupont", "Anne", date(1948, 3, 28)), now=NOW)
    assert len(session.scalars(select(Request)).all()) == 3


def test_staff_may_say_that_it_is_somebody_else(session: Session, programme: Programme) -> None:
    ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)
    twin = replace(_wish(programme, "Anne Lise", "Dupont"), is_another=True)
    ask(session, twin, now=NOW)
    with pytest.raises(AlreadyAsked):
        ask(session, twin, now=NOW)


def test_a_list_is_wary_of_like_names_only_when_told(session: Session, programme: Programme) -> None:
    ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)
    helper = HelperDetails(Relation.ORGANISATION, "Mairie", Consent.WRITTEN)
    names = (
        ("Dupont", "Anne"),
        ("Paul", "Martin"),
        ("Paul Louis", "Martin"),
        ("Zoé", "Roy"),
    )
    rows = [replace(_wish(programme, given, family), helper=helper) for given, family in names]
    wary = import_requests(session, rows, now=NOW, wary=True)
    assert [(one.row, one.code) for one in wary.refused] == [(0, "similar_request"), (2, "similar_request")]
    helped = session.scalars(select(Helper.request_id).order_by(Helper.request_id)).all()
    assert helped == sorted(wary.request_ids)
    sure = import_requests(session, [replace(rows[0], is_another=True)], now=NOW, wary=True)
    assert sure.refused == ()
    assert import_requests(session, rows[2:3], now=NOW).refused == ()


def test_persons_entered_before_get_their_index(session: Session, programme: Programme) -> None:
    old = make_person(session, family_name="Dupont", given_name="Anne", birth_date=BORN)
    old.sorted_index = None
    session.flush()
    assert index_people(session) >= 1
    session.flush()
    ask(session, _wish(programme, "Anne", "Dupont"), now=NOW)
    assert session.scalars(select(Request.person_id)).all() == [old.id]
    with pytest.raises(SimilarRequest):
        ask(session, _wish(programme, "Dupont", "Anne"), now=NOW)


def test_the_helper_the_needs_and_the_place_of_the_first_dose_are_kept(
    session: Session, programme: Programme
) -> None:
    product_id = session.scalars(select(Request.first_product_id)).first()
    assert product_id is None
    product = make_product(session)
    make_schedule(session, programme, product, min_age=12)
    helper = HelperDetails(Relation.RELATIVE, "Paul Dupont", Consent.GIVEN_BY_PHONE, phone="+33612345678")
    person = PersonDetails("Dupont", "Anne", BORN, needs={"sign_language": True, "interpreter": "ar"})
    first = FirstDose(product.id, date(2027, 4, 20), "Clinique du Parc")
    command = AskForDoses(programme.id, person, ORLEANS, 30.0, helper=helper, first_dose=first, by_phone=True)
    asked = ask(session, command, now=NOW)
    session.expire_all()
    kept = session.get_one(Helper, asked.request_id)
    assert (kept.name, kept.relation, kept.consent) == (
        "Paul Dupont", Relation.RELATIVE, Consent.GIVEN_BY_PHONE,
    )  # fmt: skip
    assert (kept.consented_at, kept.phone, kept.email) == (NOW, "+33612345678", None)
    request = session.get_one(Request, asked.request_id)
    assert (request.first_given_at, request.by_phone) == ("Clinique du Parc", True)
    assert session.get_one(Person, request.person_id).needs == {"sign_language": True, "interpreter": "ar"}
