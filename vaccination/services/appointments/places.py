"""Taking and giving back seats and doses: one conditional UPDATE each, always in the same order.

The order is budgets by id, then slots by id (docs/locking.md): two transactions that want the same places
meet in the same order, so none waits for the other in a circle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from sqlalchemy import BindParameter, ColumnElement, Integer, Table, Update, bindparam, update
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

    def plus(self, other: "Places") -> "Places":
        """These and those together."""
        return Places(Counter(self.seats) + Counter(other.seats), Counter(self.doses) + Counter(other.doses))


def take(session: Session, places: Places) -> None:
    """Take all of them; raises SlotFull or NoDoseLeft where one is gone, and the caller rolls back."""
    # One statement tests and takes: two requests cannot both win the last one.
    if _each(session, _TAKE_DOSES, places.doses) < len(places.doses):
        raise NoDoseLeft
    if _each(session, _TAKE_SEATS, places.seats) < len(places.seats):
        raise SlotFull


def give_back(session: Session, places: Places) -> None:
    """Give all of them back; that needs no test, but keeps to the order."""
    _each(session, _GIVE_DOSES, places.doses)
    _each(session, _GIVE_SEATS, places.seats)


def make_room(session: Session, slot_id: int) -> None:
    """One seat more where all are taken: for a dose of the day, which would else be lost."""
    session.flush()
    session.execute(
        update(Slot).where(Slot.id == slot_id, Slot.taken >= Slot.seats).values(seats=Slot.seats + 1)
    )


def swap(session: Session, taken: Places, given_back: Places) -> None:
    """Take the first and give back the second in one walk through the order; raises as `take` does."""
    if not _all_changed(session, _TAKE_DOSES, _net(taken.doses, given_back.doses)):
        raise NoDoseLeft
    if not _all_changed(session, _TAKE_SEATS, _net(taken.seats, given_back.seats)):
        raise SlotFull


def _net(more: Mapping[int, int], less: Mapping[int, int]) -> dict[int, int]:
    net = {row_id: more.get(row_id, 0) - less.get(row_id, 0) for row_id in more.keys() | less.keys()}
    return {row_id: n for row_id, n in net.items() if n}


def _all_changed(session: Session, statement: Update, wanted: Mapping[int, int]) -> bool:
    return _each(session, statement, wanted) == len(wanted)


def _each(session: Session, statement: Update, wanted: Mapping[int, int]) -> int:
    """The statement for every row, in the order of their ids, sent together; how many rows it changed."""
    if not wanted:
        return 0
    session.flush()
    rows = [{"row_id": row_id, "n": n} for row_id, n in sorted(wanted.items())]
    return session.connection().execute(statement, rows).rowcount


def _changing(table: Table, by: ColumnElement[int], *guard: ColumnElement[bool]) -> Update:
    return update(table).where(table.c.id == bindparam("row_id"), *guard).values(taken=table.c.taken + by)


_SLOT, _BUDGET = cast(Table, Slot.__table__), cast(Table, DoseBudget.__table__)
_N: BindParameter[int] = bindparam("n", type_=Integer)
_TAKE_DOSES = _changing(_BUDGET, _N, _BUDGET.c.taken + _N <= _BUDGET.c.doses)
_TAKE_SEATS = _changing(_SLOT, _N, _SLOT.c.taken + _N <= _SLOT.c.seats)
_GIVE_DOSES = _changing(_BUDGET, -_N)
_GIVE_SEATS = _changing(_SLOT, -_N)
