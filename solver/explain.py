"""Why a request has no place: found by trying again with one obstacle after the other taken away."""

import numpy as np

from solver.board import Board
from solver.construct import dose_cost
from solver.contract import NONE, Bools, Floats, Ints, Problem, WhyUnplanned
from solver.pricing import Pricer
from solver.routes import reach_of


def why_unplanned(board: Board, pricer: Pricer) -> Ints:
    """A `WhyUnplanned` for every request."""
    units = pricer.units
    left = np.ones(len(units), dtype=np.bool_)
    left[list(board.placed)] = False
    why = np.where(left, WhyUnplanned.LOWER_PRIORITY, WhyUnplanned.PLANNED)
    # From the last obstacle to the first: the first that nothing overcomes is the true one.
    for code, blocked in reversed(list(_obstacles(board, pricer, left))):
        why[left & blocked] = code
    of_request = np.empty(len(pricer.problem.requests), dtype=np.int64)
    of_request[units.members] = np.repeat(why, units.size)
    return of_request


def _obstacles(board: Board, pricer: Pricer, left: Bools):  # type: ignore[no-untyped-def]
    """Codes in the order in which they are looked at, and the units that each stops."""
    problem, units, supply = pricer.problem, pricer.units, pricer.supply
    yield WhyUnplanned.NO_CENTRE_IN_REACH, ~_has_centre(problem, pricer)
    yield WhyUnplanned.NO_SCHEDULE_ALLOWED, ~units.allowed.any(axis=1) & (units.size == 1)
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, ~units.allowed.any(axis=1)
    looking = Pricer(problem, units, pricer.routes.where(left[pricer.routes.unit]), supply)
    alone = Pricer(problem, units.as_if_alone(), looking.routes, supply)
    seats = np.where((np.arange(8) & supply.open_bands[:, :, None]) > 0, 0.0, np.inf)
    doses = np.zeros(supply.stocked.shape)
    yield WhyUnplanned.NO_SESSION_WHEN_AVAILABLE, ~_can_begin(alone, seats)
    yield WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL, ~_can(alone, seats, doses)
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, ~_can(looking, seats, doses)
    doses = np.where(supply.stocked, 0.0, np.inf)
    yield WhyUnplanned.OUT_OF_DOSES, ~_can(looking, seats, doses)
    # A free seat that they could use, had it a dose: then doses are what lacks, even if some lie elsewhere.
    seats = np.where(board.room, 0.0, np.inf)
    yield WhyUnplanned.OUT_OF_SEATS, ~_can(looking, seats, doses)
    doses = dose_cost(board, np.zeros(doses.shape))
    yield WhyUnplanned.OUT_OF_DOSES, ~_can(looking, seats, doses) & ~_outranked(board, looking)
    yield WhyUnplanned.LOWER_PRIORITY, ~_can(looking, seats, doses)
    yield WhyUnplanned.HOUSEHOLD_TOGETHER, units.size > 1


def _has_centre(problem: Problem, pricer: Pricer) -> Bools:
    """Whether some centre is in reach, for each dose that is owed."""
    q, units = problem.requests, pricer.units
    near = np.zeros((2, len(units)), dtype=np.bool_)
    for second in (False, True):
        near[int(second), reach_of(problem, units, second)[0]] = True
    begun = q.first_product[units.head] != NONE
    elsewhere = ~np.isnan(q.second_lat[units.head])
    return np.asarray((near[0] | begun) & (near[1] | ~(begun | elsewhere)))


def _can(looking: Pricer, seats: Floats, doses: Floats) -> Bools:
    """Units that find some days when these seats and doses are open."""
    found = np.zeros(len(looking.units), dtype=np.bool_)
    found[looking.routes.unit[looking.choose(seats, doses).gain > -np.inf]] = True
    return found


def _can_begin(looking: Pricer, seats: Floats) -> Bools:
    """Units that find a session for the first dose that the plan owes them, on an allowed day."""
    problem, routes, units = looking.problem, looking.routes, looking.units
    s, days = problem.schedules, np.arange(problem.policy.days)
    found = np.zeros(len(units), dtype=np.bool_)
    for low, high in looking.blocks:
        rows = slice(low, high)
        unit, schedule = routes.unit[rows], routes.schedule[rows]
        fresh = routes.first_centre[rows] != NONE
        centre = np.where(fresh, routes.first_centre[rows], routes.second_centre[rows])
        open_day = seats[centre[:, None], days, units.bands[unit]] < np.inf
        begins = (days >= s.valid_from[schedule, None]) & (days <= s.valid_to[schedule, None])
        found[unit[(open_day & (begins | ~fresh[:, None])).any(axis=1)]] = True
    return found


def _outranked(board: Board, looking: Pricer) -> Bools:
    """Units with less weight a head than everybody who was given a dose that they could have had.

    Where the plan gave nobody such a dose, nobody was preferred: the doses are simply gone.
    """
    units, s, routes = looking.units, looking.problem.schedules, looking.routes
    least = np.full((len(looking.problem.centres), len(looking.problem.products)), np.inf)
    for unit, placed in board.placed.items():
        for seated in placed.doses.values():
            key = seated.centre, seated.product
            least[key] = min(least[key], units.weight[unit] / units.size[unit])
    centre = np.where(routes.first_centre == NONE, routes.second_centre, routes.first_centre)
    fresh = routes.first_centre != NONE
    product = np.where(fresh, s.first_product[routes.schedule], s.second_product[routes.schedule])
    mine = units.weight[routes.unit] / units.size[routes.unit]
    theirs = least[centre, product]
    outranked = np.zeros(len(units), dtype=np.bool_)
    outranked[routes.unit[theirs < np.inf]] = True
    outranked[routes.unit[mine >= theirs]] = False
    return outranked
