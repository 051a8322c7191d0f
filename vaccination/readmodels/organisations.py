"""Organisations: what the agency sees of them, and what each sees of the people it asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.organisations import OrganisationKind
from vaccination.domain.requests import RequestStatus
from vaccination.models.accounts import User
from vaccination.models.organisations import Listed, Organisation, RequestList
from vaccination.models.requests import Request
from vaccination.readmodels import caller
from vaccination.readmodels.caller import CallerLine


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation for the agency: figures, no names of people."""

    organisation_id: int
    code: str
    name: str
    kind: OrganisationKind
    town: str
    is_active: bool
    users: int
    requests: int
    planned: int


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list that was handed in."""

    list_id: int
    title: str
    made_at: datetime
    rows: int
    refused: int


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """An organisation's own page."""

    lists: Sequence[ListLine]
    people: Sequence[CallerLine]

    @property
    def planned(self) -> int:
        return sum(line.status is RequestStatus.PLANNED for line in self.people)


def load_all(session: Session) -> list[OrganisationLine]:
    """Every organisation, by name."""
    users = select(func.count(User.id)).where(User.organisation_id == Organisation.id, User.is_active)
    requests = select(func.count(Request.id)).where(Request.organisation_id == Organisation.id)
    planned = requests.where(Request.status.in_((RequestStatus.PLANNED, RequestStatus.COMPLETED)))
    rows = session.execute(
        select(
            Organisation,
            users.correlate(Organisation).scalar_subquery(),
            requests.correlate(Organisation).scalar_subquery(),
            planned.correlate(Organisation).scalar_subquery(),
        ).order_by(Organisation.name, Organisation.id)
    )
    return [
        OrganisationLine(o.id, o.code, o.name, o.kind, o.town, o.is_active, users, requests, planned)
        for o, users, requests, planned in rows
    ]


def load(session: Session, organisation_id: int, *, list_id: int | None = None) -> OrganisationPage:
    """What went through an organisation; with a list, only the people on it."""
    lists = session.scalars(
        select(RequestList)
        .where(RequestList.organisation_id == organisation_id)
        .order_by(RequestList.id.desc())
    ).all()
    wanted = select(Request.id).where(Request.organisation_id == organisation_id).order_by(Request.id)
    if list_id is not None:
        on_it = select(Listed.request_id).where(Listed.request_list_id == list_id)
        wanted = wanted.where(Request.id.in_(on_it))
    return OrganisationPage(
        lists=[ListLine(one.id, one.title, one.made_at, one.rows, one.refused) for one in lists],
        people=caller.lines(session, session.scalars(wanted).all()),
    )
