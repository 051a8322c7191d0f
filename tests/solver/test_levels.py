"""Price lists mixed centre by centre, where one can tell what the best bound is."""

import time
from typing import Any

import numpy as np

from solver.large.alike import in_order_of_kind
from solver.large.levels import levelled
from solver.market import Market, market_of
from solver.prices import Prices
from tests.solver.instances import KM_A_DEGREE, SINGLE_DOSE, lot, problem, slot

APART = 100 / KM_A_DEGREE
WORTH = 1600.0
"""Of somebody of the first priority who is served at once."""


def two_centres(scarce: int, plenty: int, people: int, **more: Any) -> Market:
    """So many doses here and there, so many people at each, and nobody reaches both."""
    of = problem(
        schedules=[SINGLE_DOSE],
        centres=[(0.0, 0.0, True), (0.0, APART, True)],
        slots=[slot(0, seats=100), slot(0, seats=100, centre=1)],
        lots=[lot(scarce), lot(plenty, centre=1)],
        requests=[{}] * people + [{"lon": APART}] * people,
        **more,
    )
    return market_of(of)[0]


def proves(market: Market, prices: Prices) -> float:
    return market.look(prices, np.arange(len(market.crowd.size))).bound


def mixed(market: Market, *lists: Prices) -> Prices:
    week = market.problem.requests.availability
    return levelled(market, in_order_of_kind(market, week), lists, time.monotonic() + 60)


def flat(market: Market, *dose: float) -> Prices:
    """Prices of a dose: of every centre, or the same for all."""
    prices = Prices.free(market.problem)
    prices.doses[:] = np.reshape(dose, (-1, 1, 1))
    return prices


def test_a_centre_on_its_own_becomes_dear_and_one_with_plenty_cheap() -> None:
    market = two_centres(scarce=2, plenty=20, people=10)
    pooled = flat(market, 0.6 * WORTH)
    assert proves(market, pooled) > 20 * WORTH
    best = mixed(market, pooled)
    assert 12 * WORTH <= proves(market, best) <= 12.1 * WORTH
    assert best.doses[0].max() > 1.5 * pooled.doses[0].max()
    assert best.doses[1].max() < 0.1 * pooled.doses[1].max()


def test_the_second_list_is_taken_where_it_proves_more() -> None:
    """No factor on prices that are nothing helps; those of the second list do."""
    market = two_centres(scarce=2, plenty=20, people=10)
    best = mixed(market, flat(market, 0.0), flat(market, WORTH, 0.0))
    assert 12 * WORTH <= proves(market, best) <= 12.1 * WORTH


def test_without_time_the_first_list_stands() -> None:
    market = two_centres(scarce=2, plenty=20, people=10)
    pooled = flat(market, 700.0)
    week = market.problem.requests.availability
    found = levelled(market, in_order_of_kind(market, week), (pooled,), time.monotonic() - 1)
    np.testing.assert_array_equal(found.doses, pooled.doses)
    np.testing.assert_array_equal(found.seats, pooled.seats)


def test_a_charge_on_seats_stands_for_seats_that_are_short() -> None:
    """Doses for all, but two seats at one centre: only a charge on seats can say so."""
    few = problem(
        schedules=[SINGLE_DOSE],
        slots=[slot(0, seats=2)],
        lots=[lot(20)],
        requests=[{}] * 10,
        weights=[np.nan, 4, *[np.nan] * 7, 0.5],
    )
    market, units = market_of(few)
    free = Prices.free(few)
    assert proves(market, free) == 4_000
    best = mixed(market, free)
    assert 800 <= proves(market, best) <= 810
    assert best.seats[0, 0, 7] > 390
