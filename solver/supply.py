"""What there is to give: seats by centre, day and set of bands, and lots; less what people outside hold."""

from dataclasses import dataclass, replace

import numpy as np

from solver.contract import HOUSEHOLD_MINUTES, NONE, Bools, Floats, Ints, Problem
from solver.measures import band_of
from solver.pins import slot_rows


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Seats and lots of a problem, inside the horizon."""

    seats: Ints
    """Free seats by slot; 0 outside the horizon."""
    band: Ints
    """Band by slot."""
    seats_in: Floats
    """Centre × day × set of bands: free seats in these bands together."""
    open_bands: Ints
    """Centre × day: the set of bands in which there is a free seat."""
    foreign: Floats
    """Centre × product × day: doses held by people outside the problem."""
    lot_days: Ints
    """Lot × (first, last + 1), clipped to the horizon."""
    together: Ints
    """Centre × day × set of bands: the most seats within half an hour, for a household."""
    stocked: Bools
    """Centre × product × day: some lot can be used."""
    segment: Ints
    """Centre × product × day: first day of the run of days on which the same lots can be used."""
    doses: Floats
    """Doses by lot; fractions where the supply is scaled down to a sample."""
    problem: Problem

    def scaled(self, share: float) -> "Supply":
        """This share of all seats and doses, for a sample of the people."""
        return replace(
            self, seats_in=self.seats_in * share, foreign=self.foreign * share, doses=self.doses * share
        )

    def worth_of_lots(self, prices: Floats) -> float:
        """The most that all lots' doses fetch at these prices of a dose (centre × product × day)."""
        return float(self.worth_by_lot(prices).sum())

    def worth_by_lot(self, prices: Floats) -> Floats:
        """The most that each lot's doses fetch at these prices."""
        lots, worth = self.problem.lots, np.zeros(len(self.problem.lots))
        for lot, (low, high) in enumerate(self.lot_days.tolist()):
            if low < high:
                worth[lot] = prices[lots.centre[lot], lots.product[lot], low:high].max() * self.doses[lot]
        return worth


def supply_of(problem: Problem) -> Supply:
    """Seats and lots less what people outside hold."""
    z, p, days = problem.slots, problem.promised, problem.policy.days
    others = np.flatnonzero((p.request == NONE) & (p.day >= 0) & (p.day < days))
    slot = slot_rows(problem, p.centre[others], p.day[others], p.minute[others])
    taken = np.bincount(slot[slot != NONE], minlength=len(z))
    inside = (z.day >= 0) & (z.day < days)
    seats = np.where(inside, z.seats - taken, 0)
    band = band_of(z.minute)
    free = np.zeros((len(problem.centres), days, 3), dtype=np.int64)
    rows = np.flatnonzero(inside)
    np.add.at(free, (z.centre[rows], z.day[rows], band[rows]), seats[rows])
    sets = np.arange(8)
    seats_in = sum(free[:, :, b, None] * (sets >> b & 1) for b in range(3))
    open_bands = sum((free[:, :, b] > 0).astype(np.int64) << b for b in range(3))
    foreign = np.zeros((len(problem.centres), len(problem.products), days), dtype=np.int64)
    np.add.at(foreign, (p.centre[others], p.product[others], p.day[others]), 1)
    lot_days = np.stack(
        [np.maximum(problem.lots.first_day, 0), np.minimum(problem.lots.last_day + 1, days)], 1
    )
    stocked = np.zeros(foreign.shape, dtype=np.bool_)
    for lot, (low, high) in enumerate(lot_days.tolist()):
        if problem.lots.doses[lot]:
            stocked[problem.lots.centre[lot], problem.lots.product[lot], low:high] = True
    total, open_bands = np.asarray(seats_in, dtype=np.float64), np.asarray(open_bands)
    together = seats_together(problem, seats, band)
    doses = problem.lots.doses.astype(np.float64)
    return Supply(
        seats,
        band,
        total,
        open_bands,
        foreign.astype(np.float64),
        lot_days,
        together,
        stocked,
        segments_of(problem, lot_days),
        doses,
        problem,
    )


def segments_of(problem: Problem, lot_days: Ints) -> Ints:
    """Centre × product × day: first day of the run of days on which the same lots can be used."""
    days = problem.policy.days
    begins = np.zeros((len(problem.centres), len(problem.products), days + 1), dtype=np.bool_)
    begins[:, :, 0] = True
    used = problem.lots.doses > 0
    for edge in (0, 1):
        day = np.clip(lot_days[used, edge], 0, days)
        begins[problem.lots.centre[used], problem.lots.product[used], day] = True
    return np.maximum.accumulate(np.where(begins[:, :, :-1], np.arange(days), 0), axis=2)


def seats_together(problem: Problem, seats: Ints, band: Ints) -> Ints:
    """Centre × day × set of bands: the most of these seats (by slot) within half an hour."""
    z = problem.slots
    most = np.zeros((len(problem.centres), problem.policy.days, 8), dtype=np.int64)
    rows = np.flatnonzero((z.day >= 0) & (z.day < problem.policy.days))
    if not len(rows):
        return most
    start = ((z.centre * problem.policy.days + z.day) * 2 * 24 * 60 + z.minute)[rows]
    end = np.searchsorted(start, start + HOUSEHOLD_MINUTES, "right")
    for bands in range(1, 8):
        upto = np.concatenate([[0], np.cumsum(np.where(bands >> band[rows] & 1, seats[rows], 0))])
        window = upto[end] - upto[:-1]
        np.maximum.at(most[:, :, bands], (z.centre[rows], z.day[rows]), window)
    return most
