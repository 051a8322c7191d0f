"""Centres by what people call them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.errors import NotFound
from vaccination.models.centres import Centre


class NoCentreOfCode(NotFound):
    """No centre has this code."""

    code = "no_centre_of_code"


def centre_id_of(session: Session, code: str) -> int:
    """The id behind a centre's code."""
    found = session.scalar(select(Centre.id).where(Centre.code == code))
    if found is None:
        raise NoCentreOfCode(centre=code)
    return found
