"""Holds whose time is over give their places back."""

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.appointments.holds import expire_due


def expire_holds(_row_id: int = 0) -> None:
    """All that are due, a batch a transaction; done twice, the second finds nothing."""
    ended = 1
    while ended:
        with transaction() as session:
            ended = expire_due(session, now=now())
