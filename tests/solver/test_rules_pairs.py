"""Rules 3 and 4, pairs and schedules: each alone on a problem one can draw, on both sides of its edge."""

from typing import Any

import pytest

from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE
from tests.solver.instances import (
    SINGLE_DOSE,
    Chosen,
    by_hand,
    dose_world,
    lot,
    pair_world,
    problem,
    slot,
)
from tests.solver.verdict import Planner, verdict

AZ, PFIZER = 0, 1
MIXED = {"first_product": AZ, "second_product": PFIZER}
PAIR: Chosen = (0, 0, 1)
ONCE: Chosen = (0, 0, NONE)
SECOND_ONLY: Chosen = (0, NONE, 0)


@pytest.mark.parametrize(("gap", "rule"), [(20, "interval"), (21, None), (49, None), (50, "interval")])
def test_the_interval_holds_its_bounds(planner: Planner, gap: int, rule: str | None) -> None:
    found = planner.meets_edge(pair_world(gap), [PAIR], rule)
    assert found.terms["interval"] == (0 if rule else pytest.approx(-0.3 * abs(gap - 28)))


@pytest.mark.parametrize(("given", "rule"), [(-17, "interval"), (-18, None), (-46, None), (-47, "interval")])
def test_the_interval_counts_from_a_dose_given_elsewhere(
    planner: Planner, given: int, rule: str | None
) -> None:
    """The second dose is on day 3."""
    of = problem(requests=[{"first_product": 0, "first_day": given}], slots=[slot(3)], lots=[lot(1)])
    found = planner.meets_edge(of, [SECOND_ONLY], rule)
    if not rule:
        assert found.terms["delay"] == -16 * 0.5 * 3
        assert found.terms["interval"] == pytest.approx(-0.3 * abs(3 - given - 28))


@pytest.mark.parametrize("half", [(0, 0, NONE), (0, NONE, 1), (NONE, 0, 1), (0, NONE, NONE), (NONE, 0, NONE)])
def test_nobody_gets_a_half(half: Chosen) -> None:
    assert "pair" in verdict(pair_world(28), by_hand(pair_world(28), [half]))


def test_without_a_second_slot_there_is_no_first(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(0)], lots=[lot(2)])
    planner.meets_edge(of, [ONCE], "pair")


def test_a_dose_too_few_for_a_pair_is_given_to_nobody(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(1)])
    planner.meets_edge(of, [PAIR], "stock")


def test_a_single_dose_completes_it(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(2)], schedules=[SINGLE_DOSE])
    found = planner.meets_edge(of, [ONCE], None)
    assert found.second_slot.tolist() == [NONE]
    assert verdict(of, by_hand(of, [PAIR])) == {"pair"}


def test_whoever_had_the_first_dose_gets_the_second_and_nothing_else(planner: Planner) -> None:
    of = problem(
        requests=[{"first_product": 0, "first_day": -25}],
        slots=[slot(3), slot(31)],
        lots=[lot(2)],
        schedules=[{}, SINGLE_DOSE],
    )
    found = planner.meets_edge(of, [SECOND_ONLY], None)
    assert found.first_slot.tolist() == [NONE]
    assert verdict(of, by_hand(of, [PAIR])) == {"pair"}
    assert verdict(of, by_hand(of, [(1, 0, NONE)])) == {"pair"}
    assert "pair" in verdict(of, by_hand(of, [(1, NONE, NONE)]))


@pytest.mark.parametrize(("given", "rule"), [(0, None), (1, "first_product")])
def test_a_dose_given_elsewhere_needs_a_schedule_that_starts_with_it(
    planner: Planner, given: int, rule: str | None
) -> None:
    of = problem(
        requests=[{"first_product": given, "first_day": -20}], slots=[slot(3)], lots=[lot(1)], vials=(1, 1)
    )
    planner.meets_edge(of, [SECOND_ONLY], rule)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "rule"),
    [(-20, -20, None), (-19, NEVER_AFTER, "validity"), (NEVER_BEFORE, -21, "validity")],
)
def test_a_schedule_must_hold_on_the_day_of_the_dose_given_elsewhere(
    planner: Planner, valid_from: int, valid_to: int, rule: str | None
) -> None:
    of = problem(
        requests=[{"first_product": 0, "first_day": -20}],
        slots=[slot(3)],
        lots=[lot(1)],
        schedules=[{"valid_from": valid_from, "valid_to": valid_to}],
    )
    planner.meets_edge(of, [SECOND_ONLY], rule)


@pytest.mark.parametrize(("age", "rule"), [(54, "age"), (55, None), (65, None), (66, "age")])
def test_ages_hold_their_bounds(planner: Planner, age: int, rule: str | None) -> None:
    planner.meets_edge(dose_world({"min_age": 55, "max_age": 65}, age=age), [ONCE], rule)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "rule"),
    [
        (3, 3, None),
        (3, NEVER_AFTER, None),
        (4, NEVER_AFTER, "validity"),
        (NEVER_BEFORE, 3, None),
        (NEVER_BEFORE, 2, "validity"),
    ],
)
def test_a_schedule_holds_on_its_first_dose_dates(
    planner: Planner, valid_from: int, valid_to: int, rule: str | None
) -> None:
    planner.meets_edge(dose_world({"valid_from": valid_from, "valid_to": valid_to}), [ONCE], rule)


@pytest.mark.parametrize(("last_day", "rule"), [(0, None), (-1, "validity")])
def test_validity_is_asked_of_the_first_dose_only(planner: Planner, last_day: int, rule: str | None) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(2)], schedules=[{"valid_to": last_day}])
    planner.meets_edge(of, [PAIR], rule)


@pytest.mark.parametrize(("first_slot", "schedule"), [(0, 0), (1, 1)])
def test_an_interval_rule_changes_on_its_date(planner: Planner, first_slot: int, schedule: int) -> None:
    """Until day 6 the doses lie 21 days apart, from day 7 on 42."""
    of = problem(
        requests=[{"earliest": 7 * first_slot}],
        slots=[slot(6), slot(7), slot(27), slot(49)],
        lots=[lot(9)],
        schedules=[
            {"min_days": 21, "ideal_days": 21, "max_days": 21, "valid_to": 6},
            {"min_days": 42, "ideal_days": 42, "max_days": 42, "valid_from": 7},
        ],
    )
    found = planner.meets_edge(of, [(schedule, first_slot, 2 + first_slot)], None)
    assert found.schedule.tolist() == [schedule]
    wrong = by_hand(of, [(1 - schedule, first_slot, 2 + first_slot)])
    assert verdict(of, wrong) == {"interval", "validity"}


def mixed_world(lots: list[Any], **request: Any) -> Any:
    return problem(requests=[request], slots=[slot(0), slot(28)], lots=lots, schedules=[MIXED], vials=(1, 1))


@pytest.mark.parametrize(
    ("az", "pfizer", "rule"), [(1, 1, None), (2, 0, "stock"), (0, 2, "stock"), (1, 0, "stock")]
)
def test_a_mixed_schedule_takes_both_products(
    planner: Planner, az: int, pfizer: int, rule: str | None
) -> None:
    planner.meets_edge(mixed_world([lot(az, product=AZ), lot(pfizer, product=PFIZER)]), [PAIR], rule)


def test_a_mixed_schedule_takes_its_products_in_order(planner: Planner) -> None:
    """AZ lies there on the first day only and Pfizer on the second; the other way round it is no use."""
    for first, second, rule in ((AZ, PFIZER, None), (PFIZER, AZ, "stock")):
        lots = [lot(1, 0, 0, product=first), lot(1, 28, 28, product=second)]
        planner.meets_edge(mixed_world(lots), [PAIR], rule)


@pytest.mark.parametrize(
    ("products", "rule"), [((AZ,), "product"), ((PFIZER,), "product"), ((AZ, PFIZER), None), (None, None)]
)
def test_all_products_of_the_schedule_must_be_accepted(
    planner: Planner, products: tuple[int, ...] | None, rule: str | None
) -> None:
    of = mixed_world([lot(1, product=AZ), lot(1, product=PFIZER)], products=products)
    planner.meets_edge(of, [PAIR], rule)


@pytest.mark.parametrize(("products", "rule"), [((PFIZER,), None), ((AZ,), "product")])
def test_what_was_given_elsewhere_need_not_be_accepted_again(
    planner: Planner, products: tuple[int, ...], rule: str | None
) -> None:
    of = problem(
        requests=[{"first_product": AZ, "first_day": -25, "products": products}],
        slots=[slot(3)],
        lots=[lot(1, product=PFIZER)],
        schedules=[MIXED],
        vials=(1, 1),
    )
    planner.meets_edge(of, [SECOND_ONLY], rule)


def test_the_schedule_that_can_be_kept_is_chosen(planner: Planner) -> None:
    """AZ twice is out of stock at day 28, AZ then Pfizer is not."""
    of = problem(
        requests=[{}],
        slots=[slot(0), slot(28)],
        lots=[lot(2, 0, 20, product=AZ), lot(1, 20, 40, product=PFIZER)],
        schedules=[{}, MIXED],
        vials=(1, 1),
    )
    assert planner.meets_edge(of, [(1, 0, 1)], None).schedule.tolist() == [1]
    assert verdict(of, by_hand(of, [PAIR])) == {"stock"}


def test_an_ideal_interval_is_preferred_to_another(planner: Planner) -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(26), slot(29)], lots=[lot(2)])
    assert planner.optimum(of).second_slot.tolist() == [2]
