"""Somebody asks again at the moment at which the night erases them: they are one whole person or another."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.builders import NOW, make_priority_group, make_product, make_programme, make_schedule
from vaccination.db import transaction
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import ask
from vaccination.services.keeping.erasure import erase_persons

LATER = NOW + timedelta(91)
WHO = PersonDetails("Ormesson-Vidal", "Ariane", date(1950, 2, 3), address="1 rue du Gué\n41700 Chémery")


@pytest.fixture
def wish(postgres_url: str) -> AskForDoses:
    """The wish of somebody who asked and cancelled three months ago."""
    with transaction() as session:
        programme = make_programme(session, horizon_days=400)
        make_schedule(session, programme, make_product(session))
        make_priority_group(session, programme)
        command = AskForDoses(programme.id, WHO, Place("Orléans", "45000", 47.9, 1.9), 30.0)
        cancel_request(session, ask(session, command, now=NOW).request_id, now=NOW)
    return command


def test_who_is_asking_is_not_erased(wish: AskForDoses) -> None:
    with transaction() as asking:
        request_id = ask(asking, wish, now=LATER).request_id
        with transaction() as night:
            assert erase_persons(night, now=LATER) == 0
    with transaction() as session:
        assert erase_persons(session, now=LATER) == 0
        assert person_of(request_id).family_name == WHO.family_name


def test_who_asked_while_the_night_looked_is_taken_out_again(wish: AskForDoses) -> None:
    """The mark is on the row, the second look finds the request."""
    with transaction() as session:
        person = session.scalars(select(Person)).one()
        ask(session, wish, now=LATER)
        person.erased_at = LATER
    with transaction() as session:
        session.add(Person(family_name="A", given_name="B", birth_date=date(1940, 1, 1), created_at=NOW,
                           identity_index=b"i" * 16, surname_index=b"s" * 16))  # fmt: skip
        session.flush()
        erase_persons(session, now=LATER)
    with transaction() as session:
        marked = {p.family_name: p.erased_at for p in session.scalars(select(Person))}
    assert marked == {WHO.family_name: None, "—": LATER}


def test_who_asks_while_being_erased_is_somebody_new(wish: AskForDoses) -> None:
    asked: list[int] = []

    def ask_again() -> None:
        with transaction() as session:
            asked.append(ask(session, wish, now=LATER).request_id)

    late = threading.Thread(target=ask_again)
    with transaction() as night:
        assert erase_persons(night, now=LATER) == 1
        late.start()
        late.join(0.5)
        assert asked == []  # waits for the night
    late.join(20)
    assert person_of(asked[0]).family_name == WHO.family_name
    assert person_of(asked[0]).erased_at is None
    with transaction() as session:
        assert len(session.scalars(select(Person)).all()) == 2


def person_of(request_id: int) -> Person:
    with transaction() as session:
        return session.scalars(
            select(Person).join(Request, Request.person_id == Person.id).where(Request.id == request_id)
        ).one()
