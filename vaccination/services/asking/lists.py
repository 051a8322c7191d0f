"""Lists of people that an organisation hands in: what is right is kept, what is not is named by its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.errors import DomainError
from vaccination.models.organisations import Listed, RequestList
from vaccination.services.asking.command import AskForDoses
from vaccination.services.asking.one_request import wait_for_namesakes
from vaccination.services.asking.requests import ask
from vaccination.services.audit import record


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A line of the list that could be read."""

    line: int
    command: AskForDoses


@dataclass(frozen=True, slots=True)
class HandIn:
    """A list; `refused` lines could not be read at all, and are counted only."""

    organisation_id: int
    title: str
    people: Sequence[ListedPerson]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that made no request, and the refusal."""

    line: int
    refusal: DomainError


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of a list; `list_id` is None when no line of it was kept."""

    list_id: int | None
    request_ids: tuple[int, ...]
    refused: tuple[RefusedLine, ...]


def hand_in(session: Session, command: HandIn, *, now: datetime, user_id: int) -> HandedIn:
    """Ask for everybody on the list, each on their own: one who may not ask stops nobody else.

    The same list sent twice is the same requests.
    """
    wait_for_namesakes(session, [person.command.person.birth_date for person in command.people])
    kept: list[int] = []
    refused: list[RefusedLine] = []
    for person in command.people:
        try:
            with session.begin_nested():
                kept.append(ask(session, person.command, now=now, user_id=user_id).request_id)
        except DomainError as refusal:
            refused.append(RefusedLine(person.line, refusal))
    if not kept:
        return HandedIn(None, (), tuple(refused))
    row = RequestList(
        organisation_id=command.organisation_id,
        title=command.title,
        made_by=user_id,
        made_at=now,
        rows=len(command.people) + command.unreadable,
        refused=len(refused) + command.unreadable,
    )
    session.add(row)
    session.flush()
    session.add_all(Listed(request_list_id=row.id, request_id=one) for one in dict.fromkeys(kept))
    record(session, "list_handed_in", f"request_list:{row.id}", now=now, user_id=user_id,
           facts={"kept": len(kept), "refused": row.refused})  # fmt: skip
    return HandedIn(row.id, tuple(kept), tuple(refused))


def note_people_printed(
    session: Session, organisation_id: int, *, people: int, now: datetime, user_id: int
) -> None:
    """Convocations left the system on paper: somebody answers for them."""
    record(session, "convocations_printed", f"organisation:{organisation_id}", now=now, user_id=user_id,
           facts={"people": people})  # fmt: skip
