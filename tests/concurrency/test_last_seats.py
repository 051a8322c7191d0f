"""The last seats, on PostgreSQL: who tests and takes in one statement never sells one twice."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    make_budget,
    make_centre,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
)
from tests.concurrency.crowd import at_once
from vaccination.db import transaction
from vaccination.models.appointments import Appointment
from vaccination.models.centres import DoseBudget, Slot
from vaccination.services.appointments import booking
from vaccination.services.appointments.booking import BookRequest, book_request, cancel_request
from vaccination.services.appointments.places import NoDoseLeft, Places, SlotFull
from vaccination.services.keeping.reconcile import broken_invariants

PEOPLE, SEATS = 40, 5
TOMORROW = TODAY + timedelta(1)

pytestmark = pytest.mark.usefixtures("postgres_url")


def wanting_one_slot(doses: int) -> list[BookRequest]:
    """Forty people who want the same five seats."""
    with transaction() as session:
        programme, product, centre = make_programme(session), make_product(session), make_centre(session)
        schedule = make_schedule(session, programme, product, doses=1)
        slot = make_slots(session, centre, TOMORROW, slots=1, seats=SEATS)[0]
        make_budget(session, centre, product, TOMORROW, doses=doses)
        return [
            BookRequest(make_request(session, programme).id, schedule.id, (slot.id,)) for _ in range(PEOPLE)
        ]


def book(command: BookRequest) -> None:
    with transaction() as session:
        book_request(session, command, now=NOW)


def kinds(results: list[None | Exception]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def standing() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).where(Appointment.stands == 1)) or 0


def broken() -> list[str]:
    with transaction() as session:
        return broken_invariants(session)


def test_forty_people_get_five_seats() -> None:
    results = at_once(book, wanting_one_slot(doses=100))
    assert kinds(results) == {"NoneType": SEATS, SlotFull.__name__: PEOPLE - SEATS}
    assert standing() == SEATS
    assert broken() == []


def test_forty_people_get_three_doses() -> None:
    results = at_once(book, wanting_one_slot(doses=3))
    assert kinds(results) == {"NoneType": 3, NoDoseLeft.__name__: PEOPLE - 3}
    assert broken() == []


def test_without_the_guard_seats_are_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same crowd, with counting first and writing after. It must oversell."""
    monkeypatch.setattr(booking, "take", look_then_write)
    at_once(book, wanting_one_slot(doses=100))
    assert standing() > SEATS
    assert any(breach.startswith("seats_counted") for breach in broken())


def look_then_write(session: Session, places: Places) -> None:
    """How it is done where nobody thinks of two at once."""
    slots = {slot_id: session.get_one(Slot, slot_id) for slot_id in places.seats}
    budgets = {budget_id: session.get_one(DoseBudget, budget_id) for budget_id in places.doses}
    if any(slots[i].taken + n > slots[i].seats for i, n in places.seats.items()):
        raise SlotFull
    time.sleep(0.05)
    for slot_id, seats in places.seats.items():
        slots[slot_id].taken += seats
    for budget_id, doses in places.doses.items():
        budgets[budget_id].taken += doses


def wanting_two_slots(people: int) -> list[BookRequest]:
    """People who share slots: what is one half's second dose is the other's first. Ids run backwards."""
    with transaction() as session:
        programme, product, centre = make_programme(session), make_product(session), make_centre(session)
        schedule = make_schedule(session, programme, product)
        last, middle, first = (
            make_slots(session, centre, TOMORROW + timedelta(days), slots=1, seats=people)[0]
            for days in (56, 28, 0)
        )
        for slot in (first, middle, last):
            make_budget(session, centre, product, slot.day, doses=people)
        pairs = ((first.id, middle.id), (middle.id, last.id))
        return [
            BookRequest(make_request(session, programme).id, schedule.id, pairs[n % 2]) for n in range(people)
        ]


def test_pairs_are_taken_in_one_order_and_nobody_waits_in_a_circle() -> None:
    commands = wanting_two_slots(16)
    started = time.monotonic()
    assert kinds(at_once(book, commands)) == {"NoneType": 16}
    assert time.monotonic() - started < 10
    assert broken() == []


def test_taking_in_any_order_deadlocks() -> None:
    """The negative control: two who take the same two slots, each beginning with the other's second."""
    with transaction() as session:
        centre = make_centre(session)
        slots = [slot.id for slot in make_slots(session, centre, TOMORROW, slots=2, seats=9)]

    def take_slowly(order: list[int]) -> None:
        with transaction() as session:
            for slot_id in order:
                booking.take(session, Places(seats={slot_id: 1}))
                time.sleep(0.3)

    results = at_once(take_slowly, [slots, slots[::-1]])
    assert kinds(results) == {"NoneType": 1, OperationalError.__name__: 1}


def test_cancelling_twice_gives_back_once() -> None:
    command = wanting_one_slot(doses=100)[0]
    book(command)

    def cancel(_turn: int) -> None:
        with transaction() as session:
            cancel_request(session, command.request_id, now=NOW)

    results = at_once(cancel, range(6))
    assert kinds(results) == {"NoneType": 1, "CannotCancel": 5}
    assert standing() == 0
    assert broken() == []
