"""Stores the invented region through the services that staff and citizens use."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from seeds.drawing import Region
from seeds.opening import Delivered
from seeds.people import Wish
from seeds.places import Commune
from seeds.programme import (
    CODE,
    GROUP_NAMES,
    GROUPS,
    HORIZON_DAYS,
    NAME_EN,
    NAME_FR,
    NAMES,
    POLICY,
    VACCINES,
    WAYS,
)
from vaccination.domain.requests import Channel, ContactBy
from vaccination.domain.rules import ProgrammeFacts, ScheduleFacts
from vaccination.services.asking.command import AskForDoses, FirstDose, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked, ask, import_requests
from vaccination.services.region.centres import OpenCentre, make_sessions, open_centre, set_weekly_hours
from vaccination.services.region.deliveries import AnnounceDelivery, announce_delivery, receive_delivery
from vaccination.services.region.programmes import (
    add_phase,
    create_priority_group,
    create_product,
    create_programme,
    create_schedule,
)

# the region's own guest: whoever tries the product out opens this request
_GUEST = PersonDetails("Martin", "Camille", date(1948, 5, 17), "camille.martin@example.org")
_GUEST_TOWN = "Orléans"
_NOBODY_TOLD = False  # five thousand "your request has arrived" would only fill the outbox


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored, with the request that a visitor may open."""

    programme_id: int
    centre_ids: list[int]
    requests: int
    refused: int
    guest: Asked


def store(session: Session, region: Region, *, now: datetime) -> Stored:
    """Programme, centres, deliveries and requests, in one transaction of the caller."""
    products = {one.product.code: create_product(session, one.product, now=now) for one in VACCINES}
    programme_id = _store_programme(session, region, products, now)
    centre_ids = _open_centres(session, region, now)
    for delivered in region.deliveries:
        _announce(session, delivered, centre_ids, products, region.start, now)
    asked = [_asks(wish, region, programme_id, products) for wish in region.wishes]
    imported = import_requests(session, asked, now=now, tell=_NOBODY_TOLD)
    guest = ask(session, _guest(region, programme_id), now=now)
    return Stored(programme_id, centre_ids, len(imported.request_ids), len(imported.refused), guest)


def _store_programme(session: Session, region: Region, products: dict[str, int], now: datetime) -> int:
    facts = ProgrammeFacts(CODE, NAME_FR, NAME_EN, region.start, HORIZON_DAYS, NAMES)
    programme_id = create_programme(session, facts, POLICY, now=now)
    for way in WAYS:
        least, ideal, most = way.days or (None, None, None)
        schedule = ScheduleFacts(
            code=way.code,
            first_product_id=products[way.first],
            second_product_id=products.get(way.second),
            min_age=way.min_age,
            min_days=least,
            ideal_days=ideal,
            max_days=most,
        )
        create_schedule(session, programme_id, schedule, now=now)
    for group in GROUPS:
        named = replace(group.facts, names=GROUP_NAMES.get(group.facts.code, {}))
        group_id = create_priority_group(session, programme_id, named, now=now)
        add_phase(session, group_id, region.start, now=now)
    return programme_id


def _open_centres(session: Session, region: Region, now: datetime) -> list[int]:
    last_day = region.start + timedelta(HORIZON_DAYS - 1)
    centre_ids = []
    for site, week in zip(region.sites, region.weeks, strict=True):
        facts = OpenCentre(
            code=site.code,
            name=site.name,
            lat=site.lat,
            lon=site.lon,
            street=site.street,
            postcode=site.postcode,
            town=site.town,
            phone=site.phone,
            wheelchair=site.wheelchair,
        )
        centre_id = open_centre(session, facts, now=now)
        set_weekly_hours(session, centre_id, week, now=now)
        make_sessions(session, centre_id, region.start, last_day, now=now)
        centre_ids.append(centre_id)
    return centre_ids


def _announce(
    session: Session,
    delivered: Delivered,
    centre_ids: list[int],
    products: dict[str, int],
    today: date,
    now: datetime,
) -> None:
    """Announce the vials; those of today are already in the fridge."""
    announced = AnnounceDelivery(
        centre_id=centre_ids[delivered.site],
        product_id=products[VACCINES[delivered.vaccine].product.code],
        lot_number=delivered.lot,
        expires_on=delivered.expires_on,
        doses=delivered.doses,
        available_from=delivered.available_from,
        usable_to=delivered.usable_to,
    )
    delivery_id = announce_delivery(session, announced, now=now)
    if delivered.available_from <= today:
        receive_delivery(session, delivery_id, day=today, now=now)


def _asks(wish: Wish, region: Region, programme_id: int, products: dict[str, int]) -> AskForDoses:
    second = wish.second_commune
    return AskForDoses(
        programme_id=programme_id,
        person=PersonDetails(
            wish.family_name, wish.given_name, wish.birth_date, wish.email, wish.phone, locale=wish.locale
        ),
        place=_place(region.communes[wish.commune]),
        max_km=wish.max_km,
        channel=Channel.IMPORT,
        contact_by=ContactBy(wish.contact),
        declared=wish.declared,
        products=tuple(products[code] for code in wish.products),
        first_dose=FirstDose(products["COM"], wish.first_given_on) if wish.first_given_on else None,
        second_place=None if second is None else _place(region.communes[second]),
        earliest=wish.earliest,
        availability=wish.availability,
        unavailable=wish.unavailable,
        wheelchair=wish.wheelchair,
    )


def _guest(region: Region, programme_id: int) -> AskForDoses:
    town = next(commune for commune in region.communes if commune.name == _GUEST_TOWN)
    return AskForDoses(programme_id, _GUEST, _place(town), max_km=30, contact_by=ContactBy.EMAIL)


def _place(commune: Commune) -> Place:
    return Place(commune.name, commune.postcode, commune.lat, commune.lon)
