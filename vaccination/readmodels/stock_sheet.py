"""Stock as the agency and centre managers see it: shelves of the region, lots and ledger of a centre."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vaccination.domain.shortfall import shortfalls
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.errors import NotFound
from vaccination.models.accounts import User
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.queries.supply import local_today, promised_doses, supplies

LEDGER_LINES = 100


class NoSuchLot(NotFound):
    """The lot never lay at this centre."""

    code = "no_such_lot"


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A product at a centre: on hand, announced, promised, and what will be missing."""

    centre_id: int
    centre: str
    product_id: int
    product: str
    on_hand: int
    announced: int
    promised: int
    missing: int
    missing_from: date | None


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot at a centre; `usable_to` is the last day of what remains of it."""

    lot_id: int
    number: str
    product: str
    on_hand: int
    usable_to: date
    is_quarantined: bool
    received: int
    used: int
    lost: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery of a centre."""

    delivery_id: int
    product: str
    lot: str
    doses: int
    available_from: date
    usable_to: date
    status: DeliveryStatus


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement of the ledger."""

    at: datetime
    kind: MovementKind
    lot: str
    doses: int
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class CentreStock:
    """A centre's own stock page."""

    centre_id: int
    name: str
    timezone: str
    today: date
    lots: tuple[LotRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    ledger: tuple[LedgerLine, ...]

    @property
    def is_ledger_cut(self) -> bool:
        """Whether there may be earlier movements than those that are shown."""
        return len(self.ledger) >= LEDGER_LINES


def shelves(session: Session, centre_ids: Collection[int] | None, now: datetime) -> tuple[ShelfRow, ...]:
    """Every product at every centre that has some or promised some."""
    today = local_today(session, now)
    stock, needs = supplies(session, today, centre_ids), promised_doses(session, today, centre_ids)
    announced = _announced(session, today, centre_ids)
    centres = {row_id: name for row_id, name in session.execute(select(Centre.id, Centre.name))}
    products = {product.id: product for product in session.scalars(select(Product))}
    rows = []
    for centre_id, product_id in {*stock, *needs}:
        product, days = products[product_id], needs.get((centre_id, product_id), {})
        shelf = stock.get((centre_id, product_id), [])
        missing = shortfalls(shelf, days, today, product.doses_per_vial)
        coming = announced.get((centre_id, product_id), 0)
        rows.append(
            ShelfRow(
                centre_id, centres[centre_id], product_id, product.name,
                sum(supply.doses for supply in shelf) - coming, coming, sum(days.values()),
                sum(missing.values()), min(missing, default=None),
            )
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.centre, row.product)))


def _announced(
    session: Session, today: date, centre_ids: Collection[int] | None
) -> dict[tuple[int, int], int]:
    query = (
        select(Delivery.centre_id, Lot.product_id, func.sum(Delivery.doses))
        .join(Lot, Lot.id == Delivery.lot_id)
        .where(
            Delivery.status == DeliveryStatus.ANNOUNCED, Delivery.usable_to >= today,
            Lot.expires_on >= today, Lot.is_quarantined.is_(False),
        )
        .group_by(Delivery.centre_id, Lot.product_id)
    )  # fmt: skip
    if centre_ids is not None:
        query = query.where(Delivery.centre_id.in_(centre_ids))
    return {(centre_id, product_id): int(doses) for centre_id, product_id, doses in session.execute(query)}


def of_centre(session: Session, centre_id: int, now: datetime, lot_id: int | None = None) -> CentreStock:
    """A centre's lots, deliveries and ledger; those of one lot where it is named."""
    centre = session.get(Centre, centre_id)
    lots = _lots(session, centre_id, lot_id)
    if centre is None or (lot_id is not None and not lots):
        raise NoSuchLot
    return CentreStock(
        centre_id, centre.name, centre.timezone, local_today(session, now), lots,
        _deliveries(session, centre_id, lot_id), _ledger(session, centre_id, lot_id),
    )  # fmt: skip


def _lots(session: Session, centre_id: int, lot_id: int | None) -> tuple[LotRow, ...]:
    moved = func.sum(StockMovement.doses)
    came = StockMovement.kind.in_((MovementKind.RECEIVED, MovementKind.ALLOTTED))
    lost = StockMovement.kind.in_((MovementKind.WASTED, MovementKind.EXPIRED, MovementKind.CORRECTED))
    last = (
        select(func.max(Delivery.usable_to))
        .where(
            Delivery.centre_id == centre_id, Delivery.lot_id == Lot.id,
            Delivery.status == DeliveryStatus.RECEIVED,
        )
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(
            Lot.id, Lot.number, Product.name, moved, func.coalesce(last, Lot.expires_on), Lot.is_quarantined,
            moved.filter(came), moved.filter(StockMovement.kind == MovementKind.USED), moved.filter(lost),
        )
        .join(StockMovement, StockMovement.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .where(StockMovement.centre_id == centre_id)
        .group_by(Lot.id, Lot.number, Product.name, Lot.is_quarantined, Lot.expires_on)
        .order_by(Product.name, Lot.expires_on)
    )  # fmt: skip
    if lot_id is not None:
        query = query.where(Lot.id == lot_id)
    return tuple(_lot_row(row) for row in session.execute(query))


def _lot_row(row: Row[*tuple[Any, ...]]) -> LotRow:
    lot_id, number, product, on_hand, usable_to, quarantined, came, used, lost = tuple(row)
    return LotRow(
        lot_id, number, product, int(on_hand or 0), usable_to, quarantined, int(came or 0), -int(used or 0),
        -int(lost or 0),
    )  # fmt: skip


def _deliveries(session: Session, centre_id: int, lot_id: int | None) -> tuple[DeliveryRow, ...]:
    query = (
        select(
            Delivery.id, Product.name, Lot.number, Delivery.doses, Delivery.available_from,
            Delivery.usable_to, Delivery.status,
        )
        .join(Lot, Lot.id == Delivery.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Delivery.centre_id == centre_id)
        .order_by(Delivery.available_from.desc(), Delivery.id.desc())
        .limit(LEDGER_LINES)
    )  # fmt: skip
    if lot_id is not None:
        query = query.where(Delivery.lot_id == lot_id)
    return tuple(DeliveryRow(*row) for row in session.execute(query))


def _ledger(session: Session, centre_id: int, lot_id: int | None) -> tuple[LedgerLine, ...]:
    query = (
        select(
            StockMovement.at, StockMovement.kind, Lot.number, StockMovement.doses,
            func.coalesce(User.display_name, ""), StockMovement.note,
        )
        .join(Lot, Lot.id == StockMovement.lot_id)
        .outerjoin(User, User.id == StockMovement.user_id)
        .where(StockMovement.centre_id == centre_id)
        .order_by(StockMovement.id.desc())
        .limit(LEDGER_LINES)
    )  # fmt: skip
    if lot_id is not None:
        query = query.where(StockMovement.lot_id == lot_id)
    return tuple(LedgerLine(*row) for row in session.execute(query))


def choices(session: Session) -> tuple[dict[int, str], dict[int, str]]:
    """Centres and products to choose from, by name."""
    centres = session.execute(select(Centre.id, Centre.name).order_by(Centre.name))
    products = session.execute(select(Product.id, Product.name).order_by(Product.name))
    return {i: name for i, name in centres}, {i: name for i, name in products}
