"""Prices for a large problem, learnt on a sample of its units with the same share of seats and doses."""

import numpy as np

from solver.columns import Columns
from solver.pricing import Pricer
from solver.relaxation import OnBound, Relaxation, relax

SAMPLE_UNITS = 6_000


def relax_sample(pricer: Pricer, deadline: float, on_bound: OnBound) -> Relaxation:
    """The sample's prices, and the bound that they prove for everybody. Its options serve nobody else."""
    many = len(pricer.units)
    share = min(1.0, SAMPLE_UNITS / many)
    # Units are numbered by lot: the first ones are a fair sample.
    few = pricer.routes.where(pricer.routes.unit < int(many * share))
    sample = Pricer(pricer.problem, pricer.units, few, pricer.supply.scaled(share))
    found = relax(sample, deadline)
    bound = pricer.bound(found.prices, pricer.best(found.prices))
    on_bound(bound)
    none = np.zeros(0, dtype=np.int64)
    return Relaxation(bound, found.prices, Columns(none, none, none, none, np.zeros(0)), False)
