"""What one of a household sees of all: references, where each request stands, what is booked."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.queries.requests import waiting_members
from vaccination.readmodels import appointment_card
from vaccination.readmodels.appointment_card import DoseCard
from vaccination.readmodels.hold_page import serving_of


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of the household."""

    request_id: int
    name: str
    reference: str
    status: RequestStatus
    doses: tuple[DoseCard, ...]


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """All the requests that were made together."""

    members: tuple[MemberRow, ...]

    def has(self, request_id: int) -> bool:
        """Whether a request belongs to the household."""
        return any(member.request_id == request_id for member in self.members)


def load(session: Session, request_id: int) -> HouseholdPage | None:
    """The household of a request; None when the person asked alone."""
    household_id = session.scalar(select(Request.household_id).where(Request.id == request_id))
    if household_id is None:
        return None
    rows = session.execute(
        select(Request.id, Request.reference, Request.status, Person.given_name, Person.family_name)
        .join(Person, Person.id == Request.person_id)
        .where(Request.household_id == household_id)
        .order_by(Request.id)
    )
    return HouseholdPage(
        tuple(
            MemberRow(
                request_id=row.id,
                name=f"{row.given_name} {row.family_name}",
                reference=row.reference,
                status=row.status,
                doses=appointment_card.load(session, row.id).doses,
            )
            for row in rows
        )
    )


def chooses_together(session: Session, request_id: int) -> bool:
    """Whether others of the household wait with this request, and their programme is direct."""
    return serving_of(session, request_id).is_direct and bool(waiting_members(session, request_id))


def names_of_waiting(session: Session, request_id: int) -> dict[int, str]:
    """Who of the household waits, by request, in their order."""
    rows = session.execute(
        select(Request.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id.in_(waiting_members(session, request_id)))
        .order_by(Request.id)
    )
    return {row.id: f"{row.given_name} {row.family_name}" for row in rows}


def is_in_household(session: Session, request_id: int) -> bool:
    """Whether the person of a request asked together with others."""
    return session.scalar(select(Request.household_id).where(Request.id == request_id)) is not None
