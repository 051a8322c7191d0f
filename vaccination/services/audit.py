"""The audit trail: called by services on purpose, never hooked, never read by the application (ADR 0010)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from vaccination.models.audit import AuditEntry


def record(
    session: Session,
    action: str,
    subject: str,
    *,
    now: datetime,
    user_id: int | None = None,
    centre_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note who did what to which row (`subject` such as "request:12"); `facts` hold nothing personal."""
    session.add(
        AuditEntry(
            at=now,
            user_id=user_id,
            centre_id=centre_id,
            action=action,
            subject=subject,
            facts=dict(facts or {}),
        )
    )
