"""All units looking at prices: what each would choose, what that proves, and what it takes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from solver.classes import Units, units_of
from solver.contract import Bools, Floats, Ints, Problem
from solver.crowd import Crowd, Rules, crowd_of
from solver.frozen import Options
from solver.loops.choice import choose_all
from solver.loops.floors import Costs, floors
from solver.prices import Prices, seat_cost
from solver.supply import Supply, supply_of

CHUNK = 25_000


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What units choose under some prices: gain and option a unit, in the order in which they were asked."""

    gain: Floats
    option: Options
    costs: Costs
    bound: float
    """What the prices prove, where everybody was asked (or what they would, for a fair sample)."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learnt of these units."""

    units: Ints
    prices: Prices
    """What seats and doses cost in the end."""
    look: Look
    """What the units choose under these prices, and what is proven."""
    mixture: Options
    """Unit × option: what each is to have so that all together keep within the supply."""
    plain: Options | None = None
    """A mixture that knows nothing of vials, if the other one does."""

    @property
    def bound(self) -> float:
        return self.look.bound


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Units, rules and supply that belong together."""

    problem: Problem
    crowd: Crowd
    rules: Rules
    supply: Supply
    workers: int = 1
    own: Bools | None = None
    """The centres whose prices are sought; those of the others stand. None: all."""

    def costs(self, prices: Prices) -> Costs:
        """Prices as costs; what is closed costs inf."""
        seat = seat_cost(prices, self.supply.open_bands)
        dose = np.where(self.supply.stocked, prices.doses, np.inf)
        return Costs(seat, dose, *floors(seat, dose, self.rules))

    def look(self, prices: Prices, units: Ints) -> Look:
        """Let these units choose. Threads help where there are several workers: the loops hold no lock."""
        costs = self.costs(prices)
        gain = np.zeros(len(units))
        option = np.full((len(units), 5), -1, dtype=np.int16)
        starts = range(0, len(units), CHUNK)

        def piece(low: int) -> None:
            part = slice(low, low + CHUNK)
            choose_all(self.crowd, self.rules, costs, units[part], gain[part], option[part])

        if self.workers > 1 and len(starts) > 1:
            with ThreadPoolExecutor(self.workers) as pool:
                list(pool.map(piece, starts))
        else:
            for low in starts:
                piece(low)
        return Look(gain, option, costs, float(gain.sum()) + self.worth(prices))

    def worth(self, prices: Prices) -> float:
        """What all seats and lots are worth at these prices, less what people outside take."""
        own = np.ones(len(prices.doses), dtype=np.bool_) if self.own is None else self.own
        seats = float((prices.seats * self.supply.seats_in)[own].sum())
        theirs = float((prices.doses * self.supply.foreign)[own].sum())
        return seats + self.supply.worth_of_lots(prices.doses * own[:, None, None]) - theirs

    def in_reach(self) -> Ints:
        """The units that reach a centre of its own."""
        crowd = self.crowd
        if self.own is None:
            return np.flatnonzero(np.diff(crowd.near_at) > 0)
        found = np.zeros(len(crowd.size), dtype=np.bool_)
        for at, centre in ((crowd.near_at, crowd.near_centre), (crowd.far_at, crowd.far_centre)):
            upto = np.concatenate([[0], np.cumsum(self.own[centre])])
            found |= upto[at[1:]] > upto[at[:-1]]
        return np.flatnonzero(found)

    def restricted(self, rows: Ints, own: Bools) -> "Market":
        """The market of these units, who go to these centres only."""
        crowd = self.crowd
        ragged = ("near_", "far_", "promise_")
        columns = {name: getattr(crowd, name)[rows] for name in crowd._fields if not name.startswith(ragged)}
        for prefix in ragged:
            at = getattr(crowd, f"{prefix}at")
            others = [name for name in crowd._fields if name.startswith(prefix) and not name.endswith("_at")]
            centre = getattr(crowd, f"{prefix}centre")
            kept, columns[f"{prefix}at"] = _kept(at, rows, centre, None if prefix == "promise_" else own)
            columns |= {name: getattr(crowd, name)[kept] for name in others}
        return replace(self, crowd=type(crowd)(**columns), own=own)


def market_of(problem: Problem, workers: int = 1) -> tuple[Market, Units]:
    """A problem as a market, and who is behind its units."""
    units, supply = units_of(problem), supply_of(problem)
    crowd, rules = crowd_of(problem, units, supply)
    return Market(problem, crowd, rules, supply, workers), units


def _kept(at: Ints, rows: Ints, centre: Ints, own: Bools | None) -> tuple[Ints, Ints]:
    """Which entries of these rows of a ragged column are kept, and where each row begins then."""
    many = np.diff(at)[rows]
    inside = np.repeat(at[rows], many) + np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    owner = np.repeat(np.arange(len(rows)), many)
    if own is not None:
        keep = own[centre[inside]]
        inside, owner = inside[keep], owner[keep]
    fresh = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(rows)))])
    return inside, fresh.astype(np.int64)
