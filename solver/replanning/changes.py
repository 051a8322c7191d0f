"""What can change after a plan has been published: deliveries, lots, centres, hours, products, rules.

Each change is a small frozen thing that makes a new problem of an old one. Rows keep their numbers, so that
a plan of the old problem still says what it said; a change that needs further schedules adds them at the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE, Bools, Ints, Lots, Plan, Problem, Promised
from solver.measures import band_of


class Change(Protocol):
    """One thing that is no longer as it was planned."""

    def apply(self, problem: Problem) -> Problem:
        """The problem as it is now."""


@dataclass(frozen=True, slots=True)
class Which:
    """Lots that a change is about: those named, or all of a centre, of a product, that come in some days."""

    lots: tuple[int, ...] | None = None
    """Rows of `Lots`; None names all."""
    centre: int = NONE
    product: int = NONE
    first_day: int = NEVER_BEFORE
    last_day: int = NEVER_AFTER
    """Lots that can first be used from `first_day` to `last_day`."""

    def rows(self, lots: Lots) -> Bools:
        """Which rows are meant."""
        mine = (lots.first_day >= self.first_day) & (lots.first_day <= self.last_day)
        if self.lots is not None:
            mine &= np.isin(np.arange(len(lots)), self.lots)
        if self.centre != NONE:
            mine &= lots.centre == self.centre
        if self.product != NONE:
            mine &= lots.product == self.product
        return np.asarray(mine)


@dataclass(frozen=True, slots=True)
class CutDelivery:
    """Fewer doses come: a share of each lot is missing, or so many doses of each; all of it is a loss."""

    which: Which
    share: float = 1.0
    doses: int | None = None

    def apply(self, problem: Problem) -> Problem:
        """Whole vials are left, so what is missing is rounded up."""
        lots = problem.lots
        vial = problem.products.doses_per_vial[lots.product]
        lost = np.ceil(lots.doses * self.share - 1e-9) if self.doses is None else self.doses
        left = np.maximum(lots.doses - lost, 0).astype(np.int64) // np.maximum(vial, 1) * vial
        return _stocked(problem, doses=np.where(self.which.rows(lots), left, lots.doses))


@dataclass(frozen=True, slots=True)
class DelayLots:
    """Lots come so many days later. The date of expiry stays; a lot that comes after it is lost."""

    which: Which
    days: int

    def apply(self, problem: Problem) -> Problem:
        lots = problem.lots
        late = np.where(self.which.rows(lots), lots.first_day + self.days, lots.first_day)
        return _usable(problem, late, lots.last_day)


@dataclass(frozen=True, slots=True)
class RecallLots:
    """Lots may not be used from a day on."""

    which: Which
    from_day: int = 0

    def apply(self, problem: Problem) -> Problem:
        lots = problem.lots
        last = np.where(self.which.rows(lots), np.minimum(lots.last_day, self.from_day - 1), lots.last_day)
        return _usable(problem, lots.first_day, last)


@dataclass(frozen=True, slots=True)
class CloseCentre:
    """A centre is closed on these days, both included."""

    centre: int
    first_day: int
    last_day: int

    def apply(self, problem: Problem) -> Problem:
        return CutHours(self.centre, self.first_day, self.last_day).apply(problem)


@dataclass(frozen=True, slots=True)
class CutHours:
    """Fewer seats on these days, both included: a share of each slot's, in some bands of the day."""

    centre: int = NONE
    first_day: int = NEVER_BEFORE
    last_day: int = NEVER_AFTER
    share: float = 1.0
    bands: int = 7
    """Bit b is set where band b is cut."""

    def apply(self, problem: Problem) -> Problem:
        """Slots stay where they are; what is lost is their seats, rounded up."""
        z = problem.slots
        mine = (z.day >= self.first_day) & (z.day <= self.last_day)
        mine &= (self.bands >> band_of(z.minute) & 1) == 1
        if self.centre != NONE:
            mine &= z.centre == self.centre
        left = np.floor(z.seats * (1 - self.share) + 1e-9).astype(np.int64)
        return replace(problem, slots=replace(z, seats=np.where(mine, left, z.seats)))


@dataclass(frozen=True, slots=True)
class WithdrawProduct:
    """Nobody gets the product from a day on. Who began with it may go on with another, where one is named."""

    product: int
    from_day: int = 0
    then: int = NONE

    def apply(self, problem: Problem) -> Problem:
        """With another product named, each pair that ends with this one gets a twin that ends with that one.

        It is offered to whoever accepted the old one: a begun vaccination is not to be lost for a form.
        """
        gone = RecallLots(Which(product=self.product), self.from_day).apply(problem)
        rows = self.twins(problem)
        s, q = gone.schedules, gone.requests
        if not len(rows):
            return gone
        twins = {name: np.concatenate([getattr(s, name), getattr(s, name)[rows]]) for name in s.__slots__}
        twins["second_product"][len(s) :] = self.then
        accepts = (q.products >> self.product & 1) << self.then
        return replace(
            gone, schedules=replace(s, **twins), requests=replace(q, products=q.products | accepts)
        )

    def twins(self, problem: Problem) -> Ints:
        """The schedules that get a twin, in the order in which these stand at the end."""
        s = problem.schedules
        mine = (s.second_product == self.product) & (s.first_product == self.product)
        return np.flatnonzero(mine & (self.then != NONE))


@dataclass(frozen=True, slots=True)
class ChangeInterval:
    """Another interval for a schedule. Where a number is None, the old one stays."""

    schedule: int
    min_days: int | None = None
    ideal_days: int | None = None
    max_days: int | None = None

    def apply(self, problem: Problem) -> Problem:
        s, columns = problem.schedules, {}
        for name in ("min_days", "ideal_days", "max_days"):
            value = getattr(self, name)
            if value is not None:
                columns[name] = np.where(np.arange(len(s)) == self.schedule, value, getattr(s, name))
        return replace(problem, schedules=replace(s, **columns))


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem after all changes, one after the other."""
    for change in changes:
        problem = change.apply(problem)
    return problem


def published(problem: Problem, plan: Plan) -> Problem:
    """The same problem with the plan's appointments promised.

    They may move at the policy's price, but for those that were pinned before. What people outside
    the problem hold stays as it is; older promises to people of the problem give way to the plan.
    """
    p, s, z = problem.promised, problem.schedules, problem.slots
    others = p.request == NONE
    held = np.zeros((len(problem.requests), 3), dtype=np.bool_)
    pins = p.pinned & ~others & (p.day >= 0)
    held[p.request[pins], p.dose[pins]] = True
    columns = [[getattr(p, name)[others] for name in _PROMISED]]
    for dose, slot_of, products in (
        (1, plan.first_slot, s.first_product),
        (2, plan.second_slot, s.second_product),
    ):
        who = np.flatnonzero((plan.schedule != NONE) & (slot_of != NONE))
        at, of = slot_of[who], plan.schedule[who]
        columns.append(
            [
                who,
                np.full(len(who), dose),
                z.centre[at],
                products[of],
                z.day[at],
                z.minute[at],
                held[who, dose],
            ]
        )
    together = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return replace(problem, promised=Promised(*together))


_PROMISED = ("request", "dose", "centre", "product", "day", "minute", "pinned")


def _stocked(problem: Problem, **columns: Ints) -> Problem:
    return replace(problem, lots=replace(problem.lots, **columns))


def _usable(problem: Problem, first_day: Ints, last_day: Ints) -> Problem:
    """Lots with other days; one without any day is empty."""
    lost = first_day > last_day
    doses = np.where(lost, 0, problem.lots.doses)
    last = np.where(lost, np.maximum(first_day, problem.lots.first_day), last_day)
    return _stocked(problem, doses=doses, first_day=first_day, last_day=last)
