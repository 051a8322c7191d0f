"""The slots that somebody chose, as doses: are they what the request seeks, and what is free there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.offers import Need
from vaccination.domain.serving import HoldPurpose
from vaccination.models.centres import Slot
from vaccination.models.programmes import Schedule
from vaccination.models.serving import Hold
from vaccination.queries.columns import Columns
from vaccination.services.appointments.booking import ChosenDose, UnfitSlots, open_slots
from vaccination.services.appointments.seeking import Seeker

NUMBERS: dict[HoldPurpose, tuple[int, ...]] = {
    HoldPurpose.SECOND_DOSE: (2,),
    HoldPurpose.MOVE_FIRST: (1,),
    HoldPurpose.MOVE_SECOND: (2,),
    HoldPurpose.MOVE_BOTH: (1, 2),
}
"""Which doses a purpose is about; a course is about as many as its schedule has."""

SlotOf: TypeAlias = dict[int, Columns]


@dataclass(frozen=True, slots=True)
class Choice:
    """What of an offer it takes to hold it: the slots in the order of their doses."""

    purpose: HoldPurpose
    schedule_id: int
    slot_ids: tuple[int, ...]


def sought_doses(session: Session, seeker: Seeker, choice: Choice, now: datetime) -> list[ChosenDose]:
    """The doses of a choice; UnfitSlots where it is not what the request seeks, or a slot is not open."""
    numbers = NUMBERS.get(choice.purpose, (1, 2)[: len(choice.slot_ids)])
    need = seeker.need(choice.schedule_id, numbers)
    slots: SlotOf = {row.id: row for row in session.execute(open_slots(choice.slot_ids, now))}
    if need is None or len(numbers) != len(choice.slot_ids) or not slots.keys() >= set(choice.slot_ids):
        raise UnfitSlots
    chosen = [slots[slot_id] for slot_id in choice.slot_ids]
    if not _fit(seeker, need, chosen):
        raise UnfitSlots
    parts = [part for part in (need.first, need.second) if part is not None]
    return [
        ChosenDose(
            seeker.request_id, number, slot.id, part.product_id, need.schedule_id, slot.centre_id, slot.day,
            slot.starts_at,
        )
        for number, part, slot in zip(numbers, parts, chosen, strict=True)
    ]  # fmt: skip


def held_doses(session: Session, hold: Hold, now: datetime) -> list[ChosenDose]:
    """The doses that a hold keeps; UnfitSlots where a session was closed meanwhile."""
    at = [(n, i) for n, i in ((1, hold.first_slot_id), (2, hold.second_slot_id)) if i is not None]
    slots: SlotOf = {row.id: row for row in session.execute(open_slots([i for _, i in at], now))}
    if not all(slot_id in slots for _, slot_id in at):
        raise UnfitSlots
    schedule = session.get_one(Schedule, hold.schedule_id)
    products = {1: schedule.first_product_id, 2: schedule.second_product_id or schedule.first_product_id}
    return [
        ChosenDose(
            hold.request_id, number, slot_id, products[number], schedule.id, slots[slot_id].centre_id,
            slots[slot_id].day, slots[slot_id].starts_at,
        )
        for number, slot_id in at
    ]  # fmt: skip


def free_seats(session: Session, slot_ids: Iterable[int]) -> dict[int, int]:
    """Free seats as they are at this moment; taking them tests again."""
    rows = session.execute(select(Slot.id, Slot.seats - Slot.taken).where(Slot.id.in_(set(slot_ids))))
    return {slot_id: free for slot_id, free in rows}


def lock_slots(session: Session, slot_ids: Iterable[int]) -> None:
    """Lock slots in their order, for a caller who gives some back before it takes others."""
    session.execute(
        select(Slot.id).where(Slot.id.in_(set(slot_ids))).order_by(Slot.id).with_for_update(key_share=True)
    )


def _fit(seeker: Seeker, need: Need, slots: Sequence[Columns]) -> bool:
    parts = [part for part in (need.first, need.second) if part is not None]
    days = [(slot.day - seeker.today).days for slot in slots]
    for part, day, slot in zip(parts, days, slots, strict=True):
        if day < 0 or not part.days >> day & 1 or part.centre_id not in (None, slot.centre_id):
            return False
    if len(parts) == 1:
        return True
    if seeker.wishes.second_lat is None and slots[0].centre_id != slots[1].centre_id:
        return False
    between: int = days[1] - days[0]
    return need.gap[0] <= between <= need.gap[2]
