"""How persons are found: by blind indexes, for the clear text is in no table."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.people import Person
from vaccination.security.fields import blind_index, normalise

_FIRST_LETTERS = 3
_AT_ONCE = 1000
_MOST_PARTS = 4
# Words that stand before many names and tell nobody apart.
_PARTICLES = frozenset(
    ("d", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "al", "ben", "ibn",
     "la", "le", "les", "ten", "ter", "van", "von")
)  # fmt: skip


def identity_index(family_name: str, given_name: str, birth_date: date) -> bytes:
    """The same for the same person, whatever the spelling: accents, hyphens and case do not count."""
    return blind_index("person.identity", family_name, given_name, birth_date)


def surname_index(family_name: str, birth_date: date) -> bytes:
    """For the desk's search: birth date and the first letters of the family name."""
    return blind_index("person.surname", normalise(family_name)[:_FIRST_LETTERS], birth_date)


def sorted_index(family_name: str, given_name: str, birth_date: date) -> bytes:
    """Over the first word of each name in alphabetical order: the same for somebody who swapped the two,
    left out a second given name, or the second half of a double name. Others may share it.
    """
    return _pair_index(_words(family_name)[0], _words(given_name)[0], birth_date)


def sorted_indexes(family_name: str, given_name: str, birth_date: date) -> set[bytes]:
    """Every `sorted_index` under which the same person may have been entered: by any word of each name."""
    families, givens = _words(family_name)[:_MOST_PARTS], _words(given_name)[:_MOST_PARTS]
    return {_pair_index(one, other, birth_date) for one, other in product(families, givens)}


def _pair_index(one: str, other: str, birth_date: date) -> bytes:
    return blind_index("person.sorted", *sorted((one, other)), birth_date)


def _words(name: str) -> list[str]:
    """The words of a name, folded; particles only when there is nothing else."""
    words = [normalise(word) for word in re.split(r"[\W_]+", name) if word]
    return [word for word in words if word not in _PARTICLES] or words or [normalise(name)]


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
