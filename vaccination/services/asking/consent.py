"""Who asks for somebody else, and how that person agreed: kept with the request, never without a consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from vaccination.domain.contacts import Consent, Relation
from vaccination.models.contacts import Helper


@dataclass(frozen=True, slots=True)
class HelperDetails:
    """The helper, how to reach them, and how the person they ask for has agreed."""

    relation: Relation
    name: str
    consent: Consent
    phone: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a helper has a name")


def record_helpers(
    session: Session,
    helpers: Iterable[tuple[int, HelperDetails]],
    *,
    now: datetime,
    user_id: int | None = None,
) -> None:
    """Keep who asks for the person of each request; `user_id` took the consents down."""
    rows = [
        {
            "request_id": request_id,
            "relation": details.relation,
            "name": details.name.strip(),
            "phone": details.phone,
            "email": details.email,
            "consent": details.consent,
            "consented_at": now,
            "user_id": user_id,
        }
        for request_id, details in helpers
    ]
    if rows:
        session.execute(insert(Helper), rows)
