"""How persons are found: by blind indexes, for the clear text is in no table."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.people import Person
from vaccination.security.fields import blind_index, normalise

_FIRST_LETTERS = 3
_AT_ONCE = 1000


def identity_index(family_name: str, given_name: str, birth_date: date) -> bytes:
    """The same for the same person, whatever the spelling: accents, hyphens and case do not count."""
    return blind_index("person.identity", family_name, given_name, birth_date)


def surname_index(family_name: str, birth_date: date) -> bytes:
    """For the desk's search: birth date and the first letters of the family name."""
    return blind_index("person.surname", normalise(family_name)[:_FIRST_LETTERS], birth_date)


def person_ids_by_identity(session: Session, indexes: Sequence[bytes]) -> dict[bytes, int]:
    """The persons we know already among many, by identity index."""
    found: dict[bytes, int] = {}
    for start in range(0, len(indexes), _AT_ONCE):
        some = indexes[start : start + _AT_ONCE]
        rows = session.execute(
            select(Person.identity_index, Person.id).where(Person.identity_index.in_(some))
        )
        found |= {bytes(index): person_id for index, person_id in rows}
    return found
