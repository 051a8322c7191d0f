"""The vaccination record: what was given, from which lot, by whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.vaccination import InjectionSite
from vaccination.models.base import Base, enum_column, pk


class VaccinationRecord(Base):
    """A dose given. A mistake is withdrawn, never deleted: `stands` is then empty and a new record may
    follow.
    """

    __tablename__ = "vaccination_record"
    __table_args__ = (
        UniqueConstraint("appointment_id", "stands"),
        CheckConstraint("(stands IS NULL) = (withdrawn_at IS NOT NULL)", name="stands"),
        ForeignKeyConstraint(["lot_id", "product_id"], ["lot.id", "lot.product_id"]),
    )

    id: Mapped[pk]
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    stands: Mapped[int | None] = mapped_column(default=1)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int] = mapped_column(index=True)
    site: Mapped[InjectionSite] = enum_column(InjectionSite, default=InjectionSite.LEFT_ARM)
    given_at: Mapped[datetime]
    given_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
