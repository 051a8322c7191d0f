"""How far prices may go from the best so far in one step, row by row (boxstep: Marsten, Hogan and
Blankenship, 1975).

A price that runs into its edge the same way again and again has far to go: its row's box grows. One that goes
to and fro has arrived: its box shrinks, and so do all where a step proved nothing better.
"""

import numpy as np

from solver.contract import Floats

FAR = 1e6
"""A box so wide that it does not bind."""
BOX, SHARE = 8.0, 0.08
"""A row's box to begin with: so many points, or that share of its price where that is more."""
GROW, SHRINK, CALM, NARROW = 2.0, 0.5, 0.7, 0.7
LEAST, MOST = 0.5, 16.0


class Box:
    """The widths of all rows' boxes, as they were learnt from the steps so far."""

    def __init__(self, rows: int, points: float = BOX) -> None:
        """`points`: the width to begin with; that share of the price where it is more."""
        self.points = points
        self._factor = np.ones(rows)
        self._edge = np.zeros(rows)
        """On which side a row's price last ran into its edge: -1, 1, or 0 where it did not."""

    def widths(self, centre: Floats) -> Floats:
        """How far each price may go from the centre."""
        return np.maximum(self.points, SHARE * centre) * self._factor

    def stepped(self, at: Floats, centre: Floats) -> None:
        """Prices went from the centre to here."""
        width = self.widths(centre)
        edge = np.where(np.abs(at - centre) >= 0.999 * width, np.sign(at - centre), 0.0)
        edge[(at <= 0) & (centre <= width)] = 0  # that is where prices end, whatever the box
        again, back = (edge != 0) & (edge == self._edge), edge * self._edge < 0
        factor = np.where(edge == 0, 1 + CALM * (self._factor - 1), self._factor)
        factor[again] = np.minimum(factor[again] * GROW, MOST)
        factor[back] = np.maximum(factor[back] * SHRINK, LEAST)
        self._factor, self._edge = factor, edge

    def narrow(self) -> None:
        """The step proved nothing better."""
        self._factor = np.maximum(self._factor * NARROW, LEAST)

    def extend(self, rows: int) -> None:
        """So many rows have come."""
        self._factor = np.pad(self._factor, (0, rows), constant_values=1.0)
        self._edge = np.pad(self._edge, (0, rows))
