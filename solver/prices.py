"""Prices of seats and doses, and what they make a seat cost whoever can come in certain bands only."""

from dataclasses import dataclass

import numpy as np

from solver.contract import Floats, Ints, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What a seat costs whoever can come in the bands of a set only, and what a dose costs."""

    seats: Floats
    """Centre × day × set of bands (0 to 7): price of the row that says this set is not over-full."""
    doses: Floats
    """Centre × product × day."""

    @classmethod
    def free(cls, problem: Problem) -> "Prices":
        shape = len(problem.centres), problem.policy.days
        products = len(problem.products)
        return cls(np.zeros((*shape, 8)), np.zeros((shape[0], products, shape[1])))


def seat_cost(prices: Prices, open_bands: Ints) -> Floats:
    """Centre × day × set of bands in which the unit can come: the price of its seat, inf where none."""
    cost = np.full(prices.seats.shape, np.inf)
    for bands in range(1, 8):
        reduced = bands & open_bands
        total = sum(
            np.where((reduced & ~wider) == 0, prices.seats[:, :, wider], 0.0) for wider in range(1, 8)
        )
        cost[:, :, bands] = np.where(reduced > 0, total, np.inf)
    return cost
