"""A household's form sent several times at the same moment makes one household, whole."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.builders import NOW, make_priority_group, make_product, make_programme, make_schedule
from tests.concurrency.crowd import at_once
from vaccination.db import transaction
from vaccination.models.people import Household, Person
from vaccination.models.requests import Request
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.household import ask_household
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked

NAMES = ("Léa", "Tom", "Zoé", "Max")


@pytest.fixture
def programme_id(postgres_url: str) -> int:
    with transaction() as session:
        programme = make_programme(session)
        make_schedule(session, programme, make_product(session))
        make_priority_group(session, programme)
        return programme.id


def test_a_form_sent_eight_times_makes_one_household(programme_id: int) -> None:
    people = [PersonDetails("Béranger", name, date(1980, 3, 27)) for name in NAMES]
    place = Place("Orléans", "45000", 47.9, 1.9)
    wishes = [AskForDoses(programme_id, person, place, 30.0, form_uid="form") for person in people]

    def send(_number: int) -> tuple[Asked, ...]:
        with transaction() as session:
            return ask_household(session, wishes, now=NOW)

    answers = at_once(send, range(8))
    assert {type(answer) for answer in answers} == {tuple}, answers
    assert len(set(answers)) == 1
    with transaction() as session:
        counted = [session.scalar(select(func.count()).select_from(t)) for t in (Household, Request, Person)]
        assert len(set(session.scalars(select(Request.household_id)))) == 1
    assert counted == [1, 4, 4]
