"""What a person sees of their own request: where it stands, their appointments, their place in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Executable, Row, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.languages import name_in
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import ContactBy, RequestKind, RequestStatus
from vaccination.models.people import Person
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.programmes import EligibilityPhase, PriorityGroup
from vaccination.models.requests import Request
from vaccination.queries.crowd import CountCrowd, count_crowd
from vaccination.readmodels import appointment_card
from vaccination.readmodels.appointment_card import AppointmentCard, UnknownRequest

_STILL_OPEN = (AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND)


@dataclass(frozen=True, slots=True)
class Queue:
    """A waiting person's place: no number in a line, for who asked first plays no part."""

    group_fr: str
    group_en: str
    group_names: Mapping[str, str]  # in further languages
    ahead: int  # waiting in groups that come first
    alike: int  # waiting in the same rank, this person included
    opens_on: date | None  # the group's turn has not begun
    why_not: str  # the last plan's reason code, empty before any plan
    change: str = ""  # code of the nearest change that would have helped (solver.codes.NearestChange)
    amount: float = 0.0  # how much of it

    def group(self, locale: str) -> str:
        return name_in(locale, fr=self.group_fr, en=self.group_en, **self.group_names)


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One's own request."""

    request_id: int
    reference: str
    status: RequestStatus
    kind: RequestKind
    contact_by: ContactBy
    has_email: bool
    by_phone: bool
    town: str
    max_km: float
    card: AppointmentCard
    queue: Queue | None

    @property
    def can_cancel(self) -> bool:
        """Waiting or planned, with nobody at the centre yet and no dose given."""
        untouched = all(dose.status in _STILL_OPEN for dose in self.card.doses)
        return self.status in (RequestStatus.WAITING, RequestStatus.PLANNED) and untouched


Asked = Callable[[Session, RequestPage], bool]
"""What a feature asks of a request while its page is made: is there something to offer here?"""


def load(session: Session, request_id: int, *, today: date, count: CountCrowd = count_crowd) -> RequestPage:
    """The page of a request."""
    row = session.execute(_request(request_id)).one_or_none()
    if row is None:
        raise UnknownRequest
    waits = row.status is RequestStatus.WAITING
    return RequestPage(
        request_id=row.id,
        reference=row.reference,
        status=row.status,
        kind=row.kind,
        contact_by=row.contact_by,
        has_email=row.has_email,
        by_phone=row.by_phone,
        town=row.town,
        max_km=row.max_km,
        card=appointment_card.load(session, request_id),
        queue=_queue(session, row, today, count) if waits else None,
    )


def _request(request_id: int) -> Executable:
    return (
        select(
            Request.id,
            Request.reference,
            Request.programme_id,
            Request.status,
            Request.kind,
            Request.contact_by,
            Request.by_phone,
            Request.priority,
            Request.priority_group_id,
            Request.town,
            Request.max_km,
            Person.email.is_not(None).label("has_email"),
        )
        .join(Person, Person.id == Request.person_id)
        .where(Request.id == request_id)
    )


def has_phone(session: Session, request_id: int) -> bool:
    """Whether the request's person left a number."""
    left = select(Person.phone.is_not(None)).join(Request, Request.person_id == Person.id)
    return bool(session.scalar(left.where(Request.id == request_id)))


def _queue(session: Session, request: Row[Any], today: date, count: CountCrowd) -> Queue:
    waiting = count(session, request.programme_id).by_rank(RequestStatus.WAITING)
    group = session.get(PriorityGroup, request.priority_group_id) if request.priority_group_id else None
    return Queue(
        group_fr=group.name_fr if group else "",
        group_en=group.name_en if group else "",
        group_names=group.names if group else {},
        ahead=sum(count for rank, count in waiting.items() if rank < request.priority),
        alike=max(waiting[request.priority], 1),
        opens_on=_opens_on(session, request.priority_group_id, today),
        **_why_not(session, request),
    )


def _opens_on(session: Session, group_id: int | None, today: date) -> date | None:
    """When the group's turn begins, if it has not; None when it runs or nobody has said."""
    phases = session.scalars(
        select(EligibilityPhase)
        .where(EligibilityPhase.priority_group_id == group_id)
        .order_by(EligibilityPhase.starts_on)
    ).all()
    if any(phase.starts_on <= today <= (phase.ends_on or today) for phase in phases):
        return None
    return next((phase.starts_on for phase in phases if phase.starts_on > today), None)


def _why_not(session: Session, request: Row[Any]) -> dict[str, Any]:
    """What the last applied plan said of this request."""
    last_run = (
        select(PlanRun.id)
        .where(PlanRun.programme_id == request.programme_id, PlanRun.status == RunStatus.APPLIED)
        .order_by(PlanRun.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = session.execute(
        select(Unplanned.reason, Unplanned.change, Unplanned.amount).where(
            Unplanned.plan_run_id == last_run, Unplanned.request_id == request.id
        )
    ).one_or_none()
    return {"why_not": "", "change": "", "amount": 0.0} if said is None else {
        "why_not": said.reason, "change": said.change, "amount": said.amount
    }  # fmt: skip
