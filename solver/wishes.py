"""Units that ask for a place, and the same units with one wish given up.

Everything is a fresh copy: compiled loops are compiled once for arrays that may be written and once more for
those that may not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.classes import Bytes, Units
from solver.contract import NONE, Bools, Floats, Ints, Problem
from solver.loops.left import Ways, Wishes
from solver.market import Market
from solver.measures import great_circle_km, pieces
from solver.objective import place_of
from solver.pins import REACH_TOLERANCE_KM

CHUNK = 20_000
ALL_BANDS = 7
Reach = tuple[Ints, NDArray[np.int32], Floats]
"""Centres and distances, cut into one piece a unit by the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """Units that ask, with what they wish; a request by itself is a unit, too."""

    problem: Problem
    head: Ints
    """The request whose answers hold for all members."""
    needs: Bools
    """Only wheelchair centres will do."""
    earliest: Ints
    wish: Wishes
    ways: Ways


def asking_of(market: Market, units: Units, rows: Ints) -> Asking:
    """What these units ask for."""
    crowd, rules = market.crowd, market.rules
    near = _taken(rows, crowd.near_at, crowd.near_centre, crowd.near_km)
    far = _taken(rows, crowd.far_at, crowd.far_centre, crowd.far_km)
    wish = Wishes(
        crowd.size[rows], crowd.bands[rows], crowd.ways[rows], crowd.begun[rows],
        crowd.first_day[rows], crowd.elsewhere[rows], *near, *far,
    )  # fmt: skip
    ways = Ways(*(np.array(getattr(rules, name)) for name in Ways._fields))
    head, needs = units.head[rows], units.wheelchair[rows]
    return Asking(market.problem, head, needs, crowd.earliest[rows], wish, ways)


def _taken(rows: Ints, at: Ints, centre: NDArray[np.int32], km: Floats) -> Reach:
    """The rows' pieces."""
    length = at[rows + 1] - at[rows]
    turn = pieces(at[rows], length)
    return np.concatenate([[0], np.cumsum(length)]), centre[turn], km[turn]


def near_only(wish: Wishes, some: Bools) -> Wishes:
    """The same wishes with some of the centres only."""
    near = _kept(some, wish.near_at, wish.near_centre, wish.near_km)
    return Wishes(*wish[:6], *near, *_kept(some, wish.far_at, wish.far_centre, wish.far_km))


def _kept(some: Bools, at: Ints, centre: NDArray[np.int32], km: Floats) -> Reach:
    keep = some[centre]
    return np.concatenate([[0], np.cumsum(keep)])[at], centre[keep], km[keep]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When units could come, by unit and day, taken apart into all that rules a day out."""

    week: Bytes
    """The bands of their week, whatever the date."""
    late: Bools
    """Not before their earliest date."""
    away: Bools
    """A date that they ruled out."""


def calendar_of(asking: Asking) -> Calendar:
    """The units' calendars."""
    problem, head, q = asking.problem, asking.head, asking.problem.requests
    days = np.arange(problem.policy.days)
    week = (q.availability[head][:, None] >> (3 * np.arange(7)) & ALL_BANDS).astype(np.uint8)
    away = np.zeros((len(head), len(days)), dtype=np.bool_)
    many = np.diff(q.unavailable_at)[head]
    unit = np.repeat(np.arange(len(head)), many)
    day = q.unavailable_days[pieces(q.unavailable_at[head], many)]
    inside = (day >= 0) & (day < len(days))
    away[unit[inside], day[inside]] = True
    late = days >= asking.earliest[:, None]
    return Calendar(week[:, (problem.policy.first_weekday + days) % 7], late, away)


def second_elsewhere(wish: Wishes) -> Wishes:
    """As if home were named as the place for the second dose: any centre in reach will do for it."""
    near = wish.near_at, wish.near_centre, wish.near_km
    return wish._replace(elsewhere=~wish.begun, far_at=near[0], far_centre=near[1], far_km=near[2])


def with_any_product(asking: Asking, young: Ints, old: Ints) -> tuple[Wishes, Ways]:
    """As if every product were accepted; the ages are those of the youngest and the oldest member."""
    return _regrouped(asking, _allowed(asking, young, old, np.full(len(asking.head), -1)))


def _allowed(asking: Asking, young: Ints, old: Ints, accepted: Ints) -> Bools:
    """Unit × schedule: as in `Units`."""
    q, s = asking.problem.requests, asking.problem.schedules
    fits = (young[:, None] >= s.min_age) & (old[:, None] <= s.max_age)
    pair = s.second_product != NONE
    fits &= ~pair | (accepted[:, None] >> np.maximum(s.second_product, 0) & 1 == 1)
    given, day = q.first_product[asking.head][:, None], q.first_day[asking.head][:, None]
    follows = pair & (given == s.first_product) & (day >= s.valid_from) & (day <= s.valid_to)
    fresh = accepted[:, None] >> s.first_product & 1 == 1
    return np.asarray(fits & np.where(given == NONE, fresh, follows))


def _regrouped(asking: Asking, allowed: Bools) -> tuple[Wishes, Ways]:
    """The units with these schedules."""
    _, some, ways = np.unique(np.packbits(allowed, axis=1), axis=0, return_index=True, return_inverse=True)
    sets = allowed[some]
    at = np.concatenate([[0], np.cumsum(sets.sum(axis=1))]).astype(np.int64)
    wish = asking.wish._replace(ways=ways.reshape(-1).astype(np.int64))
    return wish, asking.ways._replace(way_at=at, way_schedule=np.nonzero(sets)[1].astype(np.int64))


def each_alone(asking: Asking, members: Ints, turn: Ints) -> Asking:
    """These requests, each as if alone; `turn` is the asking unit of each. They reach no centre yet."""
    n, wish, q = len(members), asking.wish, asking.problem.requests
    nowhere = np.zeros(n + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)
    alone = Wishes(
        np.ones(n, dtype=np.int64), wish.bands[turn], wish.ways[turn], wish.begun[turn],
        wish.first_day[turn], wish.elsewhere[turn], *nowhere, *nowhere,
    )  # fmt: skip
    needs, earliest = np.array(q.wheelchair[members]), asking.earliest[turn]
    apart = Asking(asking.problem, members, needs, earliest, alone, asking.ways)
    age = q.age[members]
    own = _regrouped(apart, _allowed(apart, age, age, q.products[members]))
    return Asking(asking.problem, members, needs, earliest, *own)


def reaching(asking: Asking, rows: Ints, centres: Ints, farther: bool) -> Wishes:
    """The wishes of these rows, with those of the centres that they reach, or all if they went any way."""
    head, wish = asking.head[rows], asking.wish
    within = asking.problem.requests.max_km[head] + REACH_TOLERANCE_KM
    within = np.where(farther, np.inf, within)
    only = np.where(wish.elsewhere[rows], within, -1.0)
    everyone = np.ones(len(rows), dtype=np.bool_)
    near = _reach(asking, rows, wish.begun[rows], centres, within)
    far = _reach(asking, rows, everyone, centres, only)
    return Wishes(
        wish.size[rows], wish.bands[rows], wish.ways[rows], wish.begun[rows],
        wish.first_day[rows], wish.elsewhere[rows], *near, *far,
    )  # fmt: skip


def _reach(asking: Asking, rows: Ints, second: Bools, centres: Ints, within: Floats) -> Reach:
    """The centres not farther than this from the unit's place for the first dose or the second."""
    c, head = asking.problem.centres, asking.head[rows]
    home, away = place_of(asking.problem, head, False), place_of(asking.problem, head, True)
    lat, lon = (np.where(second, b, a) for a, b in zip(home, away, strict=True))
    some = np.flatnonzero(within >= 0)
    km = great_circle_km(lat[some, None], lon[some, None], c.lat[centres], c.lon[centres])
    near = (km <= within[some, None]) & (c.wheelchair[centres] | ~asking.needs[rows[some], None])
    row, turn = np.nonzero(near)
    many = np.bincount(some[row], minlength=len(rows))
    at = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return at, centres[turn].astype(np.int32), km[row, turn]
