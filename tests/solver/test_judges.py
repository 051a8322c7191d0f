"""The judges themselves: they know good plans from bad ones, count alike, and doubt what a plan claims."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.checks import broken_rules
from solver.contract import NONE, Problem
from solver.objective import terms_of
from tests.solver.brute import best_score
from tests.solver.drawing import problems
from tests.solver.instances import (
    NOTHING,
    SINGLE_DOSE,
    Chosen,
    by_hand,
    dose_world,
    lot,
    pair_world,
    problem,
    promise,
    slot,
)
from tests.solver.judge import Judge
from tests.solver.verdict import verdict


def test_a_plan_may_not_claim_more_than_it_earns() -> None:
    of = dose_world()
    true = by_hand(of, [(0, 0, NONE)])
    for change, rules in ((0.0, set()), (0.01, {"score"}), (-0.01, {"score"})):
        assert verdict(of, by_hand(of, [(0, 0, NONE)], score=true.score + change)) == rules


def test_a_bound_below_the_score_is_a_breach() -> None:
    of = dose_world()
    true = by_hand(of, [(0, 0, NONE)])
    for change, rules in ((1.0, set()), (0.0, set()), (-0.01, {"bound"})):
        assert verdict(of, by_hand(of, [(0, 0, NONE)], bound=true.score + change)) == rules


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("schedule", [1]),
        ("schedule", [-2]),
        ("first_slot", [2]),
        ("second_slot", [-2]),
        ("second_slot", [2]),
    ],
)
def test_a_plan_names_rows_that_exist(column: str, value: list[int]) -> None:
    of = pair_world(28)
    made = replace(by_hand(of, [(0, 0, 1)]), **{column: np.array(value, dtype=np.int64)})
    assert [breach.rule for breach in broken_rules(of, made)] == ["shape"]


def test_a_plan_has_one_row_a_request() -> None:
    of, many = pair_world(28), ("schedule", "first_slot", "second_slot", "why_unplanned")
    for rows in ([], [NONE, NONE]):
        made = replace(by_hand(of, [NOTHING]), **dict.fromkeys(many, np.array(rows, dtype=np.int64)))
        assert [breach.rule for breach in broken_rules(of, made)] == ["shape"]


def test_a_breach_names_its_rows() -> None:
    """The second of three is too young; the third has half a pair; the first two sit on one seat."""
    of = problem(
        requests=[{}, {"age": 3}, {}],
        slots=[slot(0), slot(21), slot(28)],
        lots=[lot(9)],
        schedules=[{"min_age": 4}],
    )
    found = broken_rules(of, by_hand(of, [(0, 0, 1), (0, 0, 2), (0, 1, NONE)]))
    assert {(b.rule, b.table, b.count, b.rows) for b in found} == {
        ("capacity", "slots", 2, (0, 1)),
        ("pair", "requests", 1, (2,)),
        ("age", "requests", 1, (1,)),
    }


def test_every_term_of_the_score_is_counted() -> None:
    """Four people: one waits and travels, one comes for the second dose only, one moves, one is dropped."""
    of = problem(
        requests=[
            {"priority": 2, "lat": 0.05, "earliest": 1},
            {"priority": 3, "first_product": 0, "first_day": -22, "second_lat": 0.02, "second_lon": 0.0},
            {"priority": 5},
            {"priority": 4},
        ],
        slots=[slot(3), slot(8, seats=2), slot(33), slot(36)],
        lots=[lot(12)],
        vials=(6,),
        promised=[promise(2, 1, 8), promise(2, 2, 33), promise(3, 1, 8), promise(NONE, 1, 3, pinned=True)],
    )
    chosen = [(0, 0, 2), (0, NONE, 1), (0, 1, 3), NOTHING]
    terms = {
        "reward": 100 * (8 + 4 + 1),
        "delay": -0.5 * (8 * 2 + 4 * 8 + 1 * 8),
        "km": -0.2 * (2 * 0.05 + 0.02) * 111.195,
        "interval": -0.3 * (2 + 2 + 0),
        "moved": -20,
        "dropped": -200,
        "wasted": -(4 + 4 + 5 + 5),
    }
    assert Judge(of).terms(chosen) == pytest.approx(terms, rel=1e-5)
    assert by_hand(of, chosen).terms == pytest.approx(terms, rel=1e-5)


def columns(chosen: list[Chosen]) -> list[np.ndarray]:  # type: ignore[type-arg]
    return [np.array([row[i] for row in chosen], dtype=np.int64) for i in range(3)]


def any_plan(data: st.DataObject, of: Problem) -> list[Chosen]:
    """Any rows at all, however wrong."""
    rows = st.tuples(
        st.integers(-1, len(of.schedules) - 1),
        st.integers(-1, len(of.slots) - 1),
        st.integers(-1, len(of.slots) - 1),
    )
    n = len(of.requests)
    return data.draw(st.lists(rows, min_size=n, max_size=n))


@settings(max_examples=200)
@given(problems(requests=5), st.data())
def test_the_judges_agree_on_any_plan(drawn: Problem, data: st.DataObject) -> None:
    """Written twice from one document, they see the same rules broken and the same score earned."""
    made = by_hand(drawn, any_plan(data, drawn))
    verdict(drawn, made)


@settings(max_examples=100)
@given(problems(requests=5), st.data())
def test_the_terms_agree_on_any_whole_plan(drawn: Problem, data: st.DataObject) -> None:
    judge = Judge(drawn)
    whole = [
        NOTHING if {"pair", "horizon"} & set(judge.person(request, mine)) else mine
        for request, mine in enumerate(any_plan(data, drawn))
    ]
    assert terms_of(drawn, *columns(whole)) == pytest.approx(judge.terms(whole), abs=1e-9)


lots_of_vials = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 3)), max_size=4)


@settings(max_examples=200)
@given(lots_of_vials, st.dictionaries(st.integers(0, 7), st.integers(1, 3), max_size=5))
def test_first_expired_first_out_draws_whatever_can_be_drawn(
    rows: list[tuple[int, int, int]], need: dict[int, int]
) -> None:
    """Against every other way to draw: a matching of the days' vials with the lots' vials."""
    lots = [lot(2 * vials, low, low + more) for low, more, vials in rows]
    days = [day for day, vials in sorted(need.items()) for _ in range(vials)]
    slots = [slot(day, seats=2 * vials) for day, vials in need.items()]
    of = problem(requests=[{}] * 2 * len(days), slots=slots, lots=lots, schedules=[SINGLE_DOSE], vials=(2,))
    row_of = {day: row for row, day in enumerate(of.slots.day.tolist())}
    made = by_hand(of, [(0, row_of[day], NONE) for day in days for _ in range(2)])
    supply = [(low, low + more) for low, more, vials in rows for _ in range(vials)]
    assert verdict(of, made) == (set() if _all_matched(days, supply) else {"stock"})


def _all_matched(days: list[int], supply: list[tuple[int, int]]) -> bool:
    owner: dict[int, int] = {}

    def match(v: int, seen: set[int]) -> bool:
        for i, (low, high) in enumerate(supply):
            if low <= days[v] <= high and i not in seen:
                seen.add(i)
                if i not in owner or match(owner[i], seen):
                    owner[i] = v
                    return True
        return False

    return all(match(v, set()) for v in range(len(days)))


@settings(max_examples=60)
@given(problems(requests=2, slots=4))
def test_the_search_for_the_best_plan_misses_nothing(drawn: Problem) -> None:
    """Against every row of every request, without any thought."""
    judge = Judge(drawn)
    slots = range(-1, len(drawn.slots))
    rows = [NOTHING, *product(range(len(drawn.schedules)), slots, slots)]
    alone = defaultdict(list)
    for request, mine in product(range(len(drawn.requests)), rows):
        if not set(judge.person(request, mine)):
            alone[request].append(mine)
    plans = (list(plan) for plan in product(*(alone[request] for request in range(len(drawn.requests)))))
    scores = [judge.score(plan) for plan in plans if not judge.broken(plan)]
    best = best_score(drawn)
    assert (best is None) == (not scores)
    assert best is None or best == pytest.approx(max(scores))
