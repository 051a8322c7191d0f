"""Finding a caller's request in the whole region: by reference, or by name and birth date. Always noted."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vaccination.domain.references import Reference
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.people import sorted_indexes, surname_index
from vaccination.security.fields import normalise
from vaccination.services.asking.requests import NoSuchRequest
from vaccination.services.audit import record

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class FindCallers:
    """At least three letters of the family name, and the birth date; with the first name, like names too."""

    family_name: str
    birth_date: date
    given_name: str = ""
    organisation_id: int | None = None  # only among those who asked through it


def find_callers(session: Session, command: FindCallers, *, now: datetime, user_id: int) -> tuple[int, ...]:
    """Requests of persons with this birth date and a name that begins so or is like it, newest first.

    Who looked, and how many were found, goes into the audit trail; whom they looked for does not.
    """
    typed = normalise(command.family_name)
    is_alike = Person.surname_index == surname_index(command.family_name, command.birth_date)
    like_names: set[bytes] = set()
    if command.given_name:
        like_names = sorted_indexes(command.family_name, command.given_name, command.birth_date)
        is_alike = or_(is_alike, Person.sorted_index.in_(sorted(like_names)))
    rows = select(Request.id, Person.family_name, Person.sorted_index)
    rows = rows.join(Person, Person.id == Request.person_id).where(is_alike, Person.erased_at.is_(None))
    if command.organisation_id is not None:
        rows = rows.where(Request.organisation_id == command.organisation_id)
    found = tuple(
        row.id
        for row in session.execute(rows.order_by(Request.id.desc()))
        if normalise(row.family_name).startswith(typed) or row.sorted_index in like_names
    )[:MOST_FOUND]
    record(session, "find_caller", "person:*", now=now, user_id=user_id, facts={"found": len(found)})
    return found


def find_reference(session: Session, reference: Reference, *, now: datetime, user_id: int) -> int:
    """The request that the reference names. The agent has the caller say who they are."""
    found = session.scalar(select(Request.id).where(Request.reference == reference))
    if found is None:
        raise NoSuchRequest
    record(session, "caller_opened", f"request:{found}", now=now, user_id=user_id, facts={"by": "reference"})
    return found


def note_opened(session: Session, request_id: int, *, now: datetime, user_id: int) -> None:
    """An agent looks at a person's request."""
    record(session, "caller_opened", f"request:{request_id}", now=now, user_id=user_id)
