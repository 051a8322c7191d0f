"""What a dose takes of its lot when vials are counted whole, and what that changes in a plan."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solver.classes import Units
from solver.contract import NONE
from solver.large.alike import groups_of, in_order_of_kind
from solver.large.learn import learn_in_whole_vials
from solver.large.whole_vials import vial_weights
from solver.market import Market, market_of
from solver.prices import Prices
from solver.stands import Fitting, placed
from tests.solver.instances import SINGLE_DOSE, lot, problem, slot


def single_doses(**world: Any) -> tuple[Market, Units]:
    return market_of(problem(schedules=[SINGLE_DOSE], **world))


@pytest.mark.parametrize(
    ("vial", "given", "weight"),
    [
        (6, 6, 1.0),
        (6, 12, 1.0),
        (6, 4, 1.5),
        (6, 7, 12 / 7),
        (6, 1, 3.0),
        (10, 4, 2.5),
        (6, 0, 2.0),
        (1, 1, 1.0),
    ],
)
def test_each_dose_is_charged_its_share_of_what_stays_in_the_vial(
    vial: int, given: int, weight: float
) -> None:
    market, _ = single_doses(
        vials=(vial,), slots=[slot(3, seats=50)], lots=[lot(60)], requests=[{}] * max(given, 1)
    )
    option = np.full((max(given, 1), 5), NONE, dtype=np.int16)
    if given:
        option[:, :3] = 0, 0, 3
    found = vial_weights(market, np.arange(len(option)), option)
    assert found[0, 0, 3] == pytest.approx(weight)


@pytest.mark.parametrize("doses", [150, 240])
def test_of_two_mixtures_that_is_taken_whose_plan_is_worth_more(doses: int) -> None:
    """Few doses: the one that knows nothing of vials serves more; many: the other one does."""
    market, units = single_doses(
        vials=(10,),
        slots=[slot(day, seats=20) for day in range(60)],
        lots=[lot(doses)],
        requests=[{"earliest": turn // 5, "priority": 1 + turn % 5} for turn in range(300)],
    )
    week = market.problem.requests.availability
    order = in_order_of_kind(market, week)
    group = groups_of(market, order, week, 100)
    found = learn_in_whole_vials(market, order, group, Prices.free(market.problem), time.monotonic() + 30)
    assert found.plain is not None
    whole, plain = (Fitting(market, units, replace(found, mixture=m)) for m in (found.mixture, found.plain))
    for fitting in (whole, plain):
        fitting.place()
    assert (whole.score() > plain.score()) == (doses == 240)
    best = placed(market, units, found, time.monotonic() + 30)
    assert best.score() == max(whole.score(), plain.score())


def test_where_every_vial_holds_one_dose_there_is_nothing_to_fill() -> None:
    market, _ = single_doses(slots=[slot(0, seats=3)], lots=[lot(3)], requests=[{}] * 5)
    order = in_order_of_kind(market, market.problem.requests.availability)
    start = Prices.free(market.problem)
    found = learn_in_whole_vials(market, order, np.arange(5), start, time.monotonic() + 20)
    assert found.plain is None


def test_without_time_the_prices_of_the_start_are_what_is_known() -> None:
    market, _ = single_doses(vials=(6,), slots=[slot(0, seats=3)], lots=[lot(6)], requests=[{}] * 5)
    order = in_order_of_kind(market, market.problem.requests.availability)
    start = Prices.free(market.problem)
    found = learn_in_whole_vials(market, order, np.arange(5), start, time.monotonic() - 1)
    assert found.plain is None
    assert found.bound >= 3 * 1600
