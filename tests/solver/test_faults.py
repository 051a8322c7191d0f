"""Nonsense in a problem is refused whole before any planning, every fault by table, row and column."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solver.checks import check_problem
from solver.contract import NONE, Problem, ProblemRefused
from solver.solve import baseline
from tests.solver.instances import KM_A_DEGREE, SINGLE_DOSE, lot, problem, promise, slot
from tests.solver.verdict import Planner

GOOD: dict[str, Any] = {
    "requests": [{}, {}],
    "slots": [slot(0), slot(28)],
    "lots": [lot(2), lot(2)],
    "schedules": [{}, SINGLE_DOSE],
    "vials": (1, 2),
}


def world(**columns: Any) -> Problem:
    return problem(**(GOOD | columns))


def second_request(**row: Any) -> Problem:
    return world(requests=[{}, row])


def second_schedule(**row: Any) -> Problem:
    return world(schedules=[{}, row])


def unsorted() -> Problem:
    of = world()
    z = of.slots
    return replace(of, slots=type(z)(z.centre[::-1], z.day[::-1], z.minute[::-1], z.seats[::-1]))


FAULTS: list[tuple[Problem, str, int, str, str]] = [
    (second_schedule(min_days=22, ideal_days=22, max_days=21), "schedules", 1, "max_days", "interval"),
    (second_schedule(min_days=-1), "schedules", 1, "min_days", "interval"),
    (second_schedule(min_age=66, max_age=65), "schedules", 1, "max_age", "age"),
    (second_schedule(valid_from=4, valid_to=3), "schedules", 1, "valid_to", "validity"),
    (second_schedule(first_product=2), "schedules", 1, "first_product", "unknown_row"),
    (second_schedule(second_product=2), "schedules", 1, "second_product", "unknown_row"),
    (world(vials=(1, 0)), "products", 1, "doses_per_vial", "vial"),
    (world(centres=[(0, 0, True), (91, 0, True)]), "centres", 1, "lat", "place"),
    (world(slots=[slot(0), slot(1, centre=1)]), "slots", 1, "centre", "unknown_row"),
    (world(slots=[slot(0), slot(1, seats=-1)]), "slots", 1, "seats", "seats"),
    (world(slots=[slot(0), slot(1, 24 * 60)]), "slots", 1, "minute", "minute"),
    (world(slots=[slot(0), slot(0, seats=2)]), "slots", 1, "centre", "order"),
    (unsorted(), "slots", 1, "centre", "order"),
    (world(lots=[lot(2), lot(3, product=1)]), "lots", 1, "doses", "whole_vials"),
    (world(lots=[lot(2), lot(-2)]), "lots", 1, "doses", "doses"),
    (world(lots=[lot(2), lot(2, 5, 4)]), "lots", 1, "expires_on", "validity"),
    (world(lots=[lot(2), lot(2, product=2)]), "lots", 1, "product", "unknown_row"),
    (world(lots=[lot(2), lot(2, centre=1)]), "lots", 1, "centre", "unknown_row"),
    (second_request(priority=6), "requests", 1, "priority", "priority"),
    (second_request(priority=0), "requests", 1, "priority", "priority"),
    (second_request(priority=10), "requests", 1, "priority", "priority"),
    (second_request(age=-1), "requests", 1, "age", "age"),
    (second_request(age=151), "requests", 1, "age", "age"),
    (second_request(lon=181.0), "requests", 1, "lat", "place"),
    (second_request(lat=np.nan), "requests", 1, "lat", "place"),
    (second_request(second_lat=1.0), "requests", 1, "second_lon", "place"),
    (second_request(second_lat=91.0, second_lon=0.0), "requests", 1, "second_lat", "place"),
    (second_request(max_km=-1.0), "requests", 1, "max_km", "reach"),
    (second_request(max_km=np.inf), "requests", 1, "max_km", "reach"),
    (second_request(products=()), "requests", 1, "products", "unknown_row"),
    (second_request(products=(2,)), "requests", 1, "products", "unknown_row"),
    (second_request(first_product=2), "requests", 1, "first_product", "unknown_row"),
    (second_request(first_product=0, first_day=1), "requests", 1, "first_date", "future"),
    (second_request(availability=1 << 21), "requests", 1, "availability", "availability"),
    (world(promised=[promise(2, 1, 0)]), "promised", 0, "request", "unknown_row"),
    (world(promised=[promise(0, 3, 0)]), "promised", 0, "dose", "dose"),
    (world(promised=[promise(0, 1, 0, centre=1)]), "promised", 0, "centre", "unknown_row"),
    (world(promised=[promise(0, 1, 0, product=2)]), "promised", 0, "product", "unknown_row"),
    (world(promised=[promise(0, 1, 0), promise(0, 1, 28)]), "promised", 1, "dose", "twice"),
    (world(promised=[promise(NONE, 1, 0)]), "promised", 0, "pinned", "must_pin"),
    (world(days=0), "policy", 0, "days", "horizon"),
    (world(km=-0.1), "policy", 0, "weights", "price"),
    (world(reward=np.nan), "policy", 0, "weights", "price"),
]


@pytest.mark.parametrize(("of", "table", "row", "column", "code"), FAULTS)
def test_a_fault_is_found_where_it_stands(
    planner: Planner, of: Problem, table: str, row: int, column: str, code: str
) -> None:
    assert [(f.table, f.row, f.column, f.code) for f in check_problem(of)] == [(table, row, column, code)]
    for plan in (planner, baseline):
        with pytest.raises(ProblemRefused) as refusal:
            plan(of)
        assert refusal.value.faults == check_problem(of)


def test_what_is_just_right_is_not_refused() -> None:
    for of in (
        world(),
        second_schedule(
            min_days=21, ideal_days=21, max_days=21, min_age=5, max_age=5, valid_from=3, valid_to=3
        ),
        world(slots=[slot(0, 0), slot(0, 24 * 60 - 1, seats=0)]),
        world(lots=[lot(0), lot(4, 5, 5, product=1)]),
        second_request(priority=9, age=0, lat=-90.0, lon=180.0, max_km=0.0, availability=0),
        second_request(age=150, first_product=1, first_day=0, max_km=KM_A_DEGREE),
        world(promised=[promise(0, 1, 0), promise(0, 2, 28), promise(1, 1, 0)]),
        world(promised=[promise(NONE, 1, -1), promise(NONE, 1, 0, pinned=True)]),
        world(days=1, moved=0, dropped=0, wasted_dose=0),
    ):
        assert check_problem(of) == []


def test_every_fault_is_listed() -> None:
    of = world(
        requests=[{"age": -1}, {"age": 200, "priority": 7}],
        lots=[lot(1, 5, 4), lot(3, product=1)],
        schedules=[{"min_days": 9, "max_days": 8}],
        km=-1,
    )
    assert {(f.table, f.row, f.column) for f in check_problem(of)} == {
        ("policy", 0, "weights"),
        ("schedules", 0, "max_days"),
        ("lots", 0, "expires_on"),
        ("lots", 1, "doses"),
        ("requests", 0, "age"),
        ("requests", 1, "age"),
        ("requests", 1, "priority"),
    }
    with pytest.raises(ProblemRefused) as refusal:
        baseline(of)
    assert all(
        word in str(refusal.value) for word in ("requests[1].age", "lots[1].doses", "min_days is over")
    )
