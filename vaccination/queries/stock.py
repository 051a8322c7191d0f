"""What the ledger says: doses on hand by centre and lot, and which deliveries they came with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.stock import DeliveryStatus
from vaccination.models.stock import Delivery, Lot, StockMovement


@dataclass(frozen=True, slots=True)
class LotOnHand:
    """Doses of a lot that lie at a centre and may be used until `usable_to`, inclusive."""

    lot_id: int
    number: str
    product_id: int
    doses: int
    usable_to: date
    is_quarantined: bool


def on_hand(session: Session, centre_id: int, lot_id: int) -> int:
    """Doses of the lot at the centre by the ledger."""
    total = session.scalar(
        select(func.sum(StockMovement.doses)).where(
            StockMovement.centre_id == centre_id, StockMovement.lot_id == lot_id
        )
    )
    return int(total or 0)


def usable_by_lot(session: Session, centre_id: int, product_id: int, day: date) -> list[LotOnHand]:
    """Lots of the product with doses that may be used on the day, the first to expire first.

    Of a lot that came in several deliveries the oldest is used first, so what remains is of the later ones.
    Quarantined lots are not among them.
    """
    came = _received(session, centre_id, product_id)
    left = _left(session, centre_id, came)
    found = []
    for lot_id, deliveries in came.items():
        number, quarantined, _, _ = deliveries[0]
        usable = [(doses, to) for _, _, doses, to in deliveries if to >= day]
        doses = min(left.get(lot_id, 0), sum(n for n, _ in usable))
        if doses > 0 and not quarantined:
            found.append(LotOnHand(lot_id, number, product_id, doses, max(to for _, to in usable), False))
    return sorted(found, key=lambda lot: (lot.usable_to, lot.number))


def _left(session: Session, centre_id: int, lot_ids: Iterable[int]) -> dict[int, int]:
    query = (
        select(StockMovement.lot_id, func.sum(StockMovement.doses))
        .where(StockMovement.centre_id == centre_id, StockMovement.lot_id.in_(list(lot_ids)))
        .group_by(StockMovement.lot_id)
    )
    return {lot_id: int(doses) for lot_id, doses in session.execute(query)}


def _received(
    session: Session, centre_id: int, product_id: int
) -> dict[int, list[tuple[str, bool, int, date]]]:
    query = (
        select(Lot.id, Lot.number, Lot.is_quarantined, Delivery.doses, Delivery.usable_to, Lot.expires_on)
        .join(Delivery, Delivery.lot_id == Lot.id)
        .where(
            Delivery.centre_id == centre_id,
            Delivery.status == DeliveryStatus.RECEIVED,
            Lot.product_id == product_id,
        )
        .order_by(Delivery.usable_to)
    )
    found = defaultdict(list)
    for lot_id, number, quarantined, doses, usable_to, expires_on in session.execute(query):
        found[lot_id].append((number, quarantined, doses, min(usable_to, expires_on)))
    return dict(found)
