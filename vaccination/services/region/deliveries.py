"""Deliveries: announced, received into the ledger, or cancelled; and lots set aside."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.errors import Conflict, NotFound
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.services import audit

MOST_DOSES = 10_000_000


class DeliveryUnknown(NotFound):
    """There is no such delivery, or not at this centre."""

    code = "delivery_unknown"


class DeliveryDone(Conflict):
    """The delivery was received or cancelled before."""

    code = "delivery_done"


class DeliveryThere(Conflict):
    """The centre has a delivery of this lot from that day already."""

    code = "delivery_there"


class LotUnknown(NotFound):
    """There is no such lot."""

    code = "lot_unknown"


@dataclass(frozen=True, slots=True)
class AnnounceDelivery:
    """Vials that a centre will receive. No `usable_to`: the product's shelf days, never past the expiry."""

    centre_id: int
    product_id: int
    lot_number: str
    expires_on: date
    doses: int
    available_from: date
    usable_to: date | None = None


def announce_delivery(
    session: Session, command: AnnounceDelivery, *, now: datetime, user_id: int | None = None
) -> int:
    """A delivery that counts for planning from its day on; returns its id."""
    product = _check(session, command)
    lot = _lot_of(session, command)
    usable_to = command.usable_to or min(
        command.available_from + timedelta(product.shelf_days), command.expires_on
    )
    there = select(Delivery.id).where(
        Delivery.centre_id == command.centre_id,
        Delivery.lot_id == lot.id,
        Delivery.available_from == command.available_from,
    )
    if session.scalar(there) is not None:
        raise DeliveryThere(lot=command.lot_number, day=command.available_from)
    delivery = Delivery(
        centre_id=command.centre_id, lot_id=lot.id, doses=command.doses,
        available_from=command.available_from, usable_to=usable_to, status=DeliveryStatus.ANNOUNCED,
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    _note(session, "announce_delivery", delivery, now, user_id)
    return delivery.id


def receive_delivery(
    session: Session, delivery_id: int, *, day: date, now: datetime, user_id: int | None = None,
    doses: int | None = None, centre_id: int | None = None,
) -> None:  # fmt: skip
    """The vials are there: into the ledger. `doses` where other than announced arrived; `centre_id` where
    the actor may receive at that centre only.
    """
    delivery = _claimed(session, delivery_id, DeliveryStatus.RECEIVED, centre_id)
    if doses is not None and doses != delivery.doses:
        faults = Faults()
        faults.between("doses", doses, 1, MOST_DOSES)
        faults.check()
        delivery.doses = doses
    session.add(
        StockMovement(
            centre_id=delivery.centre_id, lot_id=delivery.lot_id, delivery_id=delivery.id,
            kind=MovementKind.RECEIVED, doses=delivery.doses, day=day, at=now, user_id=user_id,
        )
    )  # fmt: skip
    session.flush()
    _note(session, "receive_delivery", delivery, now, user_id)


def cancel_delivery(session: Session, delivery_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """An announced delivery will not come: plans from now on do without."""
    delivery = _claimed(session, delivery_id, DeliveryStatus.CANCELLED)
    _note(session, "cancel_delivery", delivery, now, user_id)


def quarantine_lot(
    session: Session, lot_id: int, *, now: datetime, user_id: int | None = None, is_quarantined: bool = True
) -> None:
    """Nobody may use the lot, anywhere, until it is released again (`is_quarantined=False`)."""
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise LotUnknown(lot_id=lot_id)
    lot.is_quarantined = is_quarantined
    action = "quarantine_lot" if is_quarantined else "release_lot"
    audit.record(session, action, f"lot:{lot_id}", now=now, user_id=user_id)


def _check(session: Session, command: AnnounceDelivery) -> Product:
    faults = Faults()
    product = session.get(Product, command.product_id)
    faults.add_if(session.get(Centre, command.centre_id) is None, "centre_id", "unknown_centre")
    faults.add_if(product is None, "product_id", "unknown_product")
    faults.text("lot_number", command.lot_number, longest=40)
    faults.between("doses", command.doses, 1, MOST_DOSES)
    if product is not None and command.doses % product.doses_per_vial:
        faults.add("doses", "not_whole_vials", doses_per_vial=product.doses_per_vial)
    faults.add_if(command.expires_on < command.available_from, "expires_on", "before_start")
    if command.usable_to is not None:
        faults.add_if(command.usable_to < command.available_from, "usable_to", "before_start")
        faults.add_if(command.usable_to > command.expires_on, "usable_to", "after_expiry")
    faults.check()
    if product is None:
        raise LotUnknown  # not reached: check() has raised; it tells the type checker so
    return product


def _lot_of(session: Session, command: AnnounceDelivery) -> Lot:
    """The lot, made where it is new; a lot expires everywhere on the same day."""
    number = command.lot_number.strip()
    lot = session.scalar(select(Lot).where(Lot.product_id == command.product_id, Lot.number == number))
    if lot is None:
        lot = Lot(product_id=command.product_id, number=number, expires_on=command.expires_on)
        session.add(lot)
        session.flush()
    elif lot.expires_on != command.expires_on:
        faults = Faults()
        faults.add("expires_on", "other_expiry", expires_on=lot.expires_on)
        faults.check()
    return lot


def _claimed(
    session: Session, delivery_id: int, status: DeliveryStatus, centre_id: int | None = None
) -> Delivery:
    """Turn an announced delivery into something else, once."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or centre_id not in (None, delivery.centre_id):
        raise DeliveryUnknown(delivery_id=delivery_id)
    claimed = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == DeliveryStatus.ANNOUNCED)
        .values(status=status)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        raise DeliveryDone(delivery_id=delivery_id)
    session.refresh(delivery)
    return delivery


def _note(session: Session, action: str, delivery: Delivery, now: datetime, user_id: int | None) -> None:
    audit.record(
        session, action, f"delivery:{delivery.id}", now=now, user_id=user_id, centre_id=delivery.centre_id,
        facts={"lot_id": delivery.lot_id, "doses": delivery.doses, "from": str(delivery.available_from)},
    )  # fmt: skip
