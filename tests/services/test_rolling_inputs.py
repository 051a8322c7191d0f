"""What a plan reads is in the fingerprint of its inputs, column by column; what it does not read is not."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_lot,
    make_priority_group,
    make_product,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.builders_journey import make_change_wish, make_hold
from tests.services.regions import TOMORROW, Region, make_region
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.domain.serving import ChangeStatus, HoldStatus, Serving
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.models.appointments import Appointment
from vaccination.models.centres import ClinicSession
from vaccination.models.people import Household, Person
from vaccination.models.programmes import EligibilityPhase
from vaccination.models.requests import Request, request_product
from vaccination.models.serving import ChangeWish, Hold
from vaccination.models.stock import StockMovement
from vaccination.services.planning.inputs import fingerprint

Change = Callable[[Session, Region], object]


@pytest.fixture
def region(session: Session) -> Region:
    """Three people: one waits, one stands booked and wishes to change, one holds places."""
    region = make_region(session, requests=3, serving=Serving.ROLLING)
    _, booked, holding = region.requests
    book_pair(session, booked, region.schedule, (region.first_slots[0], region.second_slots[0]))
    make_change_wish(session, booked)
    make_hold(session, holding, region.schedule, (region.first_slots[1], region.second_slots[1]))
    session.flush()
    return region


def seen(session: Session, region: Region) -> str:
    session.flush()
    return fingerprint(session, region.programme, TODAY)


def waiting(**named: object) -> Change:
    return lambda session, region: session.execute(
        update(Request).where(Request.id == region.requests[0].id).values(**named)
    )


def wishing(**named: object) -> Change:
    return lambda session, region: session.execute(
        update(Request).where(Request.id == region.requests[1].id).values(**named)
    )


def every(model: type, **named: object) -> Change:
    return lambda session, region: session.execute(update(model).values(**named))


def of_region(name: str, **named: object) -> Change:
    def change(session: Session, region: Region) -> None:
        for key, value in named.items():
            setattr(getattr(region, name), key, value)

    return change


def in_household(session: Session, region: Region) -> None:
    home = Household(created_at=NOW)
    session.add(home)
    session.flush()
    region.requests[0].household_id = home.id


def accepts(session: Session, region: Region) -> None:
    row = {"request_id": region.requests[0].id, "product_id": region.product.id}
    session.execute(insert(request_product), [row])


def another_wish(session: Session, region: Region) -> None:
    session.execute(update(ChangeWish).values(status=ChangeStatus.WITHDRAWN, ended_at=NOW))
    make_change_wish(session, region.requests[1], max_km=5.0)


def drawn(session: Session, region: Region) -> None:
    session.add(
        StockMovement(
            centre_id=region.centre.id, lot_id=region.delivery.lot_id, kind=MovementKind.WASTED, doses=-6,
            day=TODAY, at=NOW,
        )
    )  # fmt: skip


CHANGES: dict[str, Change] = {
    "lat": waiting(lat=47.9031),
    "lon": waiting(lon=1.9095),
    "max_km": waiting(max_km=49.5),
    "second place": waiting(second_lat=47.0, second_lon=2.0),
    "earliest": waiting(earliest=date(2027, 6, 1)),
    "availability": waiting(availability="0" + "1" * 20),
    "availability at its end": waiting(availability="1" * 20 + "0"),
    "unavailable": waiting(unavailable=["2027-06-01"]),
    "wheelchair": waiting(wheelchair=True),
    "contact by letter": waiting(contact_by=ContactBy.LETTER),
    "by phone": waiting(by_phone=True),
    "one dose is enough": waiting(one_dose_enough=True),
    "priority": waiting(priority=2),
    "household": in_household,
    "products": accepts,
    "cancelled": waiting(status=RequestStatus.CANCELLED),
    "somebody asks": lambda session, region: make_request(session, region.programme),
    "another group": lambda session, region: setattr(
        region.requests[0], "priority_group_id", make_priority_group(session, region.programme).id
    ),
    "wheelchair of one who wishes to change": wishing(wheelchair=True),
    "another wish to change": another_wish,
    "a wish taken back": every(ChangeWish, status=ChangeStatus.WITHDRAWN, ended_at=NOW),
    "a hold ends": every(Hold, status=HoldStatus.RELEASED, ended_at=NOW),
    "an appointment moves": every(Appointment, issue=5),
    "somebody does not come": every(Appointment, status=AppointmentStatus.DID_NOT_ATTEND),
    "longer hours": every(ClinicSession, closes=time(18)),
    "shorter slots": every(ClinicSession, slot_minutes=5),
    "more seats": every(ClinicSession, seats=3),
    "a closed session": every(ClinicSession, is_open=False),
    "a session more": lambda session, region: make_slots(session, region.centre, TOMORROW + timedelta(3)),
    "a centre more": lambda session, region: make_centre(session),
    "a centre elsewhere": of_region("centre", lat=48.0),
    "a centre with steps": of_region("centre", wheelchair=False),
    "a closed centre": of_region("centre", is_open=False),
    "vaccine arrives": lambda session, region: make_stock(
        session, region.centre, make_lot(session, region.product)
    ),
    "vaccine is announced": lambda session, region: make_stock(
        session, region.centre, make_lot(session, region.product), status=DeliveryStatus.ANNOUNCED
    ),
    "vaccine is thrown away": drawn,
    "a delivery expires sooner": of_region("delivery", usable_to=TODAY + timedelta(3)),
    "a delivery cancelled": of_region("delivery", status=DeliveryStatus.CANCELLED),
    "larger vials": of_region("product", doses_per_vial=10),
    "an interval": of_region("schedule", min_days=20),
    "an age": of_region("schedule", min_age=70),
    "a schedule ends": of_region("schedule", valid_to=TODAY + timedelta(9)),
    "a schedule more": lambda session, region: make_schedule(
        session, region.programme, make_product(session), doses=1
    ),
    "a phase": every(EligibilityPhase, ends_on=TODAY),
    "a price": of_region("programme", km=0.9),
    "a weight": of_region("programme", weights={str(rank): 1.0 for rank in range(1, 10)}),
    "a longer horizon": of_region("programme", horizon_days=90),
    "how long a letter takes": of_region("programme", letter_lead_days=9),
}
UNREAD: dict[str, Change] = {
    "nothing": lambda session, region: None,
    "an e-mail address": lambda session, region: setattr(
        session.get_one(Person, region.requests[0].person_id), "email", "somebody@example.org"
    ),
    "a note at the centre": of_region("centre", phone="02 00 00 00 00"),
    "a name of the campaign": of_region("programme", name_en="Other"),
    "the draw of the next run": of_region("programme", next_seed=77),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_plan_reads_is_noticed(session: Session, region: Region, change: str) -> None:
    before = seen(session, region)
    CHANGES[change](session, region)
    assert seen(session, region) != before


@pytest.mark.parametrize("change", UNREAD)
def test_what_no_plan_reads_wakes_nobody(session: Session, region: Region, change: str) -> None:
    before = seen(session, region)
    UNREAD[change](session, region)
    assert seen(session, region) == before


def test_two_who_swap_their_wishes_are_noticed(session: Session, region: Region) -> None:
    one, other = region.requests[0], make_request(session, region.programme, max_km=20.0, wheelchair=True)
    before = seen(session, region)
    one.max_km, other.max_km = other.max_km, one.max_km
    assert seen(session, region) != before
