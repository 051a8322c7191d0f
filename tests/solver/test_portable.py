"""Problems and plans that travel as bytes: they arrive as they left, and nothing else is taken for one."""

import io
import json
import zipfile
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from solver.contract import Plan, PlanPrices, PlanStatus, Problem, ProblemRefused
from solver.portable import (
    NotPortable,
    plan_from_bytes,
    plan_to_bytes,
    problem_from_bytes,
    problem_to_bytes,
)
from solver.solve import baseline
from tests.solver.drawing import problems
from tests.solver.instances import by_hand, lot, params, problem, promise, slot


def assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    for column in fields(one):
        mine, theirs = getattr(one, column.name), getattr(other, column.name)
        if is_dataclass(mine):
            assert_same(mine, theirs)
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert not theirs.flags.writeable
            np.testing.assert_array_equal(mine, theirs)
        else:
            assert mine == theirs, column.name


SOME = problem(requests=[{}], slots=[slot(0), slot(21)], lots=[lot(2)], promised=[promise(0, 1, 0)])
PLAN = by_hand(SOME, [(0, 0, 1)])


@settings(max_examples=60)
@given(drawn=problems(requests=6, slots=12))
def test_problems_and_plans_arrive_as_they_left(drawn: Problem) -> None:
    assert_same(drawn, problem_from_bytes(problem_to_bytes(drawn)))
    try:
        made = baseline(drawn, params())
    except ProblemRefused:
        return
    assert_same(made, plan_from_bytes(plan_to_bytes(made)))


def test_a_plan_travels_with_prices_notes_and_an_endless_bound() -> None:
    prices = PlanPrices(np.ones((1, 84, 8)), np.full((1, 1, 84), 0.5))
    made = replace(PLAN, prices=prices, notes=("a word",), seconds={"total": 1.5}, status=PlanStatus.FALLBACK)
    assert_same(made, plan_from_bytes(plan_to_bytes(made)))


def test_a_lottery_seed_of_any_size_travels() -> None:
    of = replace(SOME, policy=replace(SOME.policy, lottery=2**80))
    assert problem_from_bytes(problem_to_bytes(of)).policy.lottery == 2**80


def test_equal_problems_are_equal_bytes() -> None:
    assert problem_to_bytes(SOME) == problem_to_bytes(problem_from_bytes(problem_to_bytes(SOME)))


def repacked(packed: bytes, **changed: Any) -> bytes:
    """The same file with some entries replaced, or without those that are None."""
    with np.load(io.BytesIO(packed)) as file:
        arrays = {name: file[name] for name in file.files} | changed
    into = io.BytesIO()
    np.savez(into, **{name: array for name, array in arrays.items() if array is not None})
    return into.getvalue()


def head(packed: bytes, **changed: Any) -> Any:
    with np.load(io.BytesIO(packed)) as file:
        told = json.loads(file["head"].tobytes())
    return np.frombuffer(json.dumps(told | changed).encode(), dtype=np.uint8)


def picked() -> bytes:
    into = io.BytesIO()
    np.savez(into, head=np.array([{"a": 1}], dtype=object))
    return into.getvalue()


def zipped() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        file.writestr("readme.txt", "nothing")
    return into.getvalue()


WHOLE = problem_to_bytes(SOME)
TOLD = json.loads(head(WHOLE).tobytes())["told"]
FOREIGN = {
    "nothing": b"",
    "text": b"request,household\n1,2\n",
    "zip": zipped(),
    "pickle": picked(),
    "cut short": WHOLE[: len(WHOLE) // 2],
    "damaged": WHOLE[:300] + b"\0" * 40 + WHOLE[340:],
    "plan": plan_to_bytes(PLAN),
    "later version": repacked(WHOLE, head=head(WHOLE, version=2)),
    "a column too few": repacked(WHOLE, **{"requests.age": None}),
    "a column too many": repacked(WHOLE, **{"requests.name": np.zeros(1)}),
    "a short column": repacked(WHOLE, **{"requests.age": np.zeros(0, dtype=np.int64)}),
    "a table in a column": repacked(WHOLE, **{"requests.age": np.zeros((1, 1), dtype=np.int64)}),
    "words for numbers": repacked(WHOLE, **{"requests.age": np.array(["fifty"])}),
    "fractions for numbers": repacked(WHOLE, **{"requests.age": np.array([50.5])}),
    "no days": repacked(WHOLE, head=head(WHOLE, told={**TOLD, "policy.days": "many"})),
    "days that are true": repacked(WHOLE, head=head(WHOLE, told={**TOLD, "policy.days": True})),
    "a list for a head": repacked(WHOLE, head=np.frombuffer(b"[1]", dtype=np.uint8)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_problem_is_refused(name: str) -> None:
    with pytest.raises(NotPortable):
        problem_from_bytes(FOREIGN[name])


def test_what_is_no_plan_is_refused() -> None:
    packed = plan_to_bytes(PLAN)
    told = json.loads(head(packed).tobytes())["told"]
    for wrong in ({"status": "perfect"}, {"score": "high"}, {"terms": {"reward": "much"}}, {"notes": [1]}):
        with pytest.raises(NotPortable):
            plan_from_bytes(repacked(packed, head=head(packed, told=told | wrong)))
    with pytest.raises(NotPortable, match="Problem of version 1, where Plan"):
        plan_from_bytes(WHOLE)


def test_every_column_of_the_contract_travels() -> None:
    """A column that is new in the contract needs no word here."""
    names = {column.name for column in fields(Plan)} - {"prices"}
    assert names == {name.partition(".")[0] for name in _entries(plan_to_bytes(PLAN))} - {"prices"}


def _entries(packed: bytes) -> set[str]:
    with np.load(io.BytesIO(packed)) as file:
        told = json.loads(file["head"].tobytes())["told"]
        return set(file.files) - {"head"} | set(told)
