"""Who is touched by a disruption: the requests whose appointments to come cannot stand as they are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import NEEDS_A_DOSE, AppointmentStatus
from vaccination.domain.disruptions import OPEN_REPLACEMENT, DisruptionKind
from vaccination.domain.fridge import Fridge
from vaccination.models.appointments import Appointment
from vaccination.models.centres import ClinicSession, Slot
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.programmes import Product
from vaccination.models.requests import Request
from vaccination.models.stock import Delivery, Lot
from vaccination.queries.columns import Columns
from vaccination.queries.ruled_out import ruled_out
from vaccination.queries.supply import Shelf, held_doses, local_today, supplies

PRODUCT, SCHEDULE = "product", "schedule"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Touched:
    """A request, the doses of it that need another place, and when the first of them was to be.

    `stood`: centre and day of each of these doses, by which a household that stood together is known.
    """

    request_id: int
    priority: int
    numbers: tuple[int, ...]
    starts_at: datetime
    household_id: int | None = None
    stood: tuple[tuple[int, date], ...] = ()


def touched(session: Session, disruption: Disruption, *, now: datetime) -> list[Touched]:
    """Everybody touched who has no replacement of this disruption yet and none open of another.

    Those in groups that come first are first, then those whose appointment is nearest.
    """
    rows = _without_replacement(session, disruption, _rows(session, disruption, now))
    return _by_request(rows)


def in_parties(people: Iterable[Touched]) -> list[tuple[Touched, ...]]:
    """Those of a household whose doses stood together as one, the others alone; in their order."""
    parties: dict[object, list[Touched]] = {}
    for one in people:
        together = one.household_id, one.numbers, one.stood
        parties.setdefault(one.request_id if one.household_id is None else together, []).append(one)
    return [tuple(sorted(party, key=lambda one: one.request_id)) for party in parties.values()]


def touched_doses(session: Session, disruption: Disruption, request_id: int, *, now: datetime) -> set[int]:
    """Which doses of a request are touched, whatever was proposed already."""
    rows = _rows(session, disruption, now)
    return {row.dose_number for row in rows if row.request_id == request_id}


def is_still_touched(session: Session, one: Touched, *, now: datetime) -> bool:
    """Whether its appointments are as they were read a moment ago, and nothing was proposed since."""
    has_one = session.scalar(
        select(Replacement.id)
        .where(Replacement.request_id == one.request_id, Replacement.status.in_(OPEN_REPLACEMENT))
        .limit(1)
    )
    starts = session.execute(
        select(Appointment.dose_number, Appointment.starts_at)
        .where(Appointment.request_id == one.request_id, Appointment.stands == 1)
        .where(Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at > now)
        .where(Appointment.dose_number.in_(one.numbers))
    ).all()
    same = [row.dose_number for row in starts] and min(row.starts_at for row in starts) == one.starts_at
    return has_one is None and bool(same) and len(starts) == len(one.numbers)


def _by_request(rows: Iterable[Columns]) -> list[Touched]:
    doses: dict[int, list[Columns]] = defaultdict(list)
    for row in rows:
        doses[row.request_id].append(row)
    people = [
        Touched(
            request_id, of_one[0].priority, tuple(sorted(row.dose_number for row in of_one)),
            min(row.starts_at for row in of_one), of_one[0].household_id,
            tuple((row.centre_id, row.day) for row in sorted(of_one, key=lambda row: row.dose_number)),
        )
        for request_id, of_one in doses.items()
    ]  # fmt: skip
    return sorted(people, key=lambda one: (one.priority, one.starts_at, one.request_id))


def shelf_subject(product_id: int) -> str:
    """How a disruption names the product whose doses are missing at its centre."""
    return f"{PRODUCT}:{product_id}"


def rule_subject(schedule_id: int) -> str:
    """How a disruption names the schedule that was changed."""
    return f"{SCHEDULE}:{schedule_id}"


def _rows(session: Session, disruption: Disruption, now: datetime) -> list[Columns]:
    if disruption.kind is DisruptionKind.SESSION_CLOSED:
        return _booked(
            session, now, Slot.centre_id == disruption.centre_id, Slot.day == disruption.day,
            ClinicSession.is_open.is_(False),
        )  # fmt: skip
    if disruption.kind is DisruptionKind.CENTRE_CLOSED:
        since = () if disruption.day is None else (Slot.day >= disruption.day,)
        return _booked(session, now, Slot.centre_id == disruption.centre_id, *since)
    if disruption.kind is DisruptionKind.DELIVERY_CUT:
        product_id = int(disruption.subject.removeprefix(f"{PRODUCT}:"))
        return _without_doses(session, [(disruption.centre_id or 0, product_id)], now)
    if disruption.kind is DisruptionKind.LOT_WITHDRAWN:
        return _without_doses(session, _shelves_of(session, disruption.lot_id or 0), now)
    return _ruled_out(session, int(disruption.subject.removeprefix(f"{SCHEDULE}:")), now)


def _ruled_out(session: Session, schedule_id: int, now: datetime) -> list[Columns]:
    doses = ruled_out(session, schedule_id, now)
    found: list[Columns] = []
    request_ids = sorted(doses)
    for start in range(0, len(request_ids), _AT_ONCE):
        some = Appointment.request_id.in_(request_ids[start : start + _AT_ONCE])
        rows = _booked(session, now, some, Appointment.stands == 1)
        found += [row for row in rows if row.dose_number in doses[row.request_id]]
    return found


def _booked(session: Session, now: datetime, *where: ColumnElement[bool]) -> list[Columns]:
    rows = session.execute(
        select(
            Appointment.id, Appointment.request_id, Appointment.dose_number, Appointment.starts_at,
            Appointment.day, Appointment.status, Appointment.centre_id, Appointment.product_id,
            Request.priority, Request.household_id,
        )
        .join(Request, Request.id == Appointment.request_id)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .where(Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at > now, *where)
    )  # fmt: skip
    return list(rows)


def _without_doses(session: Session, shelves: Sequence[Shelf], now: datetime) -> list[Columns]:
    today = local_today(session, now)
    centre_ids = {centre_id for centre_id, _ in shelves}
    lots = supplies(session, today, centre_ids)
    held = held_doses(session, today, centre_ids)
    vials = dict(session.execute(select(Product.id, Product.doses_per_vial)).all())
    promised = _promised(session, centre_ids, now)
    found: list[Columns] = []
    for shelf in shelves:
        fridge = Fridge(lots.get(shelf, []), vials[shelf[1]], today, Counter(held.get(shelf, {})))
        found += left_without(fridge, promised.get(shelf, ()))
    return [row for row in found if row.status is AppointmentStatus.BOOKED and row.starts_at > now]


def left_without(fridge: Fridge, promised: Iterable[Columns]) -> list[Columns]:
    """The appointments that the fridge cannot serve, when the others come first.

    First who is at the centre already, then second doses, whose interval leaves least choice, then the
    groups in their order, then the nearest day. Those of a household who come on one day stay or go together.
    """
    without: list[Columns] = []
    for unit in sorted(_units(promised), key=_turn):
        if fridge.holds({unit[0].day: len(unit)}):
            fridge.promised[unit[0].day] += len(unit)
        else:
            without += unit
    return without


def _units(promised: Iterable[Columns]) -> list[list[Columns]]:
    units: dict[object, list[Columns]] = defaultdict(list)
    for a in promised:
        alone = a.household_id is None or a.status is not AppointmentStatus.BOOKED
        units[a.id if alone else (a.household_id, a.dose_number, a.day)].append(a)
    return list(units.values())


def _turn(unit: Sequence[Columns]) -> tuple[bool, int, int, date, int]:
    first = min(unit, key=lambda a: (a.priority, a.request_id))
    is_there = first.status is not AppointmentStatus.BOOKED
    return not is_there, -first.dose_number, first.priority, first.day, first.request_id


def _promised(session: Session, centre_ids: Collection[int], now: datetime) -> Mapping[Shelf, list[Columns]]:
    rows = session.execute(
        select(
            Appointment.id, Appointment.request_id, Appointment.dose_number, Appointment.starts_at,
            Appointment.day, Appointment.status, Appointment.centre_id, Appointment.product_id,
            Request.priority, Request.household_id,
        )
        .join(Request, Request.id == Appointment.request_id)
        .where(
            Appointment.status.in_(NEEDS_A_DOSE), Appointment.centre_id.in_(centre_ids),
            Appointment.day >= local_today(session, now),
        )
    )  # fmt: skip
    found: dict[Shelf, list[Columns]] = defaultdict(list)
    for row in rows:
        found[row.centre_id, row.product_id].append(row)
    return found


def _shelves_of(session: Session, lot_id: int) -> list[Shelf]:
    """Wherever a lot was to be used."""
    product_id = session.scalar(select(Lot.product_id).where(Lot.id == lot_id))
    centre_ids = session.scalars(select(Delivery.centre_id).where(Delivery.lot_id == lot_id).distinct())
    return [(centre_id, product_id) for centre_id in centre_ids if product_id is not None]


def _without_replacement(
    session: Session, disruption: Disruption, rows: Sequence[Columns]
) -> Iterable[Columns]:
    has_one = set(
        session.scalars(
            select(Replacement.request_id).where(
                (Replacement.disruption_id == disruption.id) | Replacement.status.in_(OPEN_REPLACEMENT)
            )
        )
    )
    return (row for row in rows if row.request_id not in has_one)
