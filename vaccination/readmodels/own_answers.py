"""What a person answered when they asked, for showing it again and changing it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.needs import LARGE_PRINT
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.models.people import Person
from vaccination.models.requests import Request, request_product


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """A starting point; of the second dose's the postcode is not kept."""

    town: str
    postcode: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """The answers of one request that may be changed."""

    request_id: int
    programme_id: int
    status: RequestStatus
    in_household: bool
    given_name: str
    family_name: str
    birth_date: date
    place: StoredPlace
    second_place: StoredPlace | None
    max_km: float
    earliest: date | None
    availability: str
    unavailable: tuple[date, ...]
    products: tuple[int, ...]
    has_first_dose: bool
    wheelchair: bool
    sign_language: bool
    interpreter: str
    large_print: bool
    contact_by: ContactBy
    by_phone: bool
    email: str | None
    phone: str | None
    address: str | None


def load(session: Session, request_id: int) -> OwnAnswers | None:
    """The answers of a request; None when it is not there."""
    request = session.get(Request, request_id)
    if request is None:
        return None
    person = session.get_one(Person, request.person_id)
    needs = person.needs or {}
    products = session.scalars(
        select(request_product.c.product_id).where(request_product.c.request_id == request_id)
    )
    return OwnAnswers(
        request_id=request.id,
        programme_id=request.programme_id,
        status=request.status,
        in_household=request.household_id is not None,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        place=StoredPlace(request.town, request.postcode, request.lat, request.lon),
        second_place=_second(request),
        max_km=request.max_km,
        earliest=request.earliest,
        availability=request.availability,
        unavailable=tuple(date.fromisoformat(day) for day in request.unavailable),
        products=tuple(sorted(products)),
        has_first_dose=request.first_given_on is not None,
        wheelchair=request.wheelchair,
        sign_language=bool(needs.get("sign_language")),
        interpreter=str(needs.get("interpreter", "")),
        large_print=bool(needs.get(LARGE_PRINT)),
        contact_by=request.contact_by,
        by_phone=request.by_phone,
        email=person.email,
        phone=person.phone,
        address=person.address,
    )


def _second(request: Request) -> StoredPlace | None:
    if request.second_lat is None or request.second_lon is None:
        return None
    return StoredPlace(request.second_town, "", request.second_lat, request.second_lon)
