"""What a plan leaves of seats and doses, and what there would be if seats or doses had no end."""

from concurrent.futures import ThreadPoolExecutor
from enum import Enum

import numpy as np

from solver.contract import NONE, Bools, Ints
from solver.crowd import inside_slots
from solver.explaining.wishes import Asking
from solver.loops.fitting import fit_all
from solver.loops.left import DAYS_A_WORD, Left, Ways
from solver.loops.stand import Stand
from solver.market import Market
from solver.supply import seats_together

ENDLESS = 1 << 30
CHUNK = 25_000


class Seats(Enum):
    """Which seats are looked at."""

    LEFT = "left"
    ALL = "all"
    """All that sessions have, as if nobody sat there."""
    ENDLESS = "endless"
    """At any time, whether there is a session or not."""


class Doses(Enum):
    """Which doses are looked at."""

    LEFT = "left"
    STOCKED = "stocked"
    """Without end on days on which some lot can be used."""
    ENDLESS = "endless"


class Leftovers:
    """What stands free beside a plan on its stand."""

    def __init__(self, market: Market, stand: Stand) -> None:
        self.market, self.stand = market, stand
        problem, band = market.problem, market.supply.band
        seats = np.zeros(len(problem.slots), dtype=np.int64)
        seats[inside_slots(problem)] = stand.free
        self.room = seats_together(problem, seats, band)
        self.sessions = seats_together(problem, problem.slots.seats, band)
        self.spare = stand.vials * stand.vial[:, None] - stand.used

    def of(self, seats: Seats, doses: Doses, ways: Ways) -> Left:
        """These seats and doses, laid out for those who may have these schedules."""
        shape, stand = self.spare.shape, self.stand
        room = {
            Seats.LEFT: self.room,
            Seats.ALL: self.sessions,
            Seats.ENDLESS: np.full(self.room.shape, ENDLESS),
        }[seats]
        spare = {
            Doses.LEFT: self.spare,
            Doses.STOCKED: np.where(self.market.supply.stocked, ENDLESS, 0),
            Doses.ENDLESS: np.full(shape, ENDLESS),
        }[doses]
        more = stand.more if doses is Doses.LEFT else np.zeros(shape, dtype=np.bool_)
        able = (room[:, None, :, 7] > 0) & ((spare > 0) | more)
        turn = np.argsort(~able[:, :, ::-1], axis=2, kind="stable")
        later, days = np.ascontiguousarray(_later(able, ways)), np.arange(shape[2])
        starts = able[:, ways.first_product]
        starts &= (days >= ways.valid_from[:, None]) & (days <= ways.valid_to[:, None])
        return Left(
            room, spare, more, stand.vials, np.zeros((*shape, shape[2]), dtype=np.int8),
            np.array(stand.vial), stand.lot_at, stand.lot_first, stand.lot_last, stand.lot_vials,
            shape[2] - 1 - turn, able.sum(axis=2), later, _bits(able), _bits(starts), _bits(starts & later),
            _bits((room > 0).transpose(0, 2, 1)),
        )  # fmt: skip

    def ask(self, left: Left, asking: Asking, some: Ints, nearest: bool = True) -> Ints:
        """A place for each of some units (schedule -1: there is none)."""
        option = np.full((len(some), 5), NONE, dtype=np.int64)

        def piece(low: int) -> None:
            part = slice(low, low + CHUNK)
            fit_all(left, asking.ways, asking.wish, some[part], nearest, option[part])

        with ThreadPoolExecutor(max(1, self.market.workers)) as pool:
            list(pool.map(piece, range(0, len(some), CHUNK)))
        return option


def some_centres(left: Left) -> Bools:
    """The centres at which any dose could be had."""
    return np.asarray((left.many_open > 0).any(axis=1))


def _later(able: Bools, ways: Ways) -> Bools:
    """Centre × schedule × first day: whether a second dose could follow; after a single dose none need."""
    days = np.arange(able.shape[2])
    upto = np.zeros((*able.shape[:2], len(days) + 1), dtype=np.int64)
    np.cumsum(able, axis=2, out=upto[:, :, 1:])
    upto = upto[:, ways.second_product]
    low = np.clip(days + ways.min_days[:, None], 0, len(days))
    high = np.clip(days + ways.max_days[:, None] + 1, 0, len(days))
    schedule = np.arange(len(low))[:, None]
    found = upto[:, schedule, high] > upto[:, schedule, low]
    return found | (ways.second_product < 0)[:, None]


def _bits(days: Bools) -> Ints:
    """The last axis, days, as words of bits."""
    words = -(-days.shape[2] // DAYS_A_WORD)
    padded = np.zeros((*days.shape[:2], words * DAYS_A_WORD), dtype=np.int64)
    padded[:, :, : days.shape[2]] = days
    return np.asarray(padded.reshape(*days.shape[:2], words, DAYS_A_WORD) @ (1 << np.arange(DAYS_A_WORD)))
