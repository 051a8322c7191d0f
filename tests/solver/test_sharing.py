"""People shared out over the parts of a region, on lines of centres that one can draw."""

from typing import Any

import numpy as np

from solver.contract import NONE, Ints
from solver.large.sharing import shared_out
from solver.market import market_of
from solver.prices import Prices
from tests.solver.instances import KM_A_DEGREE, SINGLE_DOSE, lot, problem, slot

SATURDAY = 0b111 << 3 * 5


def shares(
    price: float,
    schedules: list[dict[str, Any]] | None = None,
    part: tuple[int, ...] | None = None,
    **world: Any,
) -> Ints:
    """The part (a centre each, unless said) of each request, where every dose costs the same."""
    of = problem(schedules=schedules or [SINGLE_DOSE], **world)
    market, units = market_of(of)
    prices = Prices.free(of)
    prices.doses[:] = price
    reach = np.flatnonzero(np.diff(market.crowd.near_at) > 0)
    week = of.requests.availability[units.head]
    parts = np.arange(len(of.centres)) if part is None else np.array(part)
    chosen = shared_out(market, parts, prices, market.look(prices, reach), week)
    found = np.full(len(of.requests), NONE)
    found[units.head] = chosen
    return found


def line(many: int, doses: int, product: int = 0) -> dict[str, Any]:
    """Centres ten kilometres apart, each with so many doses and seats for all."""
    centres = [(0.0, 10 * c / KM_A_DEGREE, True) for c in range(many)]
    return {
        "centres": centres,
        "slots": [slot(0, seats=1000, centre=c) for c in range(many)],
        "lots": [lot(doses, product=product, centre=c) for c in range(many)],
    }


def between(left: int, many: int) -> list[dict[str, Any]]:
    """People halfway between a centre and the next, who reach both."""
    return [{"lon": (10 * left + 5) / KM_A_DEGREE, "max_km": 6.0}] * many


def test_crowds_move_on_from_part_to_part() -> None:
    """Most live at one end of the line: those in the middle make way for them."""
    people = between(0, 60) + between(1, 30)
    load = np.bincount(shares(100.0, requests=people, **line(3, 40)), minlength=3)
    assert load.sum() == 90
    assert load.max() - load.min() <= 2


def test_who_wants_what_one_part_has_goes_there() -> None:
    """Two kinds of people between two centres; each centre has the product of one kind."""
    world = line(2, 40)
    world["lots"] = [lot(40, product=0, centre=0), lot(40, product=1, centre=1)]
    people = [row | {"products": [kind]} for kind in (0, 1) for row in between(0, 10)]
    ways = [SINGLE_DOSE | {"first_product": product} for product in (0, 1)]
    of = shares(100.0, requests=people, vials=(1, 1), schedules=ways, **world)
    assert (of[:10] == 0).all()
    assert (of[10:] == 1).all()


def test_whoever_takes_nothing_at_these_prices_is_shared_out_all_the_same() -> None:
    load = np.bincount(shares(1e6, requests=between(0, 20), **line(2, 40)), minlength=2)
    assert load.sum() == 20
    assert load.max() - load.min() <= 2


def test_nobody_goes_where_no_centre_is_in_reach() -> None:
    far = [{"lat": 3.0}]
    assert shares(100.0, requests=far + between(0, 1), **line(2, 40))[0] == NONE


def test_a_part_does_not_get_people_for_a_centre_that_they_do_not_reach() -> None:
    """All live between the second centre and the third; the first, of the second's part, nobody reaches."""
    of = shares(100.0, part=(0, 0, 1), requests=between(1, 40), **line(3, 30))
    assert 18 <= (of == 1).sum() <= 22


def test_who_can_come_on_saturdays_only_goes_where_saturdays_have_seats() -> None:
    world = line(2, 40)
    world["slots"] = [slot(1, seats=100), slot(5, seats=19), slot(1, seats=100, centre=1), slot(5, centre=1)]
    busy = [row | {"availability": SATURDAY} for row in between(0, 20)]
    of = shares(100.0, requests=busy + between(0, 20), **world)
    assert (of[:20] == 1).sum() <= 2
    assert 18 <= (of == 1).sum() <= 22
