"""What a person sees of the places that are kept for them, and how their programme serves people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import HoldPurpose, HoldStatus, Serving
from vaccination.models.centres import Centre, Slot
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.columns import Columns
from vaccination.queries.replacements import is_kept_by_one


@dataclass(frozen=True, slots=True)
class HeldDose:
    """One dose that is kept; `name`: for whom."""

    name: str
    dose_number: int
    starts_at: datetime
    centre_name: str
    street: str
    postcode: str
    town: str
    timezone: str


@dataclass(frozen=True, slots=True)
class HoldPage:
    """The last hold of a request."""

    hold_id: int
    purpose: HoldPurpose
    status: HoldStatus
    expires_at: datetime
    times_longer: int
    may_be_longer: int
    hold_minutes: int
    doses: tuple[HeldDose, ...]
    """A household's are those of all its members."""
    is_together: bool = False

    @property
    def is_move(self) -> bool:
        return self.purpose not in (HoldPurpose.COURSE, HoldPurpose.SECOND_DOSE)

    @property
    def can_extend(self) -> bool:
        return self.times_longer < self.may_be_longer

    def is_live(self, now: datetime) -> bool:
        """Whether it keeps its places still: one past its time does not, swept or not."""
        return self.status is HoldStatus.HELD and self.expires_at > now

    def is_over(self, now: datetime) -> bool:
        """Whether its time ran out."""
        return self.status is HoldStatus.EXPIRED or (
            self.status is HoldStatus.HELD and self.expires_at <= now
        )


@dataclass(frozen=True, slots=True)
class ServingPage:
    """How a request's programme gives out places, and where the request stands."""

    serving: Serving
    status: RequestStatus

    one_dose_enough: bool = False

    @property
    def is_direct(self) -> bool:
        return self.serving is Serving.DIRECT

    @property
    def may_choose(self) -> bool:
        """Who waits in a direct programme; elsewhere to whom one dose is enough, for plans pass them by."""
        return self.status is RequestStatus.WAITING and (self.is_direct or self.one_dose_enough)


def serving_of(session: Session, request_id: int) -> ServingPage:
    """How the programme of a request serves it."""
    row = session.execute(
        select(Programme.serving, Request.status, Request.one_dose_enough)
        .join(Request, Request.programme_id == Programme.id)
        .where(Request.id == request_id)
    ).one()
    return ServingPage(row.serving, row.status, row.one_dose_enough)


def is_held(session: Session, request_id: int, *, now: datetime) -> bool:
    """Whether places are kept for a request now, other than by a replacement: that has its page."""
    page = load(session, request_id)
    return page is not None and page.is_live(now) and not is_kept_by_one(session, page.hold_id)


def load(session: Session, request_id: int) -> HoldPage | None:
    """The last hold of a request; None when it never had one."""
    return _page(session, _holds().where(Hold.request_id == request_id).order_by(Hold.id.desc()).limit(1))


def load_one(session: Session, hold_id: int) -> HoldPage | None:
    """A hold by its number."""
    return _page(session, _holds().where(Hold.id == hold_id))


def _holds() -> Select[*tuple[Any, ...]]:
    return select(
        Hold.id, Hold.purpose, Hold.status, Hold.expires_at, Hold.extended, Hold.first_slot_id,
        Hold.second_slot_id, Hold.household_id, Hold.created_at, Programme.hold_extensions,
        Programme.hold_minutes,
    ).join(Programme, Programme.id == Hold.programme_id)  # fmt: skip


def _page(session: Session, query: Select[*tuple[Any, ...]]) -> HoldPage | None:
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return HoldPage(
        row.id, row.purpose, row.status, row.expires_at, row.extended, row.hold_extensions, row.hold_minutes,
        _doses(session, row), row.household_id is not None,
    )  # fmt: skip


def _doses(session: Session, hold: Columns) -> tuple[HeldDose, ...]:
    """What is kept by the hold and by those that were taken with it for others of the household."""
    taken = Hold.id == hold.id
    if hold.household_id is not None:
        taken = (Hold.household_id == hold.household_id) & (Hold.created_at == hold.created_at)
    return tuple(dose for number in (1, 2) for dose in _held(session, number, taken))


def _held(session: Session, number: int, taken: ColumnElement[bool]) -> Iterator[HeldDose]:
    slot_id = Hold.first_slot_id if number == 1 else Hold.second_slot_id
    rows = session.execute(
        select(
            Person.given_name, Person.family_name, Slot.starts_at, Centre.name, Centre.street,
            Centre.postcode, Centre.town, Centre.timezone,
        )
        .select_from(Hold)
        .join(Request, Request.id == Hold.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(Slot, slot_id == Slot.id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(taken)
        .order_by(Slot.minute, Hold.request_id)
    )  # fmt: skip
    for row in rows:
        yield HeldDose(
            f"{row.given_name} {row.family_name}", number, row.starts_at, row.name, row.street, row.postcode,
            row.town, row.timezone,
        )  # fmt: skip
