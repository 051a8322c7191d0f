"""Deliveries and the ledger of doses."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_centre, make_lot, make_product, make_stock, make_user
from vaccination.domain.faults import InvalidFields
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.queries.stock import on_hand
from vaccination.services.region.deliveries import DeliveryDone, DeliveryThere, DeliveryUnknown
from vaccination.services.region.stock import (
    AnnounceDelivery,
    LotExpired,
    LotQuarantined,
    NoDoseOnHand,
    NothingToReturn,
    Shelf,
    allot,
    announce_delivery,
    cancel_delivery,
    correct,
    expire,
    lots_on_hand,
    quarantine_lot,
    receive_delivery,
    return_dose,
    use_dose,
    waste,
)

LATER = TODAY + timedelta(200)


def announce(session: Session, **named: Any) -> int:
    ordinary = dict(lot_number="AB1", expires_on=LATER, doses=60, available_from=TODAY)
    given = {**ordinary, **named}
    given.setdefault("centre_id", make_centre(session).id if "centre_id" not in named else None)
    given.setdefault("product_id", make_product(session).id if "product_id" not in named else None)
    return announce_delivery(session, AnnounceDelivery(**given), now=NOW)


def stocked(session: Session, doses: int = 12, **lot: Any) -> Shelf:
    """A lot at a centre, received."""
    kept = make_lot(session, make_product(session), **lot)
    return Shelf(make_stock(session, make_centre(session), kept, doses).centre_id, kept.id, TODAY)


def held(session: Session, shelf: Shelf) -> int:
    return on_hand(session, shelf.centre_id, shelf.lot_id)


def test_an_announced_delivery_is_not_in_the_ledger_and_a_received_one_is(session: Session) -> None:
    delivery = session.get_one(Delivery, announce(session))
    assert (delivery.status, on_hand(session, delivery.centre_id, delivery.lot_id)) == (
        DeliveryStatus.ANNOUNCED,
        0,
    )
    receive_delivery(session, delivery.id, day=TODAY, now=NOW)
    assert on_hand(session, delivery.centre_id, delivery.lot_id) == 60


def test_a_delivery_is_received_once(session: Session) -> None:
    delivery_id = announce(session)
    receive_delivery(session, delivery_id, day=TODAY, now=NOW)
    with pytest.raises(DeliveryDone):
        receive_delivery(session, delivery_id, day=TODAY, now=NOW)
    with pytest.raises(DeliveryDone):
        cancel_delivery(session, delivery_id, now=NOW)
    with pytest.raises(DeliveryUnknown):
        cancel_delivery(session, 10**6, now=NOW)


def test_fewer_doses_may_arrive_than_were_announced(session: Session) -> None:
    delivery = session.get_one(Delivery, announce(session))
    receive_delivery(session, delivery.id, day=TODAY, now=NOW, doses=54)
    assert (delivery.doses, on_hand(session, delivery.centre_id, delivery.lot_id)) == (54, 54)


def test_vials_keep_for_the_products_shelf_days_but_never_past_the_expiry(session: Session) -> None:
    product, centre = make_product(session, shelf_days=5), make_centre(session)
    far = announce(session, product_id=product.id, centre_id=centre.id)
    near = announce(
        session, product_id=product.id, centre_id=centre.id, lot_number="AB2", expires_on=TODAY + timedelta(2)
    )
    assert session.get_one(Delivery, far).usable_to == TODAY + timedelta(5)
    assert session.get_one(Delivery, near).usable_to == TODAY + timedelta(2)


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        (dict(doses=61), ("doses", "not_whole_vials")),
        (dict(doses=0), ("doses", "out_of_range")),
        (dict(lot_number=""), ("lot_number", "missing")),
        (dict(expires_on=TODAY - timedelta(1)), ("expires_on", "before_start")),
        (dict(usable_to=LATER + timedelta(1)), ("usable_to", "after_expiry")),
        (dict(usable_to=TODAY - timedelta(1)), ("usable_to", "before_start")),
        (dict(centre_id=60000), ("centre_id", "unknown_centre")),
        (dict(product_id=60000), ("product_id", "unknown_product")),
    ],
)
def test_a_wrong_delivery_names_its_field(
    session: Session, named: dict[str, Any], fault: tuple[str, str]
) -> None:
    with pytest.raises(InvalidFields) as refusal:
        announce(session, **named)
    assert fault in {(f.field, f.code) for f in refusal.value.faults}
    assert (
        session.scalars(select(Delivery.id).where(Delivery.centre_id == named.get("centre_id"))).all() == []
    )


def test_a_lot_expires_everywhere_on_the_same_day(session: Session) -> None:
    product = make_product(session)
    announce(session, product_id=product.id)
    with pytest.raises(InvalidFields) as refusal:
        announce(session, product_id=product.id, expires_on=LATER - timedelta(1))
    assert [(f.field, f.code) for f in refusal.value.faults] == [("expires_on", "other_expiry")]


def test_the_same_delivery_twice_is_refused(session: Session) -> None:
    product, centre = make_product(session), make_centre(session)
    announce(session, product_id=product.id, centre_id=centre.id)
    with pytest.raises(DeliveryThere):
        announce(session, product_id=product.id, centre_id=centre.id)


def test_the_last_dose_is_used_once(session: Session) -> None:
    shelf, user = stocked(session, doses=1), make_user(session)
    use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)
    with pytest.raises(NoDoseOnHand) as refusal:
        use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)
    assert (refusal.value.detail, held(session, shelf)) == ({"doses": 0}, 0)


def test_a_use_is_taken_back_at_most_once(session: Session) -> None:
    shelf, user = stocked(session, doses=6), make_user(session)
    use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)
    return_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)
    assert held(session, shelf) == 6
    with pytest.raises(NothingToReturn):
        return_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)


def test_a_lot_set_aside_is_not_used_until_released(session: Session) -> None:
    shelf, user = stocked(session), make_user(session)
    quarantine_lot(session, shelf.lot_id, now=NOW)
    with pytest.raises(LotQuarantined):
        use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)
    quarantine_lot(session, shelf.lot_id, now=NOW, is_quarantined=False)
    use_dose(session, shelf.centre_id, shelf.lot_id, day=TODAY, now=NOW, user_id=user.id)


@pytest.mark.parametrize(("day", "usable"), [(TODAY + timedelta(3), True), (TODAY + timedelta(4), False)])
def test_the_last_day_of_a_lot_is_inside(session: Session, day: date, usable: bool) -> None:
    shelf, user = stocked(session, expires_on=TODAY + timedelta(3)), make_user(session)
    product_id = session.get_one(Lot, shelf.lot_id).product_id
    assert bool(lots_on_hand(session, shelf.centre_id, product_id, day)) is usable
    if usable:
        use_dose(session, shelf.centre_id, shelf.lot_id, day=day, now=NOW, user_id=user.id)
    else:
        with pytest.raises(LotExpired):
            use_dose(session, shelf.centre_id, shelf.lot_id, day=day, now=NOW, user_id=user.id)


def test_doses_thrown_away_or_expired_leave_the_ledger(session: Session) -> None:
    shelf = stocked(session, doses=12)
    waste(session, shelf, 2, "broken vial", now=NOW)
    expire(session, shelf, 4, now=NOW)
    assert held(session, shelf) == 6
    with pytest.raises(NoDoseOnHand):
        waste(session, shelf, 7, now=NOW)
    kinds = session.execute(
        select(StockMovement.kind, StockMovement.doses)
        .where(StockMovement.lot_id == shelf.lot_id)
        .order_by(StockMovement.id)
    ).all()
    assert kinds == [(MovementKind.RECEIVED, 12), (MovementKind.WASTED, -2), (MovementKind.EXPIRED, -4)]


def test_a_count_corrects_the_ledger_with_a_reason(session: Session) -> None:
    shelf = stocked(session, doses=12)
    with pytest.raises(InvalidFields) as refusal:
        correct(session, shelf, 10, "", now=NOW)
    assert [(f.field, f.code) for f in refusal.value.faults] == [("note", "missing")]
    assert correct(session, shelf, 12, "counted", now=NOW) is None
    correct(session, shelf, 10, "counted", now=NOW)
    assert held(session, shelf) == 10


def test_doses_move_to_another_centre_whole(session: Session) -> None:
    shelf, other = stocked(session, doses=12), make_centre(session)
    allot(session, shelf, other.id, 6, now=NOW)
    allot(session, shelf, other.id, 6, now=NOW)
    there = session.scalars(select(Delivery).where(Delivery.centre_id == other.id)).one()
    assert (held(session, shelf), on_hand(session, other.id, shelf.lot_id), there.doses) == (0, 12, 12)
    with pytest.raises(InvalidFields) as refusal:
        allot(session, shelf, shelf.centre_id, 6, now=NOW)
    assert ("to_centre_id", "same_centre") in {(f.field, f.code) for f in refusal.value.faults}


def test_nothing_moves_that_is_not_there(session: Session) -> None:
    shelf, other = stocked(session, doses=6), make_centre(session)
    with pytest.raises(NoDoseOnHand):
        allot(session, shelf, other.id, 12, now=NOW)
    assert session.scalars(select(Delivery).where(Delivery.centre_id == other.id)).all() == []


def test_lots_are_offered_first_expired_first(session: Session) -> None:
    product, centre = make_product(session), make_centre(session)
    late = make_lot(session, product, number="LATE", expires_on=TODAY + timedelta(30))
    soon = make_lot(session, product, number="SOON", expires_on=TODAY + timedelta(3))
    empty = make_lot(session, product, number="EMPTY", expires_on=TODAY + timedelta(9))
    for lot in (late, soon, empty):
        make_stock(session, centre, lot, 6)
    waste(session, Shelf(centre.id, empty.id, TODAY), 6, now=NOW)
    found = lots_on_hand(session, centre.id, product.id, TODAY)
    assert [(lot.number, lot.doses) for lot in found] == [("SOON", 6), ("LATE", 6)]


def test_what_remains_of_a_lot_is_of_its_later_delivery(session: Session) -> None:
    product, centre = make_product(session), make_centre(session)
    lot = make_lot(session, product)
    make_stock(session, centre, lot, 12, usable_to=TODAY + timedelta(5))
    make_stock(session, centre, lot, 6, usable_to=TODAY + timedelta(20), available_from=TODAY + timedelta(1))
    waste(session, Shelf(centre.id, lot.id, TODAY), 9, now=NOW)
    days = (TODAY, TODAY + timedelta(5), TODAY + timedelta(6), TODAY + timedelta(21))
    found = [sum(lot.doses for lot in lots_on_hand(session, centre.id, product.id, day)) for day in days]
    assert found == [9, 9, 6, 0]
