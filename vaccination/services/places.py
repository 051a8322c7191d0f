"""Taking and giving back seats and doses: one conditional UPDATE each, always in the same order.

The order is budgets by id, then slots by id (docs/locking.md): two transactions that want the same places
meet in the same order, so none waits for the other in a circle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from vaccination.errors import Conflict
from vaccination.models.centres import DoseBudget, Slot


class SlotFull(Conflict):
    """The slot has no seat left."""

    code = "slot_full"


class NoDoseLeft(Conflict):
    """Every dose that the centre may promise on that day is promised."""

    code = "no_dose_left"


class Placed(Protocol):
    """Whatever holds a seat and a dose."""

    @property
    def slot_id(self) -> int: ...

    @property
    def dose_budget_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Places:
    """How many seats of which slots, how many doses of which budgets."""

    seats: Mapping[int, int] = field(default_factory=dict)
    doses: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, holders: Iterable[Placed]) -> "Places":
        """The places of these appointments together."""
        held = list(holders)
        return cls(Counter(h.slot_id for h in held), Counter(h.dose_budget_id for h in held))


def take(session: Session, places: Places) -> None:
    """Take all of them; raises SlotFull or NoDoseLeft where one is gone, and the caller rolls back."""
    for budget_id, doses in sorted(places.doses.items()):
        # One statement tests and takes: two requests cannot both win the last one.
        taken = session.scalar(
            update(DoseBudget)
            .where(DoseBudget.id == budget_id, DoseBudget.taken + doses <= DoseBudget.doses)
            .values(taken=DoseBudget.taken + doses)
            .returning(DoseBudget.id)
        )
        if taken is None:
            raise NoDoseLeft
    for slot_id, seats in sorted(places.seats.items()):
        taken = session.scalar(
            update(Slot)
            .where(Slot.id == slot_id, Slot.taken + seats <= Slot.seats)
            .values(taken=Slot.taken + seats)
            .returning(Slot.id)
        )
        if taken is None:
            raise SlotFull


def give_back(session: Session, places: Places) -> None:
    """Give all of them back; that needs no test, but keeps to the order."""
    for budget_id, doses in sorted(places.doses.items()):
        session.execute(
            update(DoseBudget).where(DoseBudget.id == budget_id).values(taken=DoseBudget.taken - doses)
        )
    for slot_id, seats in sorted(places.seats.items()):
        session.execute(update(Slot).where(Slot.id == slot_id).values(taken=Slot.taken - seats))
