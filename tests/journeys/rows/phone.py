"""Rows of the phone agents' pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.requests import Request


def rows(session: Session) -> dict[str, str | int]:
    """Somebody who has appointments, so that the page shows all that it can."""
    planned = session.scalars(select(Request.id).where(Request.booked == 1).order_by(Request.id)).first()
    return {"request_id": planned or 0}
