"""A good plan spoilt on purpose: both judges notice, and name the same rules."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver.contract import NONE, Problem, ProblemRefused
from tests.solver.drawing import problems
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    Chosen,
    by_hand,
    choices,
    lot,
    problem,
    promise,
    slot,
)
from tests.solver.judge import Judge
from tests.solver.verdict import Planner, verdict

Draw = Callable[[int], int]
"""A number below the one given."""
Mutation = Callable[[Problem, list[Chosen], Draw], list[Chosen]]


def _with(chosen: list[Chosen], row: int, mine: Chosen) -> list[Chosen]:
    return [mine if i == row else other for i, other in enumerate(chosen)]


def _planned(chosen: list[Chosen], draw: Draw) -> int:
    rows = [row for row, (schedule, _, _) in enumerate(chosen) if schedule != NONE]
    return rows[draw(len(rows))]


def move_a_dose(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    """To the slot before or after, or to any."""
    row = _planned(chosen, draw)
    mine = list(chosen[row])
    dose = 1 if mine[2] == NONE or (mine[1] != NONE and draw(2)) else 2
    places = [mine[dose] - 1, mine[dose] + 1, draw(len(of.slots))]
    mine[dose] = places[draw(3)] % len(of.slots)
    return _with(chosen, row, (mine[0], mine[1], mine[2]))


def take_a_dose_away(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    row = _planned(chosen, draw)
    schedule, first, second = chosen[row]
    return _with(chosen, row, (schedule, NONE, second) if draw(2) else (schedule, first, NONE))


def give_a_dose_more(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    row = draw(len(chosen))
    schedule, first, second = chosen[row]
    slot_row = draw(len(of.slots))
    mine = (schedule, slot_row, second) if first == NONE else (schedule, first, slot_row)
    return _with(chosen, row, mine)


def change_the_schedule(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    """Another product, another interval, or one dose for two."""
    row = _planned(chosen, draw)
    return _with(chosen, row, (draw(len(of.schedules)), *chosen[row][1:]))


def exchange_two_people(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    one, other = _planned(chosen, draw), draw(len(chosen))
    return _with(_with(chosen, one, chosen[other]), other, chosen[one])


def exchange_the_doses(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    row = _planned(chosen, draw)
    schedule, first, second = chosen[row]
    return _with(chosen, row, (schedule, second, first))


def seat_two_in_one_place(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    return _with(chosen, draw(len(chosen)), chosen[_planned(chosen, draw)])


def leave_somebody_out(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    return _with(chosen, _planned(chosen, draw), NOTHING)


def leave_the_seat_to_a_ghost(of: Problem, chosen: list[Chosen], draw: Draw) -> list[Chosen]:
    """The slots stay taken by somebody without a schedule."""
    row = _planned(chosen, draw)
    return _with(chosen, row, (NONE, *chosen[row][1:]))


MUTATIONS: list[Mutation] = [
    move_a_dose,
    take_a_dose_away,
    give_a_dose_more,
    change_the_schedule,
    exchange_two_people,
    exchange_the_doses,
    seat_two_in_one_place,
    leave_somebody_out,
    leave_the_seat_to_a_ghost,
]
ALWAYS_WRONG = {take_a_dose_away, leave_the_seat_to_a_ghost}


@settings(max_examples=60)
@given(drawn=problems(requests=8, slots=12), data=st.data())
@pytest.mark.timeout(900)
def test_both_judges_agree_on_spoilt_plans(planner: Planner, drawn: Problem, data: st.DataObject) -> None:
    try:
        good = choices(planner(drawn))
    except ProblemRefused:
        return
    assume(any(schedule != NONE for schedule, _, _ in good))

    def draw(below: int) -> int:
        return data.draw(st.integers(0, below - 1))

    for mutation in MUTATIONS:
        spoilt = mutation(drawn, good, draw)
        rules = verdict(drawn, by_hand(drawn, spoilt))
        if mutation in ALWAYS_WRONG and spoilt != good:
            assert "pair" in rules


@settings(max_examples=40)
@given(drawn=problems(requests=6, slots=10), share=st.sampled_from([-0.5, -1e-5, 1e-5, 0.01]))
@pytest.mark.timeout(900)
def test_both_judges_doubt_a_false_score(planner: Planner, drawn: Problem, share: float) -> None:
    try:
        good = planner(drawn)
    except ProblemRefused:
        return
    change = share * max(1.0, abs(good.score))
    assert verdict(drawn, by_hand(drawn, choices(good), score=good.score + change)) == {"score"}
    low = by_hand(drawn, choices(good), bound=good.score - abs(change))
    assert verdict(drawn, low) == {"bound"}


MORNINGS = 0b001001001001001001001
ANNE, BERT, CLEO, DORA, EMIL, FAYE = range(6)
TOWN = problem(
    requests=[
        {"age": 30, "products": (0,), "availability": MORNINGS},
        {"household": 3},
        {"household": 3},
        {"max_km": 3.0, "second_lat": 0.05, "second_lon": 0.0},
        {"first_product": 0, "first_day": -2, "earliest": 2},
        {"age": 60, "wheelchair": True, "unavailable": (2,)},
    ],
    slots=[
        *(slot(1, NINE), slot(1, NINE + 30), slot(1, NINE + 31), slot(2, 720, 3)),
        *(slot(4, NINE, 2), slot(5, NINE, 4), slot(8, NINE, 2)),
        *(slot(2, NINE, 2, centre=1), slot(5, NINE, 2, centre=1)),
    ],
    lots=[lot(6, 0, 2), lot(4, 3, 9), lot(4, centre=1), lot(1, 4, 4, product=1)],
    schedules=[
        {"min_days": 3, "ideal_days": 4, "max_days": 4, "valid_to": 2},
        SINGLE_DOSE | {"first_product": 1, "min_age": 50},
    ],
    centres=[(0.0, 0.0, True), (0.05, 0.0, False)],
    vials=(2, 1),
    days=8,
    promised=[promise(EMIL, 2, 2, minute=720, pinned=True)],
)
"""Six people, of whom each minds another rule."""
PLAN: list[Chosen] = [(0, 2, 5), (0, 0, 5), (0, 1, 5), (0, 3, 8), (0, NONE, 3), (1, 4, NONE)]


def test_the_town_has_a_good_plan(planner: Planner) -> None:
    assert verdict(TOWN, by_hand(TOWN, PLAN)) == set()
    assert planner.planned(TOWN) == [True] * 6


@pytest.mark.parametrize(
    ("spoilt", "rules"),
    [
        ({ANNE: (0, 2, 4)}, set()),
        ({ANNE: (0, 0, 5)}, {"capacity"}),
        ({ANNE: (0, 3, 5)}, {"availability"}),
        ({ANNE: (0, 2, 6)}, {"horizon", "interval"}),
        ({ANNE: (0, 4, 6)}, {"horizon", "validity"}),
        ({ANNE: (0, 2, 8)}, {"same_centre"}),
        ({ANNE: (1, 2, 5)}, {"pair"}),
        ({ANNE: (0, 2, NONE)}, {"pair"}),
        ({ANNE: (1, 2, NONE)}, {"age", "product", "stock"}),
        ({ANNE: (0, 1, 5), CLEO: (0, 2, 5)}, {"household"}),
        ({CLEO: NOTHING}, {"household"}),
        ({CLEO: (0, 1, 4)}, {"household"}),
        ({DORA: (0, 7, 8)}, {"reach"}),
        ({DORA: (0, 3, 5)}, {"reach"}),
        ({EMIL: NOTHING}, {"pinned"}),
        ({EMIL: (0, NONE, 5), DORA: NOTHING}, {"interval", "pinned"}),
        ({EMIL: (0, 3, 5)}, {"pair"}),
        ({EMIL: (0, NONE, 2), ANNE: NOTHING}, {"earliest", "pinned"}),
        ({FAYE: (1, 5, NONE)}, {"stock"}),
        ({FAYE: (1, 3, NONE)}, {"unavailable_date", "stock"}),
        ({FAYE: (1, 8, NONE)}, {"wheelchair", "stock"}),
        ({FAYE: NOTHING, ANNE: (1, 4, NONE)}, {"age", "product"}),
    ],
)
def test_one_deed_breaks_just_these_rules(spoilt: dict[int, Any], rules: set[str]) -> None:
    made = by_hand(TOWN, [spoilt.get(row, mine) for row, mine in enumerate(PLAN)])
    found = verdict(TOWN, made)
    assert found == rules if "pair" not in rules else "pair" in found
    assert not rules or Judge(TOWN).broken(choices(made))
