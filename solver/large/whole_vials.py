"""What a dose takes of its lot, counted in whole vials.

A mixture leaves something in the last vial of every day. Where a day gives few doses, each of them is charged
a share of what stays in the vial, so that people gather on fewer days; whoever gathers there makes the next
dose cheaper. This is slope scaling, as for fixed charges in networks (Kim and Pardalos, 1999).
"""

import numpy as np

from solver.contract import Floats, Ints
from solver.frozen import Options
from solver.loops.tally import dose_load
from solver.market import Market

MOST = 3.0
"""A dose never takes more than so many."""


def vial_weights(market: Market, units: Ints, option: Options) -> Floats:
    """Doses that one takes out of whole vials (centre × product × day), if these options were the plan.

    A day on which nobody comes counts as one on which half a vial is given.
    """
    vial = market.problem.products.doses_per_vial[None, :, None]
    given = np.zeros(market.supply.stocked.shape)
    dose_load(market.crowd, market.rules, units, option, given)
    given = np.where(given > 0, given, vial / 2)
    weight: Floats = np.minimum(np.ceil(given / vial) * vial / given, MOST)
    return np.where(vial == 1, 1.0, weight)
