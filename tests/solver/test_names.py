"""Names are names: a folder with other ids gets the same plan under those ids."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from solver.contract import NONE, Problem
from solver.files.folder import read_problem
from solver.files.folder_export import write_problem
from solver.files.folder_out import write_plan
from tests.solver.drawing import FEATURES, Size, drawn_problem
from tests.solver.folders import keys_of
from tests.solver.verdict import Planner

IDS = {"schedule", "first_product", "second_product", "product", "centre", "lot", "request", "household"}
LISTS = {"products"}
SEEDS = (1, 4, 8, 15, 16, 23)


def town(seed: int) -> Problem:
    of = drawn_problem(seed, Size(8, 14), frozenset(FEATURES) - {"pins", "expiry"})
    return replace(of, slots=replace(of.slots, seats=np.full(len(of.slots), 3)))


def other(name: str) -> str:
    """Another id, which also sorts the other way round."""
    return f"z{999 - int(name[1:])}, {name[0]}é" if name[1:].isdigit() else name[::-1]


def rename(path: Path) -> None:
    """Every id in one CSV file."""
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
        head = list(rows[0]) if rows else []
    for row in rows:
        for column in IDS & row.keys():
            row[column] = other(row[column]) if row[column] else ""
        for column in LISTS & row.keys():
            row[column] = "|".join(other(name) for name in row[column].split("|") if name)
    if rows:
        with open(path, "w", newline="", encoding="utf-8") as stream:
            out = csv.DictWriter(stream, head)
            out.writeheader()
            out.writerows(rows)


def planned(planner: Planner, folder: Path) -> tuple[list[dict[str, str]], dict[str, float]]:
    of, keys = read_problem(folder)
    write_plan(folder / "plan", of, keys, planner(of))
    with open(folder / "plan" / "plan.csv", newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return rows, json.loads((folder / "plan" / "summary.json").read_text())


@pytest.mark.parametrize("seed", SEEDS)
def test_other_ids_give_the_same_plan(planner: Planner, tmp_path: Path, seed: int) -> None:
    of = town(seed)
    for name in ("plain", "renamed"):
        write_problem(tmp_path / name, of, keys_of(of))
    for path in (tmp_path / "renamed").glob("*.csv"):
        rename(path)
    plain, told = planned(planner, tmp_path / "plain")
    renamed, told_again = planned(planner, tmp_path / "renamed")
    for row in plain:
        row.update({column: other(row[column]) for column in IDS & row.keys()})
    assert renamed == plain
    for key in ("status", "score", "bound", "terms", "why_unplanned"):
        assert told_again[key] == told[key]
    assert plain or told["planned"] == 0


def test_the_folders_plan_somebody(planner: Planner) -> None:
    many = [int((planner(town(seed)).schedule != NONE).sum()) for seed in SEEDS]
    assert sum(many) > len(SEEDS)
