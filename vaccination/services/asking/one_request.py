"""One person, one request: found by blind indexes, whatever the spelling of the name."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.errors import Conflict
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.security.fields import blind_index
from vaccination.services.asking.command import AskForDoses

_BLOCKS_ANOTHER = (RequestStatus.WAITING, RequestStatus.PLANNED, RequestStatus.COMPLETED)
_AT_ONCE = 1000
_LOCK_BYTES = 8


class AlreadyAsked(Conflict):
    """This person has a request in the programme, live or completed."""

    code = "already_asked"


class SimilarRequest(Conflict):
    """A person of the same birth date and a like name has a request: the same one, or somebody else."""

    code = "similar_request"


def wait_for_namesakes(session: Session, birth_dates: Iterable[date]) -> None:
    """Let nobody born on these days be looked for and entered by two at once, until the transaction ends.

    A like name has no row and no key of its own to meet at before it is entered, so they meet at the birth
    date: a blind index of it, in the order of these. SQLite has one writer at a time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    indexes = sorted(blind_index("person.born", born) for born in set(birth_dates))
    for key in (int.from_bytes(index[:_LOCK_BYTES], "big", signed=True) for index in indexes):
        session.execute(select(func.pg_advisory_xact_lock(key)))


def refuse_second_request(session: Session, command: AskForDoses) -> None:
    """Raise when the person has a request. A like name is no proof: staff may say it is somebody else."""
    person = command.person
    is_alike = or_(
        Person.identity_index == person.identity, Person.sorted_index.in_(sorted(person.likenesses))
    )
    found = session.scalars(
        select(Person.identity_index)
        .join(Request, Person.id == Request.person_id)
        .where(is_alike, *_of(command.programme_id))
    ).all()
    if person.identity in map(bytes, found):
        raise AlreadyAsked
    if found and not command.is_another:
        raise SimilarRequest


def persons_with_request(session: Session, programme_id: int, person_ids: Sequence[int]) -> set[int]:
    """Those among many persons who may not ask again."""
    busy: set[int] = set()
    for start in range(0, len(person_ids), _AT_ONCE):
        some = Request.person_id.in_(person_ids[start : start + _AT_ONCE])
        busy |= set(session.scalars(select(Request.person_id).where(some, *_of(programme_id))))
    return busy


def likenesses_with_request(session: Session, commands: Sequence[AskForDoses]) -> set[bytes]:
    """Of all the likenesses of many people, those of somebody who may not ask again."""
    sought = sorted({likeness for command in commands for likeness in command.person.likenesses})
    found: set[bytes] = set()
    for start in range(0, len(sought), _AT_ONCE):
        some = Person.sorted_index.in_(sought[start : start + _AT_ONCE])
        rows = session.scalars(
            select(Person.sorted_index)
            .join(Request, Person.id == Request.person_id)
            .where(some, *_of(commands[0].programme_id))
        )
        found |= {bytes(index) for index in rows if index is not None}
    return found


def _of(programme_id: int) -> tuple[ColumnElement[bool], ...]:
    return Request.programme_id == programme_id, Request.status.in_(_BLOCKS_ANOTHER)
