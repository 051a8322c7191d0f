"""Who is planned together: a unit is one person, or one whole household that comes together or not at all."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from solver.contract import NONE, Bools, Floats, Ints, Problem

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """One row a unit, in an order that the lottery draws among equals; `members` cut by `member_at`."""

    member_at: Ints
    members: Ints
    head: Ints
    """A member whose answers hold for all (they may differ in age, priority and wheelchair only)."""
    size: Ints
    weight: Floats
    """Weights of all members together."""
    wheelchair: Bools
    allowed: Bools
    """Unit × schedule: ages of all members, products, first and pinned products agree. No dates are asked."""
    earliest: Ints
    bands: Bytes
    """Unit × day: bit b is set where the unit can come in band b."""
    drop_price: Floats
    """What it costs to leave the unit out although it holds promises."""
    held: Bools
    """It has a pinned appointment: it must be planned."""

    def __len__(self) -> int:
        return len(self.head)

    def only(self, rows: Ints) -> "Units":
        """Only these units, in this order; their members keep their requests."""
        many = self.size[rows]
        at = np.concatenate([[0], np.cumsum(many)])
        inside = np.repeat(self.member_at[rows] - at[:-1], many) + np.arange(int(at[-1]))
        columns = {
            name: getattr(self, name)[rows] for name in self.__slots__ if not name.startswith("member")
        }
        return Units(member_at=at, members=self.members[inside], **columns)

    def as_if_alone(self) -> "Units":
        """The same units, each as if its head came alone."""
        return replace(self, size=np.ones_like(self.size))


@dataclass(frozen=True, slots=True, eq=False)
class Promises:
    """Promised doses by unit. History is kept for its price only: its day is negative."""

    unit: Ints
    request: Ints
    dose: Ints
    centre: Ints
    product: Ints
    day: Ints
    minute: Ints
    pinned: Bools


def units_of(problem: Problem) -> Units:
    """Persons and households of the problem. Who asked first plays no part in their order."""
    unit_of = _unit_of_request(problem)
    many = int(unit_of.max(initial=-1)) + 1
    members = np.argsort(unit_of, kind="stable").astype(np.int64)
    size = np.bincount(unit_of, minlength=many)
    at = np.concatenate([[0], np.cumsum(size)])
    q, p = problem.requests, problem.promised
    head = members[at[:-1]] if many else np.zeros(0, dtype=np.int64)
    weight = np.bincount(unit_of, weights=problem.policy.weights[q.priority], minlength=many).astype(
        np.float64
    )
    promised = np.unique(p.request[p.request != NONE])
    drops = np.bincount(unit_of[promised], minlength=many)
    pins = p.request[p.pinned & (p.day >= 0) & (p.request != NONE)]
    held = np.bincount(unit_of[pins], minlength=many) > 0
    wheelchair = np.bincount(unit_of, weights=q.wheelchair, minlength=many) > 0
    earliest = np.maximum(q.earliest[head], 0)
    allowed = _allowed(problem, unit_of, head) & _keeps_pinned_products(problem, unit_of, len(head))
    drop_price = (problem.policy.dropped * drops).astype(np.float64)
    bands = _bands(problem, head, earliest)
    return Units(at, members, head, size, weight, wheelchair, allowed, earliest, bands, drop_price, held)


def _unit_of_request(problem: Problem) -> Ints:
    """Unit number by request, numbered by what was asked for and, among equals, by the lottery."""
    q = problem.requests
    n = len(q)
    if not n:
        return np.zeros(0, dtype=np.int64)
    drawn = np.random.default_rng([problem.policy.lottery & (2**63 - 1), 1]).permutation(n)
    alone = q.household == NONE
    group = np.where(alone, int(q.household.max()) + 1 + np.arange(n), q.household)
    _, group = np.unique(group, return_inverse=True)
    away, size = np.diff(q.unavailable_at), np.bincount(group)[group]
    place = [q.second_lon, q.second_lat, q.max_km, q.lon, q.lat]
    asked = [away, q.availability, q.earliest, q.products, q.first_day, q.first_product]
    columns = [*asked, *place, q.wheelchair, size, q.age, q.priority]
    content = np.lexsort([column[drawn] for column in columns])
    rank = np.empty(n, dtype=np.int64)
    rank[drawn[content]] = np.arange(n)
    best = np.full(int(group.max()) + 1, n)
    np.minimum.at(best, group, rank)
    turn = np.empty(len(best), dtype=np.int64)
    shuffle = np.random.default_rng([problem.policy.lottery & (2**63 - 1), 2]).permutation(len(best))
    turn[np.argsort(best, kind="stable")] = shuffle
    return np.asarray(turn[group])


def _allowed(problem: Problem, unit_of: Ints, head: Ints) -> Bools:
    s, q = problem.schedules, problem.requests
    fits = (q.age[:, None] >= s.min_age) & (q.age[:, None] <= s.max_age)
    misfits = np.zeros((len(head), len(s)), dtype=np.int64)
    np.add.at(misfits, unit_of, ~fits)
    accepted, given = q.products[head][:, None], q.first_product[head][:, None]
    pair = s.second_product != NONE
    takes_first = accepted >> s.first_product & 1 == 1
    takes_second = ~pair | (accepted >> np.maximum(s.second_product, 0) & 1 == 1)
    fresh = (given == NONE) & takes_first & takes_second
    begun = (given == s.first_product) & pair & takes_second
    day = q.first_day[head][:, None]
    begun &= (day >= s.valid_from) & (day <= s.valid_to)
    return np.asarray((misfits == 0) & (fresh | begun))


def _keeps_pinned_products(problem: Problem, unit_of: Ints, many: int) -> Bools:
    """Unit × schedule: each pinned dose is of the schedule's product."""
    p, s = problem.promised, problem.schedules
    rows = np.flatnonzero(p.pinned & (p.day >= 0) & (p.request != NONE))
    # A dose that was given elsewhere is none of ours to give again.
    rows = rows[(p.dose[rows] == 2) | (problem.requests.first_product[p.request[rows]] == NONE)]
    ours = np.where(p.dose[rows, None] == 1, s.first_product, s.second_product)
    keeps = np.ones((many, len(s)), dtype=np.bool_)
    np.logical_and.at(keeps, unit_of[p.request[rows]], ours == p.product[rows, None])
    return keeps


def _bands(problem: Problem, head: Ints, earliest: Ints) -> Bytes:
    """In which bands of which day each unit can come: the week's pattern less the days away."""
    days, q = np.arange(problem.policy.days), problem.requests
    weekday = (problem.policy.first_weekday + days) % 7
    week = (q.availability[head][:, None] >> (3 * np.arange(7)) & 7).astype(np.uint8)
    # Laid out unit by unit, as the loops read it; a fancy index would lay it out day by day.
    bands = np.ascontiguousarray(week[:, weekday])
    bands[days[None, :] < earliest[:, None]] = 0
    unit, day = _days_away(problem, head)
    bands[unit, day] = 0
    return bands


def _days_away(problem: Problem, head: Ints) -> tuple[Ints, Ints]:
    """Pairs of unit and day, inside the horizon, on which the unit cannot come."""
    q = problem.requests
    n = np.diff(q.unavailable_at)[head]
    unit = np.repeat(np.arange(len(head)), n)
    turn = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    day = q.unavailable_days[np.repeat(q.unavailable_at[head], n) + turn]
    inside = (day >= 0) & (day < problem.policy.days)
    return unit[inside], day[inside]


def promises_of(problem: Problem, units: Units) -> Promises:
    """The promises to people of this problem, by unit. Doses given elsewhere are none of our promises."""
    p = problem.promised
    unit_of = np.empty(len(problem.requests), dtype=np.int64)
    unit_of[units.members] = np.repeat(np.arange(len(units)), np.diff(units.member_at))
    rows = np.flatnonzero(p.request != NONE)
    given = problem.requests.first_product[p.request[rows]] != NONE
    rows = rows[~(given & (p.dose[rows] == 1))]
    pinned = p.pinned[rows] & (p.day[rows] >= 0)
    who, where = p.request[rows], p.centre[rows]
    what, day, minute = p.product[rows], p.day[rows], p.minute[rows]
    return Promises(unit_of[who], who, p.dose[rows], where, what, day, minute, pinned)
