"""The link of a mail that does without reminders."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.requests import Request
from vaccination.security.link_tokens import link_token


def rows(session: Session) -> dict[str, str | int]:
    request_id = session.scalars(select(Request.id).order_by(Request.id)).first() or 0
    return {"request_id": request_id, "kind": "reminder_day", "token": link_token("opt_out", request_id)}
