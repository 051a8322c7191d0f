"""A household asks together: a request each or none, one set of wishes, the same form once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_priority_group, make_product, make_programme, make_schedule
from vaccination.domain.contacts import Consent, Relation
from vaccination.models.contacts import Helper
from vaccination.models.messages import Message
from vaccination.models.people import Household, Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.services.asking.command import AskForDoses, NotEligible, Place
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.household import MemberRefused, NotOneHousehold, ask_household
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import AlreadyAsked, ask

ORLEANS = Place("Orléans", "45000", 47.9029, 1.9093)
FAMILY = (
    PersonDetails("Béranger", "Léa", date(1980, 3, 27), email="lea@example.org"),
    PersonDetails("Béranger", "Tom", date(1978, 1, 2), email="lea@example.org"),
    PersonDetails("Béranger", "Marie-Lou", date(2010, 5, 6), email="lea@example.org"),
    PersonDetails("Béranger", "Marie-Eve", date(2010, 5, 6), email="lea@example.org"),  # twins
)


@pytest.fixture
def programme(session: Session) -> Programme:
    programme, product = make_programme(session), make_product(session)
    make_schedule(session, programme, product, min_age=12)
    make_priority_group(session, programme, code="all", rank=5, min_age=12)
    return programme


def _wishes(programme: Programme, people: tuple[PersonDetails, ...] = FAMILY) -> list[AskForDoses]:
    return [AskForDoses(programme.id, person, ORLEANS, 30.0, form_uid="form") for person in people]


def _count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_each_person_gets_a_reference_of_their_own(session: Session, programme: Programme) -> None:
    asked = ask_household(session, _wishes(programme), now=NOW)
    assert len({one.reference for one in asked}) == 4
    requests = session.scalars(select(Request).order_by(Request.id)).all()
    assert [request.id for request in requests] == [one.request_id for one in asked]
    (household_id,) = {request.household_id for request in requests}
    assert session.get(Household, household_id) is not None
    assert _count(session, Message) == 4


def test_the_same_form_again_is_the_same_household(session: Session, programme: Programme) -> None:
    first = ask_household(session, _wishes(programme), now=NOW)
    assert ask_household(session, _wishes(programme), now=NOW) == first
    assert (_count(session, Household), _count(session, Request)) == (1, 4)


def test_one_who_may_not_ask_keeps_everybody_out(session: Session, programme: Programme) -> None:
    child = PersonDetails("Béranger", "Zoé", date(2026, 1, 1))
    with pytest.raises(MemberRefused) as refused, session.begin_nested():
        ask_household(session, _wishes(programme, (*FAMILY, child)), now=NOW)
    assert refused.value.member == 4
    assert isinstance(refused.value.refusal, NotEligible)
    assert (_count(session, Request), _count(session, Person), _count(session, Household)) == (0, 0, 0)


def test_one_who_has_a_request_keeps_everybody_out(session: Session, programme: Programme) -> None:
    alone = PersonDetails("BERANGER", "tom", date(1978, 1, 2))
    ask(session, AskForDoses(programme.id, alone, ORLEANS, 30.0), now=NOW)
    with pytest.raises(MemberRefused) as refused, session.begin_nested():
        ask_household(session, _wishes(programme), now=NOW)
    assert (refused.value.member, type(refused.value.refusal)) == (1, AlreadyAsked)
    assert _count(session, Request) == 1


@pytest.mark.parametrize("people", [FAMILY[:1], (FAMILY[0], FAMILY[0]), FAMILY * 2])
def test_a_household_is_two_to_six_different_persons(
    session: Session, programme: Programme, people: tuple[PersonDetails, ...]
) -> None:
    with pytest.raises(NotOneHousehold):
        ask_household(session, _wishes(programme, people), now=NOW)


def test_wishes_that_differ_are_refused(session: Session, programme: Programme) -> None:
    first, *others = _wishes(programme)
    with pytest.raises(NotOneHousehold):
        ask_household(session, [replace(first, max_km=5.0), *others], now=NOW)


def test_who_spoke_for_the_others_is_kept_with_each(session: Session, programme: Programme) -> None:
    helper = HelperDetails(Relation.RELATIVE, "Léa Béranger", Consent.GIVEN_PRESENT)
    first, *others = _wishes(programme)
    asked = ask_household(session, [first, *(replace(one, helper=helper) for one in others)], now=NOW)
    kept = session.scalars(select(Helper).order_by(Helper.request_id)).all()
    assert [one.request_id for one in kept] == [one.request_id for one in asked[1:]]
    assert {one.consent for one in kept} == {Consent.GIVEN_PRESENT}
