"""Forms with like names sent at the same instant: one passes, the others are asked whether it is the same."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.builders import NOW, make_priority_group, make_product, make_programme, make_schedule
from tests.concurrency.crowd import at_once
from vaccination.db import transaction
from vaccination.models.requests import Request
from vaccination.services.asking import household, one_request, requests
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.household import ask_household
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import ask, import_requests

BORN = date(1948, 3, 27)
ORLEANS = Place("Orléans", "45000", 47.9029, 1.9093)
LIKE = [
    ("Anne", "Dupont"), ("Dupont", "Anne"), ("Anne Marie", "Dupont"), ("Anne", "Dupont-Lefèvre"),
    ("Marie Anne", "Dupont"), ("Anne", "de Dupont"),
]  # fmt: skip


@pytest.fixture
def programme_id(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """A programme; whoever looks for a namesake thinks for a while before writing."""

    def slowly(session: object, command: AskForDoses) -> None:
        one_request.refuse_second_request(session, command)  # type: ignore[arg-type]
        time.sleep(0.05)

    def look_slowly(session: object, commands: Sequence[AskForDoses]) -> set[bytes]:
        found = one_request.likenesses_with_request(session, commands)  # type: ignore[arg-type]
        time.sleep(0.05)
        return found

    monkeypatch.setattr(requests, "likenesses_with_request", look_slowly)
    for module in (requests, household):
        monkeypatch.setattr(module, "refuse_second_request", slowly)
    with transaction() as session:
        programme = make_programme(session)
        make_schedule(session, programme, make_product(session))
        make_priority_group(session, programme)
        return programme.id


def send(programme_id: int, name: tuple[str, str], **named: object) -> object:
    given, family = name
    with transaction() as session:
        person = PersonDetails(family, given, BORN)
        return ask(session, AskForDoses(programme_id, person, ORLEANS, 30.0, **named), now=NOW)  # type: ignore[arg-type]


def bring_in(programme_id: int, number: int) -> object:
    """A wary list of two people whom every other list names differently, every second one backwards."""
    given, family = LIKE[number]
    people = [PersonDetails(family, given, BORN), PersonDetails(family, given, date(1950, 1, 1))]
    wishes = [AskForDoses(programme_id, person, ORLEANS, 30.0) for person in people]
    with transaction() as session:
        return import_requests(session, wishes[:: -1 if number % 2 else 1], now=NOW, wary=True)


def said(answers: list[object]) -> Counter[str]:
    return Counter(getattr(answer, "code", type(answer).__name__) for answer in answers)


def kept() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Request)) or 0


def test_of_like_names_one_passes(programme_id: int) -> None:
    answers = at_once(lambda name: send(programme_id, name), LIKE)
    assert said(answers) == {"Asked": 1, "similar_request": len(LIKE) - 1}
    assert kept() == 1


def test_who_says_that_it_is_somebody_else_passes(programme_id: int) -> None:
    answers = at_once(lambda name: send(programme_id, name, is_another=True), LIKE[:3])
    assert said(answers) == {"Asked": 3}


def test_the_same_form_sent_four_times_is_one_request(programme_id: int) -> None:
    answers = at_once(lambda _: send(programme_id, LIKE[0], form_uid="form"), range(4))
    assert said(answers) == {"Asked": 4} and len(set(answers)) == 1


def test_households_with_the_same_birth_dates_do_not_wait_in_a_circle(programme_id: int) -> None:
    born = [date(1950, 1, day) for day in range(1, 5)]

    def send_all(number: int) -> object:
        days = born if number % 2 else born[::-1]
        people = [PersonDetails(f"Béranger{number}", f"Léa{day.day}", day) for day in days]
        wishes = [AskForDoses(programme_id, person, ORLEANS, 30.0) for person in people]
        with transaction() as session:
            return ask_household(session, wishes, now=NOW)

    assert said(at_once(send_all, range(4))) == {"tuple": 4}


def test_of_lists_brought_in_at_once_each_person_is_kept_once(programme_id: int) -> None:
    answers = at_once(lambda number: bring_in(programme_id, number), range(4))
    assert said(answers) == {"Imported": 4}, "they do not wait in a circle either"
    assert kept() == 2


def test_without_waiting_the_lists_keep_them_again(
    programme_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive way, to show that the race is real."""
    monkeypatch.setattr(requests, "wait_for_namesakes", lambda session, births: None)
    at_once(lambda number: bring_in(programme_id, number), range(4))
    assert kept() > 2


def test_without_waiting_for_each_other_all_pass(programme_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The naive way, to show that the race is real."""
    monkeypatch.setattr(requests, "wait_for_namesakes", lambda session, births: None)
    at_once(lambda name: send(programme_id, name), LIKE)
    assert kept() > 1
