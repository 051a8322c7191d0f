"""Units that ask for a place, and the same units with one wish given up.

Everything is a fresh copy: compiled loops are compiled once for arrays that may be written and once more for
those that may not.
"""

from dataclasses import dataclass, replace

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

    def each_single(self) -> "Asking":
        """As if only one of each unit came."""
        return replace(self, wish=self.wish._replace(size=np.ones_like(self.wish.size)))

    def with_bands(self, bands: Bytes) -> "Asking":
        """When the units could come, by day."""
        return replace(self, wish=self.wish._replace(bands=np.ascontiguousarray(bands)))

    def near_only(self, some: Bools) -> "Asking":
        """With these centres only."""
        wish = self.wish
        near = _kept(some, wish.near_at, wish.near_centre, wish.near_km)
        far = _kept(some, wish.far_at, wish.far_centre, wish.far_km)
        return replace(self, wish=Wishes(*wish[:6], *near, *far))

    def second_elsewhere(self) -> "Asking":
        """As if home were named as the place for the second dose: any centre in reach will do for it."""
        wish = self.wish
        near = wish.near_at, wish.near_centre, wish.near_km
        return replace(self, wish=Wishes(*wish[:5], ~wish.begun, *near, *near))


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


def _week(problem: Problem, head: Ints) -> Bytes:
    """By day the bands in which these requests could come if they had ruled out no date."""
    week = problem.requests.availability[head][:, None] >> (3 * np.arange(7)) & ALL_BANDS
    weekday = (problem.policy.first_weekday + np.arange(problem.policy.days)) % 7
    return np.ascontiguousarray(week.astype(np.uint8)[:, weekday])


def _taken(rows: Ints, at: Ints, centre: NDArray[np.int32], km: Floats) -> Reach:
    """The rows' pieces."""
    length = at[rows + 1] - at[rows]
    turn = pieces(at[rows], length)
    return np.concatenate([[0], np.cumsum(length)]), centre[turn], km[turn]


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
    away = np.zeros((len(head), len(days)), dtype=np.bool_)
    many = np.diff(q.unavailable_at)[head]
    unit = np.repeat(np.arange(len(head)), many)
    day = q.unavailable_days[pieces(q.unavailable_at[head], many)]
    inside = (day >= 0) & (day < len(days))
    away[unit[inside], day[inside]] = True
    return Calendar(_week(problem, head), days >= asking.earliest[:, None], away)


def with_any_product(asking: Asking, young: Ints, old: Ints) -> Asking:
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


def _regrouped(asking: Asking, allowed: Bools) -> Asking:
    """The units with these schedules."""
    _, some, ways = np.unique(np.packbits(allowed, axis=1), axis=0, return_index=True, return_inverse=True)
    sets = allowed[some]
    at = np.concatenate([[0], np.cumsum(sets.sum(axis=1))]).astype(np.int64)
    wish = asking.wish._replace(ways=ways.reshape(-1).astype(np.int64))
    mine = asking.ways._replace(way_at=at, way_schedule=np.nonzero(sets)[1].astype(np.int64))
    return replace(asking, wish=wish, ways=mine)


def each_alone(asking: Asking, members: Ints, turn: Ints) -> Asking:
    """These requests, each as if alone; `turn` is the asking unit of each. They reach no centre yet."""
    n, wish, q = len(members), asking.wish, asking.problem.requests
    nowhere = np.zeros(n + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)
    alone = Wishes(
        np.ones(n, dtype=np.int64), wish.bands[turn], wish.ways[turn], wish.begun[turn],
        wish.first_day[turn], wish.elsewhere[turn], *nowhere, *nowhere,
    )  # fmt: skip
    needs, earliest = np.array(q.wheelchair[members]), asking.earliest[turn]
    apart = replace(asking, head=members, needs=needs, earliest=earliest, wish=alone)
    age = q.age[members]
    return _regrouped(apart, _allowed(apart, age, age, q.products[members]))


def kinds_of(asking: Asking) -> tuple[Wishes, Ints]:
    """Units that differ in place and dates only, as one that rules out no date; and the kind of each unit."""
    wish, availability = asking.wish, asking.problem.requests.availability[asking.head]
    week = np.unique(availability, return_inverse=True)[1].reshape(-1)
    key = ((week * len(asking.ways.way_at) + wish.ways) * 2 + wish.begun) * 2 + wish.elsewhere
    _, model, kind = np.unique(key, return_index=True, return_inverse=True)
    nowhere = np.zeros(len(model) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)
    kinds = Wishes(
        wish.size[model], _week(asking.problem, asking.head[model]), wish.ways[model], wish.begun[model],
        wish.first_day[model], wish.elsewhere[model], *nowhere, *nowhere,
    )  # fmt: skip
    return kinds, kind.reshape(-1)


def reaching(asking: Asking, rows: Ints, centres: Ints, hope: Bools | None = None) -> Asking:
    """Some of the units, with those of the centres that they reach.

    With `hope` (row × centre) they go any way to where there is hope; the distances then only tell which of
    two centres is the nearer.
    """
    head, wish = asking.head[rows], asking.wish
    within = asking.problem.requests.max_km[head] + REACH_TOLERANCE_KM
    within = within if hope is None else np.full(len(rows), np.inf)
    only = np.where(wish.elsewhere[rows], within, -1.0)
    everyone = np.ones(len(rows), dtype=np.bool_)
    few = replace(asking, head=head, needs=asking.needs[rows], earliest=asking.earliest[rows])
    near = _reach(few, wish.begun[rows], centres, within, hope)
    far = _reach(few, everyone, centres, only)
    own = Wishes(
        wish.size[rows], wish.bands[rows], wish.ways[rows], wish.begun[rows],
        wish.first_day[rows], wish.elsewhere[rows], *near, *far,
    )  # fmt: skip
    return replace(few, wish=own)


def _reach(asking: Asking, second: Bools, centres: Ints, within: Floats, hope: Bools | None = None) -> Reach:
    """The centres not farther than this from the unit's place for the first dose or the second."""
    c, some = asking.problem.centres, np.flatnonzero(within >= 0)
    lat, lon = place_by_dose(asking.problem, asking.head[some], second[some])
    if np.isinf(within).any():
        km = -_on_sphere(lat, lon) @ _on_sphere(c.lat[centres], c.lon[centres]).T
    else:
        km = great_circle_km(lat[:, None], lon[:, None], c.lat[centres], c.lon[centres])
    near = (km <= within[some, None]) & (c.wheelchair[centres] | ~asking.needs[some, None])
    if hope is not None:
        near &= hope
    row, turn = np.nonzero(near)
    nearest = np.lexsort((km[row, turn], row))
    row, turn = row[nearest], turn[nearest]
    many = np.bincount(some[row], minlength=len(within))
    at = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return at, centres[turn].astype(np.int32), km[row, turn]


def place_by_dose(problem: Problem, head: Ints, second: Bools) -> tuple[Floats, Floats]:
    """From where these requests travel: to the second dose, or to the first."""
    home, away = place_of(problem, head, False), place_of(problem, head, True)
    return np.where(second, away[0], home[0]), np.where(second, away[1], home[1])


def _on_sphere(lat: Floats, lon: Floats) -> Floats:
    lat, lon = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
