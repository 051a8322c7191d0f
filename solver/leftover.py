"""Why somebody is left without a place on a stand: obstacles are taken away one after the other."""

from collections.abc import Iterator

import numpy as np

from solver.classes import Units
from solver.contract import Bools, Floats, Ints, WhyUnplanned
from solver.crowd import Crowd, Rules
from solver.loops.choice import Costs, choose_all, floors
from solver.loops.stand import Stand
from solver.market import Market


def why_left(market: Market, units: Units, stand: Stand) -> Ints:
    """A `WhyUnplanned` for every request.

    Whoever keeps a promised place need not be more urgent than those who are left out, so that nobody is
    told of a lower priority where doses or seats ran out.
    """
    left = np.flatnonzero(stand.option[:, 0] < 0)
    found = np.full(len(left), int(WhyUnplanned.LOWER_PRIORITY))
    # From the last obstacle to the first: the first that nothing overcomes is the true one.
    for code, blocked in reversed(list(_obstacles(market, units, stand, left))):
        found[blocked] = code
    why = np.zeros(len(units), dtype=np.int64)
    why[left] = found
    of_request = np.empty(len(market.problem.requests), dtype=np.int64)
    of_request[units.members] = np.repeat(why, units.size)
    return of_request


def _obstacles(market: Market, units: Units, stand: Stand, left: Ints) -> Iterator[tuple[int, Bools]]:
    """Codes in the order in which they are looked at, and which of those left each of them stops."""
    crowd, rules, supply = market.crowd, market.rules, market.supply
    near, far = (np.diff(at)[left] for at in (crowd.near_at, crowd.far_at))
    lost: Bools = np.asarray(near == 0) | np.asarray(crowd.elsewhere[left] & (far == 0))
    yield WhyUnplanned.NO_CENTRE_IN_REACH, lost
    allowed: Bools = np.asarray(units.allowed[left].any(axis=1), dtype=np.bool_)
    alone = np.asarray(crowd.size[left] == 1)
    yield WhyUnplanned.NO_SCHEDULE_ALLOWED, ~allowed & alone
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, ~allowed
    seats = np.where((np.arange(8) & supply.open_bands[:, :, None]) > 0, 0.0, np.inf)
    doses, stocked = np.zeros(supply.stocked.shape), np.where(supply.stocked, 0.0, np.inf)
    single = crowd._replace(size=np.ones_like(crowd.size))
    can = _can(single, rules, left, seats, doses)
    yield WhyUnplanned.NO_SESSION_WHEN_AVAILABLE, ~can & ~_can_begin(single, rules, left, seats)
    yield WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL, ~can
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, ~_can(crowd, rules, left, seats, doses)
    yield WhyUnplanned.OUT_OF_DOSES, ~_can(crowd, rules, left, seats, stocked)
    room, rest = (np.where(np.isfinite(x), 0.0, np.inf) for x in (stand.seat, stand.dose))
    yield WhyUnplanned.OUT_OF_SEATS, ~_can(crowd, rules, left, room, stocked)
    yield WhyUnplanned.OUT_OF_DOSES, ~_can(crowd, rules, left, room, rest)
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, ~alone


def _can(crowd: Crowd, rules: Rules, rows: Ints, seats: Floats, doses: Floats) -> Bools:
    """Which of these units find some days when these seats and doses are open, whatever it costs."""
    eager = crowd._replace(least=np.full(len(crowd.size), -1e12))
    gain, option = np.zeros(len(rows)), np.full((len(rows), 5), -1, dtype=np.int16)
    costs = Costs(seats, doses, *floors(seats, doses, rules))
    choose_all(eager, rules, costs, rows, gain, option)
    return np.asarray(option[:, 0] >= 0)


def _can_begin(crowd: Crowd, rules: Rules, rows: Ints, seats: Floats) -> Bools:
    """Which of these units find a session for their first dose, as if no second one followed.

    Those whose first dose was given elsewhere have begun.
    """
    first_only = np.full_like(rules.second_product, -1)
    first_only.setflags(write=False)
    fresh = rows[~crowd.begun[rows]]
    doses = np.zeros((seats.shape[0], int(rules.first_product.max(initial=0)) + 1, seats.shape[1]))
    found = np.ones(len(rows), dtype=np.bool_)
    found[~crowd.begun[rows]] = _can(crowd, rules._replace(second_product=first_only), fresh, seats, doses)
    return found
