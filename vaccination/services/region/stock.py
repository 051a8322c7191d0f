"""The stock ledger: doses used, given back, wasted, expired, corrected and allotted.

Every change is a new line; what is on hand is their sum, and never falls below zero: whoever takes doses
first locks the centre's deliveries of the lot, so two desks cannot both draw the last one (docs/locking.md).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.errors import Conflict
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.queries.stock import LotOnHand, on_hand, usable_by_lot
from vaccination.services import audit
from vaccination.services.region.deliveries import (
    AnnounceDelivery,
    LotUnknown,
    announce_delivery,
    cancel_delivery,
    quarantine_lot,
    receive_delivery,
)

__all__ = [
    "AnnounceDelivery",
    "LotOnHand",
    "allot",
    "announce_delivery",
    "cancel_delivery",
    "correct",
    "expire",
    "lots_on_hand",
    "quarantine_lot",
    "receive_delivery",
    "return_dose",
    "use_dose",
    "waste",
]


class NoDoseOnHand(Conflict):
    """The centre has fewer doses of the lot than that; `detail['doses']` says how many."""

    code = "no_dose_on_hand"


class LotQuarantined(Conflict):
    """Nobody may use this lot."""

    code = "lot_quarantined"


class LotExpired(Conflict):
    """The lot's last day at this centre has passed."""

    code = "lot_expired"


class NothingToReturn(Conflict):
    """No dose of this lot was used here."""

    code = "nothing_to_return"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A lot at a centre, on a day."""

    centre_id: int
    lot_id: int
    day: date


def lots_on_hand(session: Session, centre_id: int, product_id: int, day: date) -> list[LotOnHand]:
    """Lots that may be used there on the day, the first to expire first."""
    return usable_by_lot(session, centre_id, product_id, day)


def use_dose(
    session: Session, centre_id: int, lot_id: int, *, day: date, now: datetime, user_id: int | None
) -> int:
    """Draw one dose; returns the movement's id. Refuses a lot that is empty, expired or set aside."""
    shelf = Shelf(centre_id, lot_id, day)
    deliveries = _lock(session, shelf)
    lot = _lot(session, lot_id)
    if lot.is_quarantined:
        raise LotQuarantined(lot=lot.number)
    if deliveries and all(min(d.usable_to, lot.expires_on) < day for d in deliveries):
        raise LotExpired(lot=lot.number)
    return _take(session, shelf, MovementKind.USED, 1, now, user_id)


def return_dose(
    session: Session, centre_id: int, lot_id: int, *, day: date, now: datetime, user_id: int | None
) -> int:
    """Take a use back, because the record of it was withdrawn; returns the movement's id."""
    shelf = Shelf(centre_id, lot_id, day)
    _lock(session, shelf)
    used = session.scalar(
        select(func.sum(StockMovement.doses)).where(
            StockMovement.centre_id == centre_id,
            StockMovement.lot_id == lot_id,
            StockMovement.kind == MovementKind.USED,
        )
    )
    if not used:
        raise NothingToReturn
    return _move(session, shelf, MovementKind.USED, 1, now, user_id)


def waste(
    session: Session, shelf: Shelf, doses: int, note: str = "", *, now: datetime, user_id: int | None = None
) -> int:
    """Doses that were thrown away: a broken vial, the rest of an opened one."""
    return _write_off(session, shelf, MovementKind.WASTED, doses, note, now, user_id)


def expire(
    session: Session, shelf: Shelf, doses: int, note: str = "", *, now: datetime, user_id: int | None = None
) -> int:
    """Doses whose last day has passed."""
    return _write_off(session, shelf, MovementKind.EXPIRED, doses, note, now, user_id)


def correct(
    session: Session, shelf: Shelf, counted: int, note: str, *, now: datetime, user_id: int | None = None
) -> int | None:
    """Somebody counted: the ledger follows, with a reason. Returns the movement's id, none if it agreed."""
    _lock(session, shelf)
    faults = Faults()
    faults.between("doses", counted, 0, 10_000_000)
    faults.text("note", note)
    faults.check()
    difference = counted - on_hand(session, shelf.centre_id, shelf.lot_id)
    if not difference:
        return None
    movement = _move(session, shelf, MovementKind.CORRECTED, difference, now, user_id, note)
    _audit(session, "correct_stock", shelf, difference, now, user_id)
    return movement


def allot(
    session: Session, shelf: Shelf, to_centre_id: int, doses: int, *, now: datetime,
    user_id: int | None = None,
) -> None:  # fmt: skip
    """Move doses of a lot to another centre, in the ledger of both."""
    target = Shelf(to_centre_id, shelf.lot_id, shelf.day)
    for either in sorted((shelf, target), key=lambda s: s.centre_id):
        _lock(session, either)
    faults = Faults()
    faults.between("doses", doses, 1, 10_000_000)
    faults.add_if(to_centre_id == shelf.centre_id, "to_centre_id", "same_centre")
    source = _last_usable(session, shelf)
    faults.add_if(source is None, "lot_id", "nothing_usable")
    faults.check()
    _take(session, shelf, MovementKind.ALLOTTED, doses, now, user_id)
    delivery = _arrival(session, target, doses, source or shelf.day)
    _move(session, target, MovementKind.ALLOTTED, doses, now, user_id, delivery_id=delivery.id)
    _audit(session, "allot_stock", shelf, doses, now, user_id)


def _last_usable(session: Session, shelf: Shelf) -> date | None:
    """The last day on which what is moved may be used: that of the delivery it is taken from first."""
    days = session.scalars(
        select(Delivery.usable_to).where(
            Delivery.centre_id == shelf.centre_id,
            Delivery.lot_id == shelf.lot_id,
            Delivery.status == DeliveryStatus.RECEIVED,
            Delivery.usable_to >= shelf.day,
        )
    ).all()
    return min(days, default=None)


def _arrival(session: Session, target: Shelf, doses: int, usable_to: date) -> Delivery:
    """The delivery under which allotted doses stand at their new centre."""
    delivery = session.scalar(
        select(Delivery).where(
            Delivery.centre_id == target.centre_id,
            Delivery.lot_id == target.lot_id,
            Delivery.available_from == target.day,
        )
    )
    if delivery is not None and delivery.status is DeliveryStatus.RECEIVED:
        delivery.doses += doses
        delivery.usable_to = min(delivery.usable_to, usable_to)
    elif delivery is None:
        delivery = Delivery(
            centre_id=target.centre_id, lot_id=target.lot_id, doses=doses, available_from=target.day,
            usable_to=usable_to, status=DeliveryStatus.RECEIVED,
        )  # fmt: skip
        session.add(delivery)
    else:
        faults = Faults()
        faults.add("to_centre_id", "delivery_that_day")
        faults.check()
    session.flush()
    return delivery


def _write_off(
    session: Session, shelf: Shelf, kind: MovementKind, doses: int, note: str, now: datetime,
    user_id: int | None,
) -> int:  # fmt: skip
    faults = Faults()
    faults.between("doses", doses, 1, 10_000_000)
    faults.add_if(len(note) > 200, "note", "too_long", longest=200)
    faults.check()
    _lock(session, shelf)
    movement = _take(session, shelf, kind, doses, now, user_id, note)
    _audit(session, f"{kind.value}_stock", shelf, doses, now, user_id)
    return movement


def _lock(session: Session, shelf: Shelf) -> list[Delivery]:
    """Nobody else moves this lot at this centre until we commit. SQLite has one writer anyway."""
    return list(
        session.scalars(
            select(Delivery)
            .where(
                Delivery.centre_id == shelf.centre_id,
                Delivery.lot_id == shelf.lot_id,
                Delivery.status == DeliveryStatus.RECEIVED,
            )
            .order_by(Delivery.id)
            .with_for_update()
        )
    )


def _lot(session: Session, lot_id: int) -> Lot:
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise LotUnknown(lot_id=lot_id)
    return lot


def _take(
    session: Session, shelf: Shelf, kind: MovementKind, doses: int, now: datetime, user_id: int | None,
    note: str = "",
) -> int:  # fmt: skip
    held = on_hand(session, shelf.centre_id, shelf.lot_id)
    if held < doses:
        raise NoDoseOnHand(doses=held)
    return _move(session, shelf, kind, -doses, now, user_id, note)


def _move(
    session: Session, shelf: Shelf, kind: MovementKind, doses: int, now: datetime, user_id: int | None,
    note: str = "", delivery_id: int | None = None,
) -> int:  # fmt: skip
    movement = StockMovement(
        centre_id=shelf.centre_id, lot_id=shelf.lot_id, delivery_id=delivery_id, kind=kind, doses=doses,
        day=shelf.day, at=now, user_id=user_id, note=note,
    )  # fmt: skip
    session.add(movement)
    session.flush()
    return movement.id


def _audit(
    session: Session, action: str, shelf: Shelf, doses: int, now: datetime, user_id: int | None
) -> None:
    facts = {"doses": doses}
    audit.record(
        session, action, f"lot:{shelf.lot_id}", now=now, user_id=user_id, centre_id=shelf.centre_id,
        facts=facts,
    )  # fmt: skip
