"""Builders: functions which make one row with everything ordinary; a test names only what it is about.

They flush, never commit. Numbers in codes come from a counter, so rows never clash.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.actor import Role
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.models.accounts import RoleGrant, User
from vaccination.models.appointments import Appointment
from vaccination.models.base import Base
from vaccination.models.centres import Centre, ClinicSession, DoseBudget, Slot
from vaccination.models.people import Person
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.stock import Delivery, Lot, StockMovement
from vaccination.security.fields import blind_index

NOW = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)
TODAY = date(2027, 5, 3)  # a Monday
_number = count(1)


Row = TypeVar("Row", bound=Base)


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def make_programme(session: Session, **named: Any) -> Programme:
    """An active programme that starts TODAY and plans 84 days."""
    n = next(_number)
    ordinary = dict(
        code=f"programme-{n}", name_fr="Campagne", name_en="Campaign", starts_on=TODAY, horizon_days=84,
        weights={str(rank): float(17 - 2 * rank) for rank in range(1, 9)} | {"9": 1.0},
    )  # fmt: skip
    return _kept(session, Programme(**{**ordinary, **named}))


def make_product(session: Session, **named: Any) -> Product:
    """A product of 6 doses a vial."""
    n = next(_number)
    ordinary = dict(code=f"product-{n}", name=f"Product {n}", doses_per_vial=6, shelf_days=30)
    return _kept(session, Product(**{**ordinary, **named}))


def make_schedule(session: Session, programme: Programme, product: Product, **named: Any) -> Schedule:
    """Two doses of the product, 21 to 49 days apart, 28 ideal. Pass `doses=1` for a single dose."""
    n = next(_number)
    ordinary: dict[str, Any] = dict(
        programme_id=programme.id, code=f"schedule-{n}", first_product_id=product.id
    )
    if named.get("doses", 2) == 2:
        ordinary |= dict(doses=2, second_product_id=product.id, min_days=21, ideal_days=28, max_days=49)
    return _kept(session, Schedule(**{**ordinary, **named}))


def make_priority_group(session: Session, programme: Programme, **named: Any) -> PriorityGroup:
    """A group open to everybody from the programme's start."""
    n = next(_number)
    ordinary = dict(programme_id=programme.id, code=f"group-{n}", name_fr="Tous", name_en="Everyone", rank=5)
    group = _kept(session, PriorityGroup(**{**ordinary, **named}))
    _kept(session, EligibilityPhase(priority_group_id=group.id, starts_on=programme.starts_on))
    return group


def make_centre(session: Session, **named: Any) -> Centre:
    """A centre in Orléans."""
    n = next(_number)
    ordinary = dict(
        code=f"centre-{n}", name=f"Centre {n}", street="1 rue de la Paix", postcode="45000", town="Orléans",
        phone="02 38 00 00 00", lat=47.9029, lon=1.9093, timezone="Europe/Paris",
    )  # fmt: skip
    return _kept(session, Centre(**{**ordinary, **named}))


def make_slots(
    session: Session, centre: Centre, day: date, *, opens: time = time(9), slots: int = 6, seats: int = 2,
    slot_minutes: int = 10,
) -> list[Slot]:  # fmt: skip
    """A clinic session of a few slots on a day; returns the slots in time order."""
    start = opens.hour * 60 + opens.minute
    end = start + slots * slot_minutes
    clinic = _kept(
        session,
        ClinicSession(
            centre_id=centre.id, day=day, opens=opens, closes=time(end // 60, end % 60),
            slot_minutes=slot_minutes, seats=seats,
        ),
    )  # fmt: skip
    zone = ZoneInfo(centre.timezone)
    made = []
    for minute in range(start, end, slot_minutes):
        local = datetime.combine(day, time(minute // 60, minute % 60), zone)
        made.append(
            Slot(
                clinic_session_id=clinic.id,
                centre_id=centre.id,
                day=day,
                minute=minute,
                starts_at=local,
                seats=seats,
            )
        )
    session.add_all(made)
    session.flush()
    return made


def make_budget(session: Session, centre: Centre, product: Product, day: date, doses: int = 12) -> DoseBudget:
    """Doses that the centre may promise on that day."""
    return _kept(session, DoseBudget(centre_id=centre.id, product_id=product.id, day=day, doses=doses))


def make_lot(session: Session, product: Product, **named: Any) -> Lot:
    """A lot that expires long after the tests' days."""
    n = next(_number)
    ordinary = dict(product_id=product.id, number=f"LOT{n:04d}", expires_on=TODAY + timedelta(200))
    return _kept(session, Lot(**{**ordinary, **named}))


def make_stock(session: Session, centre: Centre, lot: Lot, doses: int = 60, **named: Any) -> Delivery:
    """A delivery, received TODAY and in the ledger (pass status=ANNOUNCED for one to come)."""
    ordinary = dict(
        centre_id=centre.id, lot_id=lot.id, doses=doses, available_from=TODAY, usable_to=lot.expires_on,
        status=DeliveryStatus.RECEIVED,
    )  # fmt: skip
    delivery = _kept(session, Delivery(**{**ordinary, **named}))
    if delivery.status is DeliveryStatus.RECEIVED:
        _kept(
            session,
            StockMovement(
                centre_id=centre.id, lot_id=lot.id, delivery_id=delivery.id, kind=MovementKind.RECEIVED,
                doses=doses, day=TODAY, at=NOW,
            ),
        )  # fmt: skip
    return delivery


def make_person(session: Session, **named: Any) -> Person:
    """An invented adult with an e-mail address."""
    n = next(_number)
    ordinary = dict(
        family_name=f"Martin{n}", given_name="Camille", birth_date=date(1960, 7, 14),
        email=f"camille{n}@example.org", phone=None, address="1 rue de la Paix\n45000 Orléans",
        created_at=NOW,
    )  # fmt: skip
    given: dict[str, Any] = {**ordinary, **named}
    who = (given["family_name"], given["given_name"], given["birth_date"])
    given.setdefault("identity_index", blind_index("person.identity", *who))
    given.setdefault(
        "surname_index", blind_index("person.surname", given["family_name"][:3], given["birth_date"])
    )
    return _kept(session, Person(**given))


def make_request(
    session: Session, programme: Programme, person: Person | None = None, **named: Any
) -> Request:
    """A waiting request for a course, at any time, 50 km around Orléans; the person is told by e-mail."""
    n = next(_number)
    ordinary = dict(
        programme_id=programme.id, person_id=(person or make_person(session)).id, reference=f"REF{n:07d}",
        secret_hash=b"0" * 32, priority=5, town="Orléans", postcode="45000", lat=47.9029, lon=1.9093,
        max_km=50.0, contact_by=ContactBy.EMAIL,
        created_at=NOW,
    )  # fmt: skip
    return _kept(session, Request(**{**ordinary, **named}))


def book_pair(
    session: Session, request: Request, schedule: Schedule, slots: tuple[Slot, ...], **named: Any
) -> list[Appointment]:
    """Plan a waiting request onto the slots (one per owed dose), taking seats and doses, making budgets if
    needed.
    """
    doses = (1, 2) if request.first_product_id is None else (2,)
    request.status, request.booked = RequestStatus.PLANNED, 1
    request.schedule_id, request.schedule_doses = schedule.id, schedule.doses
    request.first_dose = 1 if 1 in doses else None
    request.second_dose = 2 if schedule.doses == 2 else None
    made = []
    for dose, slot in zip(doses, slots, strict=False):
        product_id = schedule.first_product_id if dose == 1 else schedule.second_product_id
        budget = _budget_of(session, slot, product_id or schedule.first_product_id)
        budget.taken += 1
        slot.taken += 1
        made.append(
            Appointment(
                **{
                    **dict(
                        request_id=request.id, dose_number=dose, centre_id=slot.centre_id, slot_id=slot.id,
                        dose_budget_id=budget.id, product_id=budget.product_id, schedule_id=schedule.id,
                        day=slot.day, starts_at=slot.starts_at, token_ref=next(_number).to_bytes(8, "big"),
                        created_at=NOW,
                    ),
                    **named,
                }
            )
        )  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def _budget_of(session: Session, slot: Slot, product_id: int) -> DoseBudget:
    budget = session.scalar(
        select(DoseBudget).where(
            DoseBudget.centre_id == slot.centre_id,
            DoseBudget.product_id == product_id,
            DoseBudget.day == slot.day,
        )
    )
    if budget is None:
        budget = _kept(
            session,
            DoseBudget(centre_id=slot.centre_id, product_id=product_id, day=slot.day, doses=60, taken=0),
        )
    return budget


def make_user(session: Session, *roles: Role, centre: Centre | None = None, **named: Any) -> User:
    """A member of staff with the roles, at one centre or everywhere. The password hash fits no password."""
    n = next(_number)
    ordinary = dict(login=f"user{n}", display_name=f"User {n}", password_hash="-", created_at=NOW)
    user = _kept(session, User(**{**ordinary, **named}))
    for role in roles:
        _kept(session, RoleGrant(user_id=user.id, role=role, centre_id=centre.id if centre else None))
    return user
