"""The last pairs, on PostgreSQL: two hundred look, hold and confirm at once, and twenty are served."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    make_budget,
    make_centre,
    make_lot,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.concurrency.crowd import at_once
from vaccination import db
from vaccination.db import transaction
from vaccination.models.appointments import Appointment
from vaccination.models.centres import DoseBudget, Slot
from vaccination.queries.columns import Columns
from vaccination.services.appointments import budgets, hold_taking
from vaccination.services.appointments.booking import ChosenDose
from vaccination.services.appointments.booking_rows import BudgetKey
from vaccination.services.appointments.budgets import Shelves
from vaccination.services.appointments.choosing import free_seats
from vaccination.services.appointments.holds import confirm, expire_due, hold
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.places import NoDoseLeft, SlotFull
from vaccination.services.keeping.reconcile import broken_invariants

CLIENTS, PAIRS = 200, 20
TRIES = 40
DAYS = TODAY + timedelta(1), TODAY + timedelta(29)


@pytest.fixture(autouse=True)
def many_connections(postgres_url: str) -> Iterator[None]:
    """As many connections as several processes of a site have together."""
    engine = db.bind(postgres_url, pool_size=40)
    yield
    engine.dispose()


def waiting(seats: int, doses: int, *, with_budgets: bool = False) -> list[int]:
    """Two hundred who wait for two days of ten slots, four weeks apart."""
    with transaction() as session:
        programme, product, centre = make_programme(session), make_product(session), make_centre(session)
        make_schedule(session, programme, product)
        make_stock(session, centre, make_lot(session, product), doses=doses)
        for day in DAYS:
            make_slots(session, centre, day, slots=10, seats=seats)
            if with_budgets:
                make_budget(session, centre, product, day, doses=doses)
        return [make_request(session, programme).id for _ in range(CLIENTS)]


def hold_one(request_id: int) -> str:
    """What a person does: look, hold the first offer, look again when it is gone."""
    for _ in range(TRIES):
        with transaction() as session:
            offers = five(session, request_id, now=NOW)
        if not offers:
            return ""
        try:
            with transaction() as session:
                return hold(session, request_id, offers[0].choice, now=NOW).token
        except (SlotFull, NoDoseLeft):
            continue
    return "never"


def serve(request_id: int) -> int:
    token = hold_one(request_id)
    if not token:
        return 0
    with transaction() as session:
        return len(confirm(session, token, now=NOW))


def standing() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).where(Appointment.stands == 1)) or 0


def broken() -> list[str]:
    with transaction() as session:
        return broken_invariants(session)


def test_two_hundred_clients_confirm_exactly_twenty_pairs() -> None:
    results = at_once(serve, waiting(seats=PAIRS // 10, doses=600))
    assert Counter(map(str, results)) == {"2": PAIRS, "0": CLIENTS - PAIRS}
    assert standing() == 2 * PAIRS
    assert broken() == []


def test_the_last_vials_are_held_once_each() -> None:
    """Seats for everybody, two vials of six: six pairs, for nobody knows of the others' days beforehand."""
    results = at_once(hold_one, waiting(seats=CLIENTS, doses=12))
    assert Counter(bool(token) for token in results) == {True: 6, False: CLIENTS - 6}
    assert "never" not in results
    assert broken() == []


def test_what_lapses_while_others_look_is_taken_once() -> None:
    people = waiting(seats=PAIRS // 10, doses=600)
    late = NOW + timedelta(minutes=11)
    assert all(isinstance(token, str) and token for token in at_once(hold_one, people[:PAIRS]))

    def sweep_or_confirm(which: int) -> int:
        with transaction() as session:
            return expire_due(session, now=late) if which < 4 else len(serve_late(session, people[which]))

    def serve_late(session: Session, request_id: int) -> Sequence[int]:
        offers = five(session, request_id, now=late)
        if not offers:
            return []
        return confirm(session, hold(session, request_id, offers[0].choice, now=late).token, now=late)

    results = at_once(sweep_or_confirm, range(CLIENTS // 4))
    assert {type(result) for result in results if isinstance(result, Exception)} <= {SlotFull}
    assert sum(results[which] for which in range(4) if isinstance(results[which], int)) == PAIRS  # type: ignore[misc]
    assert broken() == []


def test_without_the_guards_pairs_are_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same crowd, with looking first and writing after. It must oversell."""
    monkeypatch.setattr(budgets, "_lock", look_only)
    monkeypatch.setattr(hold_taking, "_take", look_then_write)
    at_once(serve, waiting(seats=PAIRS // 10, doses=600, with_budgets=True))
    assert standing() > 2 * PAIRS
    assert any(breach.startswith("seats_counted") for breach in broken())


def look_only(
    session: Session, centre_ids: object, product_ids: object, today: object, also: object
) -> Sequence[Columns]:
    return session.execute(
        select(DoseBudget.id, DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day, DoseBudget.doses,
               DoseBudget.taken)
    ).all()  # type: ignore[return-value]  # fmt: skip


def look_then_write(session: Session, shelves: Shelves, doses: Sequence[ChosenDose]) -> dict[BudgetKey, int]:
    """How it is done where nobody thinks of two at once."""
    free = free_seats(session, [dose.slot_id for dose in doses])
    if not all(free.values()):
        raise SlotFull
    time.sleep(0.1)
    for slot_id, seats in sorted(free.items()):
        session.execute(update(Slot).where(Slot.id == slot_id).values(taken=Slot.seats - seats + 1))
    return {key: budget.id for key, budget in shelves.budgets.items()}
