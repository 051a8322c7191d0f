"""Seats and doses that a plan may give away: what there is, less what is promised.

Appointments that stand stay as they are. Inside the horizon they enter the problem as pinned appointments of
people outside it, so that new doses share their vials. What lies before or after the horizon is taken off the
lots beforehand, and so is what a live hold keeps. Where the lots no longer cover what is promised (a lot was
withdrawn), no new dose of that product is planned at that centre.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from solver.contract import NONE, Lots, Promised, Slots
from vaccination.domain.appointment import NEEDS_A_DOSE
from vaccination.domain.drawing import Supply, draw, reserve, unopened, whole_vials
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.queries.columns import Columns
from vaccination.queries.supply import Shelf, held_doses, local_today, promised_doses, supplies


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days of a plan, and how its tables number centres and products (by id)."""

    starts_on: date
    days: int
    centre_rows: Mapping[int, int]
    product_rows: Mapping[int, int]
    doses_per_vial: Mapping[int, int]

    @property
    def last_day(self) -> date:
        """The last day on which a dose may be planned."""
        return self.starts_on + timedelta(self.days - 1)

    def day(self, on: date) -> int:
        """The number of a day, counted from the planning start."""
        return (on - self.starts_on).days


@dataclass(frozen=True, slots=True, eq=False)
class OnOffer:
    """What a plan may use, with the ids behind the rows."""

    slots: Slots
    slot_ids: Sequence[int]
    lots: Lots
    lot_ids: Sequence[int]
    promised: Promised
    promised_requests: Sequence[int]
    short: tuple[Shelf, ...]
    """Centre and product where the lots do not cover what is promised."""


def load_offer(session: Session, horizon: Horizon, now: datetime) -> OnOffer:
    """Slots, lots and standing appointments of the horizon."""
    today = local_today(session, now)
    left, short = _lots_left(session, horizon, today)
    pinned = _pinned(session, horizon, today, short)
    slots, slot_ids = _slots(session, horizon, now, Counter(row.slot_id for row in pinned))
    lots = [(shelf, lot) for shelf in sorted(left) for lot in left[shelf] if lot.last >= horizon.starts_on]
    return OnOffer(
        slots=slots,
        slot_ids=slot_ids,
        lots=_lot_table(lots, horizon),
        lot_ids=[lot.lot_id for _, lot in lots],
        promised=_promised_table(pinned, horizon),
        promised_requests=[row.request_id for row in pinned],
        short=tuple(sorted(short)),
    )


def _lots_left(
    session: Session, horizon: Horizon, today: date
) -> tuple[dict[Shelf, list[Supply]], set[Shelf]]:
    """Lots without what other days need of them, and the shelves that fall short of their promises."""
    lots, promised = supplies(session, today), promised_doses(session, today)
    held = held_doses(session, today)
    left: dict[Shelf, list[Supply]] = {}
    short: set[Shelf] = set()
    for shelf in lots.keys() | promised.keys():
        rest = _left_for(lots.get(shelf, []), promised.get(shelf, {}), horizon, today, shelf[1])
        if rest is None:
            short.add(shelf)
        else:
            needed, kept = (_inside(days.get(shelf, {}), horizon, today) for days in (promised, held))
            left[shelf] = _without_held(rest, needed, kept, horizon.doses_per_vial[shelf[1]])
    return left, short


def _left_for(
    lots: Sequence[Supply], promised: Mapping[date, int], horizon: Horizon, today: date, product_id: int
) -> list[Supply] | None:
    vial = horizon.doses_per_vial[product_id]
    vials = {day: whole_vials(doses, vial) for day, doses in promised.items() if day > today}
    # Today's vials are open: their doses are drawn one by one.
    rest = draw(lots, {day: doses for day, doses in promised.items() if day <= today})
    if rest is None:
        return None
    rest = draw(unopened(rest, vial), {d: n for d, n in vials.items() if d < horizon.starts_on})
    if rest is None:
        return None
    rest = reserve(rest, {d: n for d, n in vials.items() if d > horizon.last_day})
    if rest is None:
        return None
    inside = {d: n for d, n in vials.items() if horizon.starts_on <= d <= horizon.last_day}
    return None if draw(rest, inside) is None else rest


def _without_held(
    lots: list[Supply], promised: Mapping[date, int], held: Mapping[date, int], vial: int
) -> list[Supply]:
    """The lots less vials for what holds keep inside the horizon, as far as appointments can spare them.

    A hold is nobody whom the solver could pin; where vials are too few for that, applying admits the fewer.
    """
    rest = draw(lots, {day: whole_vials(doses, vial) for day, doses in held.items()})
    pinned = {day: whole_vials(doses - held.get(day, 0), vial) for day, doses in promised.items()}
    return lots if rest is None or draw(rest, pinned) is None else rest


def _inside(days: Mapping[date, int], horizon: Horizon, today: date) -> dict[date, int]:
    first = max(horizon.starts_on, today + timedelta(1))
    return {day: doses for day, doses in days.items() if first <= day <= horizon.last_day}


def _pinned(session: Session, horizon: Horizon, today: date, short: set[Shelf]) -> list[Columns]:
    """Standing appointments that share vials with the plan; today's and short shelves' hold a seat only."""
    rows: Iterable[Columns] = session.execute(
        select(
            Appointment.request_id, Appointment.dose_number, Appointment.centre_id, Appointment.product_id,
            Appointment.slot_id, Slot.day, Slot.minute,
        )
        .join(Slot, Slot.id == Appointment.slot_id)
        .where(
            Appointment.status.in_(NEEDS_A_DOSE),
            Appointment.day >= max(horizon.starts_on, today + timedelta(1)),
            Appointment.day <= horizon.last_day,
        )
        .order_by(Appointment.id)
    )  # fmt: skip
    return [row for row in rows if (row.centre_id, row.product_id) not in short]


def _slots(
    session: Session, horizon: Horizon, now: datetime, pinned: Mapping[int, int]
) -> tuple[Slots, list[int]]:
    """Slots with free seats or pinned people; a closed or past one offers nothing new."""
    offered = ClinicSession.is_open & Centre.is_open & (Slot.starts_at > now)
    rows = session.execute(
        select(
            Slot.id, Slot.centre_id, Slot.day, Slot.minute,
            case((offered, Slot.seats - Slot.taken), else_=0).label("free"),
        )
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(Slot.day >= horizon.starts_on, Slot.day <= horizon.last_day)
        .order_by(Slot.centre_id, Slot.day, Slot.minute)
    )  # fmt: skip
    kept = [row for row in rows if row.free + pinned.get(row.id, 0) > 0]
    table = Slots(
        centre=np.array([horizon.centre_rows[row.centre_id] for row in kept]),
        day=np.array([horizon.day(row.day) for row in kept]),
        minute=np.array([row.minute for row in kept]),
        seats=np.array([row.free + pinned.get(row.id, 0) for row in kept]),
    )
    return table, [row.id for row in kept]


def _lot_table(lots: Sequence[tuple[Shelf, Supply]], horizon: Horizon) -> Lots:
    return Lots(
        centre=np.array([horizon.centre_rows[shelf[0]] for shelf, _ in lots]),
        product=np.array([horizon.product_rows[shelf[1]] for shelf, _ in lots]),
        doses=np.array([lot.doses for _, lot in lots]),
        first_day=np.array([horizon.day(lot.first) for _, lot in lots]),
        last_day=np.array([horizon.day(lot.last) for _, lot in lots]),
    )


def _promised_table(pinned: Sequence[Columns], horizon: Horizon) -> Promised:
    return Promised(
        request=np.full(len(pinned), NONE),
        dose=np.array([row.dose_number for row in pinned]),
        centre=np.array([horizon.centre_rows[row.centre_id] for row in pinned]),
        product=np.array([horizon.product_rows[row.product_id] for row in pinned]),
        day=np.array([horizon.day(row.day) for row in pinned]),
        minute=np.array([row.minute for row in pinned]),
        pinned=np.ones(len(pinned), dtype=np.bool_),
    )
