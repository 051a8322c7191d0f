"""Persons: entered once, found again whatever the spelling, one by one or thousands at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from vaccination.models.people import Person
from vaccination.queries.people import (
    identity_index,
    person_ids_by_identity,
    sorted_index,
    sorted_indexes,
    surname_index,
)


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """Who somebody is and how to reach them; only names and birth date are needed.

    `needs`: what they want at the centre, `{"sign_language": True, "interpreter": "ar"}`.
    """

    family_name: str
    given_name: str
    birth_date: date
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    note: str | None = None
    locale: str = "fr"
    needs: Mapping[str, str | bool] | None = None

    def __post_init__(self) -> None:
        if not self.family_name.strip() or not self.given_name.strip():
            raise ValueError("a person has a family name and a given name")

    @property
    def identity(self) -> bytes:
        """The blind index by which the same person is found again."""
        return identity_index(self.family_name, self.given_name, self.birth_date)

    @property
    def likeness(self) -> bytes:
        """The blind index by which somebody with a like name finds them."""
        return sorted_index(self.family_name, self.given_name, self.birth_date)

    @property
    def likenesses(self) -> set[bytes]:
        """The blind indexes under which they may stand already with their names swapped or shortened."""
        return sorted_indexes(self.family_name, self.given_name, self.birth_date)


def find_person(session: Session, details: PersonDetails) -> Person | None:
    """The person with these names and this birth date, in any spelling; nobody erases them meanwhile."""
    known = select(Person).where(Person.identity_index == details.identity)
    return session.scalar(known.with_for_update(key_share=True))


def register_person(session: Session, details: PersonDetails, *, now: datetime) -> Person:
    """Enter a person. IntegrityError when the same person was entered meanwhile."""
    person = Person(**_columns(details, now))
    session.add(person)
    session.flush()
    return person


def reach_person_by(person: Person, details: PersonDetails) -> None:
    """Take over how the person wants to be reached now; names and birth date stay as first entered."""
    person.email, person.phone = details.email, details.phone
    person.address, person.note = details.address, details.note
    person.locale = details.locale
    person.needs = dict(details.needs) if details.needs else None


def register_people(session: Session, people: Sequence[PersonDetails], *, now: datetime) -> list[int]:
    """The ids of many persons in their order: known ones are found, the others entered, each once."""
    identities = [details.identity for details in people]
    known = person_ids_by_identity(session, sorted(set(identities)))
    new: dict[bytes, dict[str, Any]] = {}
    for identity, details in zip(identities, people, strict=True):
        if identity not in known and identity not in new:
            new[identity] = _columns(details, now, identity)
    if new:
        made = session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True), list(new.values())
        )
        known |= dict(zip(new, made, strict=True))
    return [known[identity] for identity in identities]


def index_people(session: Session, *, at_most: int = 1000) -> int:
    """Give `sorted_index` to persons entered before there was one, a batch; returns how many."""
    some = select(Person).where(Person.sorted_index.is_(None), Person.erased_at.is_(None)).limit(at_most)
    people = session.scalars(some.with_for_update(skip_locked=True)).all()
    for person in people:
        person.sorted_index = sorted_index(person.family_name, person.given_name, person.birth_date)
    return len(people)


def _columns(details: PersonDetails, now: datetime, identity: bytes | None = None) -> dict[str, Any]:
    return {
        "family_name": details.family_name.strip(),
        "given_name": details.given_name.strip(),
        "birth_date": details.birth_date,
        "email": details.email,
        "phone": details.phone,
        "address": details.address,
        "note": details.note,
        "locale": details.locale,
        "needs": dict(details.needs) if details.needs else None,
        "identity_index": identity or details.identity,
        "surname_index": surname_index(details.family_name, details.birth_date),
        "sorted_index": details.likeness,
        "created_at": now,
    }
