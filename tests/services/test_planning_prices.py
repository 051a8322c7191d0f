"""What a plan's prices become: rows of seats and doses by place and time, with who is left out near."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from solver.contract import NONE, Plan, PlanPrices, PlanStatus, Problem, WhyUnplanned
from tests.builders import TODAY
from tests.solver.instances import NINE, lot, problem, slot
from vaccination.services.planning.prices import person_points, price_rows
from vaccination.services.planning.problem import Keys

MORNING, AFTERNOON = 1, 2
AT_TWO = 14 * 60


def keys(asked: Problem) -> Keys:
    """Ids that differ from the rows: centres 10, 11, …, products 20, 21, …"""
    return Keys(
        starts_on=TODAY, product_ids=range(20, 20 + len(asked.products)), schedule_ids=[1],
        centre_ids=range(10, 10 + len(asked.centres)), slot_ids=np.arange(len(asked.slots)), lot_ids=[],
        request_ids=np.arange(len(asked.requests)), promised_requests=[], left_out={}, short=(),
    )  # fmt: skip


def rows_of(
    asked: Problem,
    *,
    seats: Mapping[tuple[int, int, int], float] | None = None,
    doses: Mapping[tuple[int, int, int], float] | None = None,
    why: WhyUnplanned = WhyUnplanned.OUT_OF_DOSES,
) -> list[dict[str, Any]]:
    """Rows of a plan in which nobody has a place, at these prices."""
    shape = len(asked.centres), asked.policy.days
    seat_prices = np.zeros((*shape, 8))
    dose_prices = np.zeros((shape[0], len(asked.products), shape[1]))
    for place, price in (seats or {}).items():
        seat_prices[place] = price
    for place, price in (doses or {}).items():
        dose_prices[place] = price
    nobody = np.full(len(asked.requests), NONE)
    plan = Plan(
        nobody, nobody, nobody, np.full(len(nobody), why), {}, 0.0, 1.0, PlanStatus.FEASIBLE, "by hand",
        prices=PlanPrices(seat_prices, dose_prices),
    )  # fmt: skip
    return price_rows(asked, keys(asked), plan)


def days(row: dict[str, Any]) -> tuple[int, int]:
    return (row["first_day"] - TODAY).days, (row["last_day"] - TODAY).days


def test_a_plan_without_prices_has_no_rows() -> None:
    asked = problem(slots=[slot(0)])
    nobody = np.zeros(0)
    plan = Plan(nobody, nobody, nobody, nobody, {}, 0.0, 0.0, PlanStatus.OPTIMAL, "by hand")
    assert price_rows(asked, keys(asked), plan) == []


def test_a_dose_is_worth_the_best_day_that_is_still_to_come() -> None:
    asked = problem(lots=[lot(10, 0, 20)], days=30)
    rows = rows_of(asked, doses={(0, 0, 3): 40.0, (0, 0, 12): 25.0})
    assert [(days(row), row["price"]) for row in rows] == [((0, 3), 40.0), ((4, 12), 25.0)]
    assert {(row["centre_id"], row["product_id"], row["bands"]) for row in rows} == {(10, 20, 0)}


def test_who_comes_in_the_middle_of_a_run_of_days_may_come_too_late() -> None:
    asked = problem(lots=[lot(10, 0, 20), lot(10, 7, 20)], days=30)
    rows = rows_of(asked, doses={(0, 0, day): 40.0 for day in range(21)})
    assert [days(row) for row in rows] == [(0, 7)]


def test_a_price_outside_the_days_of_every_lot_says_nothing() -> None:
    asked = problem(lots=[lot(10, 5, 8)], days=30)
    assert rows_of(asked, doses={(0, 0, 9): 40.0}) == []
    assert [days(row) for row in rows_of(asked, doses={(0, 0, 8): 40.0})] == [(0, 8)]


def test_a_seat_relieves_every_set_of_bands_that_it_is_in() -> None:
    asked = problem(slots=[slot(0), slot(0, NINE + 5), slot(0, AT_TWO)], days=7)
    rows = rows_of(asked, seats={(0, 0, MORNING): 10.0, (0, 0, MORNING | AFTERNOON): 30.0})
    assert [(row["bands"], row["places"], row["price"]) for row in rows] == [(MORNING, 2, 40.0)]
    alike = rows_of(asked, seats={(0, 0, 7): 30.0})
    assert [(row["bands"], row["places"]) for row in alike] == [(MORNING | AFTERNOON, 3)]


def test_of_each_week_the_best_day_is_kept() -> None:
    asked = problem(slots=[slot(1), slot(2), slot(8)], days=14)
    rows = rows_of(asked, seats={(0, 1, 1): 10.0, (0, 2, 1): 20.0, (0, 8, 1): 15.0, (0, 9, 1): 99.0})
    assert [(days(row), row["price"]) for row in rows] == [((2, 2), 20.0), ((8, 8), 15.0)]


def test_what_is_worth_next_to_nothing_is_not_kept() -> None:
    asked = problem(lots=[lot(10)], days=30)
    assert rows_of(asked, doses={(0, 0, 3): 0.49}) == []
    assert len(rows_of(asked, doses={(0, 0, 3): 0.5})) == 1


def test_who_is_left_out_near_is_named_by_the_priority_of_most() -> None:
    far = {"lat": 3.0}
    asked = problem(
        requests=[{"priority": 2}, {"priority": 4}, {"priority": 4}, *[{"priority": 5, **far}] * 5],
        lots=[lot(10)], vials=(1, 1), slots=[slot(0)], days=30,
    )  # fmt: skip
    row = rows_of(asked, doses={(0, 0, 3): 40.0})[0]
    assert (row["near_priority"], row["near_people"]) == (4, 2)
    late = rows_of(asked, doses={(0, 0, 3): 40.0}, why=WhyUnplanned.NO_CENTRE_IN_REACH)[0]
    assert (late["near_priority"], late["near_people"]) == (None, 0)


def test_who_does_not_accept_the_product_is_not_near() -> None:
    asked = problem(
        requests=[{"products": [1], "priority": 1}, {"priority": 3}], lots=[lot(10)], vials=(1, 1), days=30
    )
    row = rows_of(asked, doses={(0, 0, 3): 40.0})[0]
    assert (row["near_priority"], row["near_people"]) == (3, 1)


def test_a_person_is_worth_the_weight_of_the_priority() -> None:
    points = person_points(problem())
    assert (points["1"], points["5"]) == (1600.0, 100.0)
    assert "6" not in points


def test_the_people_of_a_million_are_counted_from_some() -> None:
    asked = problem(requests=[{}] * 20_001, lots=[lot(10)], days=30)
    row = rows_of(asked, doses={(0, 0, 3): 40.0})[0]
    assert abs(row["near_people"] - 20_001) <= 1


def test_days_are_dates_of_the_run() -> None:
    row = rows_of(problem(lots=[lot(10)], days=30), doses={(0, 0, 3): 40.0})[0]
    assert row["last_day"] == TODAY + timedelta(3)
