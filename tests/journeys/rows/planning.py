"""Rows of plans."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.planning import PlanPrice


def rows(session: Session) -> dict[str, str | int]:
    """By the name which the part has in the address."""
    price = session.scalars(select(PlanPrice).order_by(PlanPrice.id)).first()
    return {"price_id": price.id if price else 0}
