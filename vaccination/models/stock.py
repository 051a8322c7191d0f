"""Lots, deliveries and the ledger of doses."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.models.base import Base, Code, ShortText, enum_column, pk


class Lot(Base):
    """A manufacturer's lot of a product, wherever its vials lie."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("product_id", "number"), UniqueConstraint("id", "product_id"))

    id: Mapped[pk]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[Code]
    expires_on: Mapped[date]
    is_quarantined: Mapped[bool] = mapped_column(default=False)


class Delivery(Base):
    """Vials of a lot that a centre receives: whole vials, usable from a day to `usable_to`, both
    inclusive.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("centre_id", "lot_id", "available_from"),
        CheckConstraint("doses > 0", name="doses"),
        CheckConstraint("available_from <= usable_to", name="dates"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    doses: Mapped[int]
    available_from: Mapped[date]
    usable_to: Mapped[date]
    status: Mapped[DeliveryStatus] = enum_column(DeliveryStatus, default=DeliveryStatus.ANNOUNCED)


class StockMovement(Base):
    """One line of the ledger: doses of a lot at a centre, positive in, negative out. Never changed."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("doses <> 0", name="doses"),
        Index("ix_stock_movement_centre_lot", "centre_id", "lot_id"),
    )

    id: Mapped[pk]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[MovementKind] = enum_column(MovementKind)
    doses: Mapped[int]
    day: Mapped[date]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[ShortText] = mapped_column(default="")
