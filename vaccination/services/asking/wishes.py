"""Changing what was asked while the request waits: where, when, which vaccines, what is needed; and, for as
long as the request lives, how the person is told.

The wishes of a household are one set, so they change for all its waiting members together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from vaccination.domain.needs import LARGE_PRINT
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.errors import Conflict, NotFound
from vaccination.models.people import Person
from vaccination.models.requests import Request, request_product
from vaccination.services import audit
from vaccination.services.asking.command import AskForDoses, FirstDose, Place, load_rules
from vaccination.services.asking.people import PersonDetails

_LIVE = (RequestStatus.WAITING, RequestStatus.PLANNED)


class NoRequestToChange(NotFound):
    """There is no such request."""

    code = "no_request_to_change"


class NoLongerWaiting(Conflict):
    """The request holds appointments or was cancelled: its wishes stay as they are."""

    code = "no_longer_waiting"


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a plan looks at and the person may change; `products` accepted, none listed means all."""

    place: Place
    max_km: float
    second_place: Place | None
    earliest: date | None
    availability: str
    unavailable: tuple[date, ...]
    products: tuple[int, ...]
    wheelchair: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """How the person is told, and whether their letters are in large print."""

    contact_by: ContactBy
    by_phone: bool
    email: str | None
    phone: str | None
    address: str | None
    large_print: bool = False


def change_wishes(
    session: Session, request_id: int, wishes: Wishes, *, now: datetime, user_id: int | None = None
) -> None:
    """Replace the wishes of a waiting request, and of those who wait with it."""
    requests = _locked_with_household(session, request_id)
    if not any(request.id == request_id for request in requests):
        raise NoLongerWaiting
    rules = load_rules(session, requests[0].programme_id, now=now)
    for request in requests:
        rules.check_ways(_as_command(session, request, wishes), now.date())
        _write(request, wishes)
    _accept(session, [request.id for request in requests], wishes.products)
    audit.record(session, "wishes_changed", f"request:{request_id}", now=now, user_id=user_id,
                 facts={"requests": len(requests)})  # fmt: skip


def change_reached(
    session: Session, request_id: int, reached: Reached, *, now: datetime, user_id: int | None = None
) -> None:
    """Replace how the person of a live request is told."""
    request, person = _live_person(session, request_id)
    request.contact_by, request.by_phone = reached.contact_by, reached.by_phone
    person.email, person.phone, person.address = reached.email, reached.phone, reached.address
    needs = {need: wanted for need, wanted in (person.needs or {}).items() if need != LARGE_PRINT}
    person.needs = (needs | {LARGE_PRINT: True} if reached.large_print else needs) or None
    session.flush()
    audit.record(session, "contact_changed", f"request:{request_id}", now=now, user_id=user_id, facts={})


def change_needs(
    session: Session,
    request_id: int,
    needs: dict[str, str | bool],
    *,
    now: datetime,
    user_id: int | None = None,
) -> None:
    """Replace what the person of a live request wants at the centre beside a way without steps."""
    _request, person = _live_person(session, request_id)
    person.needs = dict(needs) or None
    session.flush()
    audit.record(session, "needs_changed", f"request:{request_id}", now=now, user_id=user_id, facts={})


def _live_person(session: Session, request_id: int) -> tuple[Request, Person]:
    """The request and its person, who is held until the end (persons come first: docs/locking.md)."""
    person = session.scalar(
        select(Person)
        .join(Request, Request.person_id == Person.id)
        .where(Request.id == request_id)
        .with_for_update(key_share=True, of=Person)
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise NoRequestToChange
    request = session.get_one(Request, request_id, populate_existing=True)
    if request.status not in _LIVE or person.erased_at is not None:
        raise NoLongerWaiting
    return request, person


def _locked_with_household(session: Session, request_id: int) -> Sequence[Request]:
    """The waiting requests of the household, in the order of their ids, held until the end."""
    row = session.execute(
        select(Request.id, Request.household_id).where(Request.id == request_id)
    ).one_or_none()
    if row is None:
        raise NoRequestToChange
    theirs = Request.household_id == row.household_id if row.household_id else Request.id == request_id
    return session.scalars(
        select(Request)
        .where(theirs, Request.status == RequestStatus.WAITING)
        .order_by(Request.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _as_command(session: Session, request: Request, wishes: Wishes) -> AskForDoses:
    """What the request would be if it were asked now, for the programme's rules."""
    person = session.get_one(Person, request.person_id)
    first = None
    if request.first_product_id is not None and request.first_given_on is not None:
        first = FirstDose(request.first_product_id, request.first_given_on)
    return AskForDoses(
        programme_id=request.programme_id,
        person=PersonDetails(person.family_name, person.given_name, person.birth_date),
        place=wishes.place,
        max_km=wishes.max_km,
        products=wishes.products,
        first_dose=first,
    )


def _write(request: Request, wishes: Wishes) -> None:
    place, second = wishes.place, wishes.second_place
    request.town, request.postcode, request.lat, request.lon = (
        place.town,
        place.postcode,
        place.lat,
        place.lon,
    )
    request.max_km = wishes.max_km
    request.second_town = second.town if second else ""
    request.second_lat, request.second_lon = (second.lat, second.lon) if second else (None, None)
    request.earliest, request.availability = wishes.earliest, wishes.availability
    request.unavailable = sorted({day.isoformat() for day in wishes.unavailable})
    request.wheelchair = wishes.wheelchair


def _accept(session: Session, request_ids: Sequence[int], products: Sequence[int]) -> None:
    session.flush()
    session.execute(delete(request_product).where(request_product.c.request_id.in_(request_ids)))
    rows = [
        {"request_id": request_id, "product_id": product_id}
        for request_id in request_ids
        for product_id in dict.fromkeys(products)
    ]
    if rows:
        session.execute(insert(request_product), rows)
