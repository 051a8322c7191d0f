"""The engine for large regions: prices learnt in groups, a mixture shared out, then people making room."""

import numpy as np

from solver.classes import Units
from solver.crowd import crowd_of
from solver.market import Market
from solver.prices import Prices
from solver.regions import learn_region
from solver.run import Run
from solver.stands import Fitting
from solver.supply import Supply

LEARN_SHARE, BETTER_SHARE = 0.6, 0.92
"""By these shares of the time limit the prices are learnt and the people have made room."""


def market_of(run: Run, units: Units, supply: Supply) -> Market:
    """The market, and the bound of free seats and doses; refuses what cannot be kept whatever is done."""
    crowd, rules = crowd_of(run.problem, units, supply)
    market = Market(run.problem, crowd, rules, supply, run.params.workers)
    look = market.look(Prices.free(run.problem), np.arange(len(units)))
    hopeless = np.isneginf(look.gain)
    if hopeless.any():
        raise run.refuse(units.members[np.repeat(hopeless, units.size)])
    run.prove(look.bound)
    return market


def solve_large(run: Run, units: Units, supply: Supply) -> None:
    """Everything that is better than first come, as far as time goes."""
    with run.phase("prepare"):
        market = market_of(run, units, supply)
    with run.phase("relaxation"):
        week = run.problem.requests.availability[units.head]
        learned = learn_region(market, week, run.deadline(LEARN_SHARE), run.prove)
        run.proof = learned.prices
    with run.phase("priced"):
        fitting = Fitting(market, units, learned)
        fitting.place()
        run.offer(fitting.plan(), "priced")

    def on_round() -> None:
        run.offer(fitting.plan(), "improvement")
        run.tell("improvement")

    with run.phase("improvement"):
        fitting.better(run.deadline(BETTER_SHARE), run.params.seed, on_round)
