"""How pages that explain the service know whether people choose for themselves or wait for a plan."""

from vaccination.db import DatabaseTrouble, snapshot
from vaccination.readmodels.programme_state import serves_directly


def is_direct() -> bool:
    """Whether one chooses. Help must be there when the database is not: it then speaks of the plan."""
    try:
        with snapshot() as session:
            return serves_directly(session)
    except DatabaseTrouble:
        return False
