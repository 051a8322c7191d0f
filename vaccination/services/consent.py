"""Who asks for somebody else, and how that person agreed: kept with the request, never without a consent."""

from dataclasses import dataclass
from datetime import datetime

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


def record_helper(
    session: Session, request_id: int, details: HelperDetails, *, now: datetime, user_id: int | None = None
) -> None:
    """Keep who asks for the request's person; `user_id` is the member of staff who took the consent down."""
    session.add(
        Helper(
            request_id=request_id,
            relation=details.relation,
            name=details.name.strip(),
            phone=details.phone,
            email=details.email,
            consent=details.consent,
            consented_at=now,
            user_id=user_id,
        )
    )
    session.flush()
