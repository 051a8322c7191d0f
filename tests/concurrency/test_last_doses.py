"""The last doses of a lot, on PostgreSQL: the ledger never falls below zero, whoever draws at once."""

import time
from datetime import timedelta

import pytest

from tests.builders import NOW, TODAY, make_centre, make_lot, make_product, make_stock, make_user
from tests.concurrency.crowd import at_once
from vaccination.db import transaction
from vaccination.domain.stock import MovementKind
from vaccination.models.stock import StockMovement
from vaccination.queries.stock import on_hand
from vaccination.services.region.stock import NoDoseOnHand, Shelf, allot, use_dose

HANDS, DOSES = 12, 5

pytestmark = pytest.mark.usefixtures("postgres_url")


def stocked(doses: int = DOSES) -> tuple[Shelf, int]:
    """A lot at a centre, and somebody who vaccinates."""
    with transaction() as session:
        lot = make_lot(session, make_product(session))
        centre = make_centre(session)
        make_stock(session, centre, lot, doses)
        return Shelf(centre.id, lot.id, TODAY), make_user(session).id


def held(shelf: Shelf) -> int:
    with transaction() as session:
        return on_hand(session, shelf.centre_id, shelf.lot_id)


def test_the_last_doses_are_drawn_once_each() -> None:
    shelf, user_id = stocked()

    def draw(_: int) -> None:
        with transaction() as session:
            use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user_id)

    results = at_once(draw, range(HANDS))
    assert [type(result) for result in results if result].count(NoDoseOnHand) == HANDS - DOSES
    assert results.count(None) == DOSES
    assert held(shelf) == 0


def test_without_the_lock_more_is_drawn_than_there_is() -> None:
    """The naive way, to show that the race is real: look, think, write."""
    shelf, user_id = stocked()

    def draw(_: int) -> None:
        with transaction() as session:
            if on_hand(session, shelf.centre_id, shelf.lot_id) < 1:
                raise NoDoseOnHand
            time.sleep(0.2)
            movement = StockMovement(
                centre_id=shelf.centre_id, lot_id=shelf.lot_id, kind=MovementKind.USED, doses=-1, day=TODAY,
                at=NOW, user_id=user_id,
            )  # fmt: skip
            session.add(movement)

    at_once(draw, range(HANDS))
    assert held(shelf) < 0


def test_doses_sent_both_ways_at_once_neither_vanish_nor_lock_up() -> None:
    shelf, _ = stocked(doses=60)
    with transaction() as session:
        other = make_centre(session).id
    with transaction() as session:
        allot(session, shelf, other, 30, now=NOW)
    back = Shelf(other, shelf.lot_id, TODAY + timedelta(1))

    def send(number: int) -> None:
        source, target = (shelf, other) if number % 2 else (back, shelf.centre_id)
        with transaction() as session:
            allot(session, source, target, 6, now=NOW)

    results = at_once(send, range(8))
    assert results == [None] * 8
    assert (held(shelf), held(Shelf(other, shelf.lot_id, TODAY))) == (30, 30)
