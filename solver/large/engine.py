"""The engine for large regions: prices learnt in groups, a mixture shared out, then people making room."""

from solver.classes import Units
from solver.large.regions import is_in_parts, learn_region
from solver.market import Market
from solver.run import Run
from solver.stands import placed

LEARN_SHARE, BETTER_SHARE = 0.6, 0.85
"""By these shares of the time limit the prices are learnt and the people have made room."""
PARTS_SHARE = 0.8
"""By this one all parts of a region are learnt, placed and bettered: what is left is the last touch's."""


def solve_large(run: Run, units: Units, market: Market) -> None:
    """Everything that is better than first come, as far as time goes."""
    with run.phase("relaxation"):
        share = PARTS_SHARE if is_in_parts(market) else LEARN_SHARE
        learned = learn_region(market, units, run.deadline(share), run.prove)
        run.proof = learned.prices
    with run.phase("priced"):
        fitting = placed(market, units, learned, run.deadline(BETTER_SHARE))
        run.offer(fitting.plan(), "priced")
    if is_in_parts(market):
        return

    def on_round() -> None:
        run.offer(fitting.plan(), "improvement")
        run.tell("improvement")

    with run.phase("improvement"):
        fitting.better(run.deadline(BETTER_SHARE), run.params.seed, on_round)
