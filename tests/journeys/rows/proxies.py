"""Rows of organisations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.staff import make_organisation
from vaccination.models.requests import Request


def rows(session: Session) -> dict[str, str | int]:
    """A planned request that came through the town hall."""
    planned = session.scalars(select(Request).where(Request.booked == 1).order_by(Request.id)).first()
    assert planned is not None, "the region's plan booked nobody"
    own = make_organisation(session)
    planned.organisation_id = own.id
    return {"request_id": planned.id, "organisation_id": own.id}
