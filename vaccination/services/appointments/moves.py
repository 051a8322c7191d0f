"""Moving appointments at once: the new places first, then the old ones go back, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import BY_THE_PERSON, confirm, hold


def move(
    session: Session, request_id: int, choice: Choice, *, now: datetime, how: How = BY_THE_PERSON
) -> list[int]:
    """Hold what was chosen (an offer for a planned request) and confirm it; returns the appointments' ids.

    Refuses as `hold` and `confirm` do; then nothing has moved once the caller rolls back.
    """
    kept = hold(session, request_id, choice, now=now, how=how)
    return confirm(session, kept.token, now=now, user_id=how.user_id)
