"""The audit trail: written by services, read by investigators only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.models.base import Base, Code, pk


class AuditEntry(Base):
    """Who did what to which row, and when. `subject` is a table and an id, `facts` hold nothing personal."""

    __tablename__ = "audit_entry"

    id: Mapped[pk]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    action: Mapped[Code]
    subject: Mapped[Code]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
