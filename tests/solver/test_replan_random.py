"""Plans of small random problems, published and overtaken by random changes."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from solver.contract import NONE, Plan, Problem, ProblemRefused
from solver.objective import disturbed
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
from solver.replanning.least_moves import least_disturbed
from solver.replanning.repairing import repaired
from solver.replanning.replan import released, replan
from solver.solve import baseline
from solver.supply import supply_of
from tests.solver.drawing import DAYS, problems
from tests.solver.instances import params
from tests.solver.verdict import verdict


def drawn_change(seed: int, of: Problem) -> Change:
    """Any kind of change, of things that are there."""
    dice = Random(seed)
    which = Which(centre=dice.choice([0, 0, NONE]), product=dice.choice([0, NONE]))
    low = dice.randrange(DAYS)
    return dice.choice(
        [
            CutDelivery(which, dice.choice([0.3, 0.5, 1.0])),
            CutDelivery(Which(lots=(dice.randrange(len(of.lots)),))),
            DelayLots(which, dice.randint(1, 4)),
            RecallLots(which, low),
            CloseCentre(0, low, low + dice.randint(0, 2)),
            CutHours(share=dice.choice([0.3, 0.5, 1.0]), bands=dice.choice([1, 2, 7])),
            WithdrawProduct(0, low, dice.choice([NONE, 1])),
            ChangeInterval(0, max_days=dice.randint(2, 4), ideal_days=2),
            ChangeInterval(0, min_days=1, ideal_days=1),
        ]
    )


def told(of: Problem) -> Plan:
    """First come, first served: a plan that leaves much to better."""
    try:
        return baseline(of, params())
    except ProblemRefused:
        reject()


def after(of: Problem, *changes: Change) -> Problem:
    try:
        return released(changed(published(of, told(of)), changes))[0]
    except ProblemRefused:
        reject()


@settings(max_examples=150)
@given(drawn=problems(requests=8, slots=14), seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=2))
@pytest.mark.timeout(900)
def test_a_repair_keeps_the_rules_and_never_beats_the_least(drawn: Problem, seeds: list[int]) -> None:
    now = after(drawn, *(drawn_change(seed, drawn) for seed in seeds))
    try:
        found = repaired(now, params())
    except ProblemRefused:
        reject()
    if now.promised.pinned[now.promised.request != NONE].any() and verdict(now, found) == {"pinned"}:
        reject()
    assert verdict(now, found) == set()
    made = disturbance_of(now, found)
    moved, dropped = disturbed(now, found.schedule != NONE, found.first_slot, found.second_slot)
    assert (made.moved, made.dropped) == (moved.sum(), dropped.sum())
    assert least_disturbed(now, supply_of(now)) <= made.people <= made.moved + made.otherwise + made.dropped
    assert ((found.why_unplanned == 0) == (found.schedule != NONE)).all()


@settings(max_examples=100)
@given(drawn=problems(requests=8, slots=14))
@pytest.mark.timeout(900)
def test_nothing_moves_when_nothing_changed(drawn: Problem) -> None:
    now = after(drawn)
    assert least_disturbed(now, supply_of(now)) == 0
    assert disturbance_of(now, repaired(now, params())).people == 0


@settings(max_examples=40)
@given(drawn=problems(requests=6, slots=12), seed=st.integers(0, 2**32))
@pytest.mark.timeout(900)
def test_every_alternative_keeps_the_rules_and_is_under_one_bound(drawn: Problem, seed: int) -> None:
    now = after(drawn, drawn_change(seed, drawn))
    try:
        found = replan(now, params=params())
    except ProblemRefused:
        reject()
    for answer in found.answers:
        assert verdict(now, answer.plan) == set()
        assert found.least <= answer.disturbance.people
        assert answer.plan.score <= answer.plan.bound + 1e-6
    repair, balanced, _ = found.answers
    assert balanced.plan.score >= repair.plan.score


@settings(max_examples=60)
@given(drawn=problems(requests=8, slots=14, without=("households", "pins", "second places", "products")))
@pytest.mark.timeout(900)
def test_a_begun_vaccination_is_dropped_only_where_no_other_promise_is_left_to_give_way(
    drawn: Problem,
) -> None:
    """Whoever has begun and is dropped could not be saved by dropping somebody who has not begun."""
    now = after(drawn, CutDelivery(Which(), 0.5))
    found = repaired(now, params())
    begun = now.requests.first_product != NONE
    out = np.flatnonzero(
        begun & (found.schedule == NONE) & np.isin(np.arange(len(begun)), now.promised.request)
    )
    fresh = np.flatnonzero(~begun & (found.schedule != NONE))
    for request in out.tolist():
        p = now.promised
        row = int(np.flatnonzero((p.request == request) & (p.dose == 2))[0])
        for other in fresh.tolist():
            schedule, first, second = (
                c.copy() for c in (found.schedule, found.first_slot, found.second_slot)
            )
            at = _slot(now, row)
            if at == NONE:
                continue
            schedule[other] = first[other] = second[other] = NONE
            schedule[request], second[request] = _schedule_of(now, request), at
            swapped = replace(found, schedule=schedule, first_slot=first, second_slot=second)
            assert verdict(now, swapped) - {"score", "bound"}, (request, other)


def _slot(of: Problem, row: int) -> int:
    p, z = of.promised, of.slots
    rows = np.flatnonzero((z.centre == p.centre[row]) & (z.day == p.day[row]) & (z.minute == p.minute[row]))
    return int(rows[0]) if len(rows) else NONE


def _schedule_of(of: Problem, request: int) -> int:
    rows = np.flatnonzero(
        (of.schedules.first_product == of.requests.first_product[request])
        & (of.schedules.second_product == of.requests.first_product[request])
    )
    return int(rows[0])
