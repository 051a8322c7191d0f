"""What a change makes of a problem, each alone on a problem one can draw."""

import numpy as np
import pytest

from solver.checks import broken_rules, check_problem
from solver.contract import NONE, Problem
from solver.replanning.changes import (
    Change,
    ChangeInterval,
    CloseCentre,
    CutDelivery,
    CutHours,
    DelayLots,
    RecallLots,
    Which,
    WithdrawProduct,
    changed,
    published,
)
from solver.replanning.disturbance import disturbance_of
from tests.solver.instances import NOTHING, SINGLE_DOSE, by_hand, lot, problem, promise, slot

EVENING = 18 * 60


def town() -> Problem:
    """Two centres, two products in vials of five and one, lots that come on days 0 and 7."""
    return problem(
        requests=[{}, {"priority": 5}],
        centres=[(0.0, 0.0, True), (0.05, 0.0, True)],
        slots=[slot(0, seats=3), slot(0, EVENING, 3), slot(28, seats=4), slot(0, seats=2, centre=1)],
        lots=[lot(20, 0, 30), lot(20, 7, 40), lot(3, 7, 40, product=1), lot(5, 0, 9, centre=1)],
        schedules=[{}, {"first_product": 1, "second_product": 1}, SINGLE_DOSE],
        vials=(5, 1),
    )


def doses(*changes: Change) -> list[int]:
    return changed(town(), changes).lots.doses.tolist()


def seats(*changes: Change) -> list[int]:
    return changed(town(), changes).slots.seats.tolist()


def test_a_lost_delivery_is_gone() -> None:
    assert doses(CutDelivery(Which(lots=(1,)))) == [20, 0, 3, 5]


@pytest.mark.parametrize(("share", "left"), [(0.25, 15), (0.3, 10), (0.01, 15), (1.0, 0)])
def test_a_cut_delivery_leaves_whole_vials(share: float, left: int) -> None:
    assert doses(CutDelivery(Which(lots=(0,)), share)) == [left, 20, 3, 5]


def test_a_cut_in_doses_is_taken_from_each_lot() -> None:
    assert doses(CutDelivery(Which(centre=0), doses=2)) == [15, 15, 1, 5]


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        (Which(), [0, 1, 2, 3]),
        (Which(centre=1), [3]),
        (Which(product=0), [0, 1, 3]),
        (Which(first_day=7), [1, 2]),
        (Which(last_day=6), [0, 3]),
        (Which(centre=0, product=0, first_day=1), [1]),
        (Which(lots=(0, 3), centre=1), [3]),
    ],
)
def test_lots_are_named_or_described(which: Which, rows: list[int]) -> None:
    assert np.flatnonzero(which.rows(town().lots)).tolist() == rows


def test_a_late_lot_keeps_its_date_of_expiry() -> None:
    lots = changed(town(), [DelayLots(Which(lots=(1,)), 33)]).lots
    assert (lots.first_day[1], lots.last_day[1], lots.doses[1]) == (40, 40, 20)


def test_a_lot_that_comes_after_its_expiry_is_lost() -> None:
    of = changed(town(), [DelayLots(Which(lots=(1,)), 34)])
    assert of.lots.doses.tolist() == [20, 0, 3, 5]
    assert not check_problem(of)


def test_a_recalled_lot_can_be_used_until_the_day_before() -> None:
    of = changed(town(), [RecallLots(Which(product=0), 7)])
    assert of.lots.last_day.tolist() == [6, 7, 40, 6]
    assert of.lots.doses.tolist() == [20, 0, 3, 5]
    assert not check_problem(of)


def test_a_closed_centre_has_no_seats_on_these_days() -> None:
    assert seats(CloseCentre(0, 0, 27)) == [0, 0, 4, 2]
    assert seats(CloseCentre(0, 1, 28)) == [3, 3, 0, 2]


def test_hours_are_cut_by_share_or_by_part_of_the_day() -> None:
    assert seats(CutHours(share=0.5)) == [1, 1, 2, 1]
    assert seats(CutHours(centre=0, last_day=5, bands=0b100)) == [3, 0, 4, 2]


def test_a_withdrawn_product_is_given_to_nobody() -> None:
    assert doses(WithdrawProduct(0)) == [0, 0, 3, 0]


def test_who_began_with_a_withdrawn_product_may_go_on_with_another() -> None:
    of = changed(town(), [WithdrawProduct(0, 3, then=1)])
    s = of.schedules
    assert list(zip(s.first_product.tolist(), s.second_product.tolist(), strict=True)) == [
        (0, 0),
        (1, 1),
        (0, NONE),
        (0, 1),
    ]
    assert s.min_days[3] == s.min_days[0]
    assert not check_problem(of)


def test_who_accepted_the_withdrawn_product_accepts_the_other() -> None:
    of = problem(requests=[{"products": (0,)}, {"products": (1,)}], lots=[lot(1)], vials=(1, 1))
    assert changed(of, [WithdrawProduct(0, then=1)]).requests.products.tolist() == [3, 2]


def test_an_interval_is_changed_in_part() -> None:
    s = changed(town(), [ChangeInterval(0, max_days=42)]).schedules
    assert (s.min_days[0], s.ideal_days[0], s.max_days[0]) == (21, 28, 42)
    assert s.max_days[1] == 49


def test_a_published_plan_is_promised_and_may_move() -> None:
    of = town()
    promised = published(of, by_hand(of, [(0, 0, 2), NOTHING])).promised
    assert promised.request.tolist() == [0, 0]
    assert promised.dose.tolist() == [1, 2]
    assert promised.day.tolist() == [0, 28]
    assert not promised.pinned.any()


def test_what_was_promised_before_gives_way_to_the_plan_but_for_outsiders_and_pins() -> None:
    of = problem(
        requests=[{}, {}],
        slots=[slot(0, seats=2), slot(21), slot(28), slot(30)],
        lots=[lot(9)],
        promised=[promise(NONE, 1, 0, pinned=True), promise(0, 1, 0, pinned=True), promise(0, 2, 21)]
        + [promise(1, 1, 0)],
    )
    told = by_hand(of, [(0, 0, 2), NOTHING])
    p = published(of, told).promised
    rows = list(zip(p.request.tolist(), p.dose.tolist(), p.day.tolist(), p.pinned.tolist(), strict=True))
    assert rows == [(NONE, 1, 0, True), (0, 1, 0, True), (0, 2, 28, False)]
    again = published(of, told)
    assert not broken_rules(again, by_hand(again, [(0, 0, 2), NOTHING]))
    assert disturbance_of(again, told).people == 0
