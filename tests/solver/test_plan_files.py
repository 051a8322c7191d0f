"""A plan's files: each row where it belongs, whatever the names, and read back as it was."""

import csv
import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from solver.contract import NONE, NearestChange, Plan, PlanPrices, PlanStatus, Problem, WhyUnplanned
from solver.files.folder import Keys
from solver.files.folder_out import plan_of_folder, read_plan, write_plan
from solver.files.reasons import CHANGES, SENTENCES
from tests.solver.instances import NOTHING, SINGLE_DOSE, by_hand, lot, problem, slot

START = date(2021, 5, 10)


def world() -> Problem:
    """Three people, a pair and a single-dose schedule, two centres."""
    return problem(
        requests=[{}, {"first_product": 0, "first_day": -1}, {}],
        slots=[slot(0), slot(28, 17 * 60 + 5), slot(0, centre=1)],
        lots=[lot(3), lot(1, centre=1, product=1)],
        schedules=[{}, {"first_product": 1, **SINGLE_DOSE}],
        centres=[(0.0, 0.0, True), (0.0, 0.01, True)],
        vials=(1, 1),
    )


def names(**other: list[str]) -> Keys:
    plain = {
        "products": ["P", "Q"],
        "schedules": ["pair", "single"],
        "centres": ["A", "B"],
        "requests": ["r0", "r1", "r2"],
    }
    return Keys(START, **(plain | other), centre_names=["", ""], lots=["", ""], promised=[])


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def plan(of: Problem, schedule: list[int], first: list[int], second: list[int]) -> Plan:
    return by_hand(of, list(zip(schedule, first, second, strict=True)))


def made() -> Plan:
    return by_hand(world(), [(0, 0, 1), (0, NONE, 1), (1, 2, NONE)])


def test_one_row_a_dose_by_request_then_dose(tmp_path: Path) -> None:
    write_plan(tmp_path, world(), names(), made())
    assert (tmp_path / "plan.csv").read_text().split("\n") == [
        "request,dose,centre,product,schedule,date,start",
        "r0,1,A,P,pair,2021-05-10,09:00",
        "r0,2,A,P,pair,2021-06-07,17:05",
        "r1,2,A,P,pair,2021-06-07,17:05",
        "r2,1,B,Q,single,2021-05-10,09:00",
        "",
    ]


def test_names_that_need_quotes_come_back(tmp_path: Path) -> None:
    keys = names(
        requests=["r,0", 'r"1"', "r\n2"],
        centres=["A,B", 'B "the 2nd"'],
        products=["P,", "Q\n"],
        schedules=[",", '"'],
    )
    write_plan(tmp_path, world(), keys, made())
    assert [row["request"] for row in rows(tmp_path / "plan.csv")] == ["r,0", "r,0", 'r"1"', "r\n2"]
    back = read_plan(tmp_path, world(), keys)
    for column, was in zip(back, (made().schedule, made().first_slot, made().second_slot), strict=True):
        assert column.tolist() == was.tolist()


def test_each_reason_has_a_sentence(tmp_path: Path) -> None:
    assert set(SENTENCES) == set(WhyUnplanned) - {WhyUnplanned.PLANNED}
    n = len(SENTENCES)
    of = problem(requests=[{}] * n)
    left_out = replace(by_hand(of, [NOTHING] * n), why_unplanned=np.array([*SENTENCES]))
    write_plan(tmp_path, of, names(requests=[f"r{i}" for i in range(n)]), left_out)
    told = rows(tmp_path / "unplanned.csv")
    assert [row["request"] for row in told] == [f"r{i}" for i in range(n)]
    assert [row["code"] for row in told] == [reason.name.lower() for reason in SENTENCES]
    assert [row["sentence"] for row in told] == list(SENTENCES.values())
    counted = json.loads((tmp_path / "summary.json").read_text())["why_unplanned"]
    assert counted == {reason.name.lower(): 1 for reason in SENTENCES}


def test_each_change_is_told_with_its_amount(tmp_path: Path) -> None:
    assert set(CHANGES) == set(NearestChange) - {NearestChange.NONE}
    n = len(NearestChange)
    of = problem(requests=[{}] * n)
    none = [NONE] * n
    why, change = np.full(n, WhyUnplanned.OUT_OF_SEATS), np.array([*NearestChange])
    amounts = np.where(change == NearestChange.FARTHER, 12.301, 2.0)
    told_of = {"why_unplanned": why, "nearest_change": change, "nearest_amount": amounts}
    left_out = replace(plan(of, none, none, none), **told_of)
    write_plan(tmp_path, of, names(requests=[f"r{i}" for i in range(n)]), left_out)
    told = rows(tmp_path / "unplanned.csv")
    assert [row["change"] for row in told] == ["", *(change.name.lower() for change in CHANGES)]
    assert [row["amount"] for row in told] == ["", "2", "2", "2", "2.0", "12.4", "2", "", "2", "2", "2", ""]
    seats = SENTENCES[WhyUnplanned.OUT_OF_SEATS]
    assert told[0]["sentence"] == seats
    assert told[5]["sentence"] == f"{seats} Travelling 12.4 km would have helped."
    assert not any("{" in row["sentence"] for row in told)


def test_prices_are_written_where_there_are_any(tmp_path: Path) -> None:
    seats, doses = np.zeros((2, 84, 8)), np.zeros((2, 2, 84))
    seats[1, 3, 0b101], seats[0, 0, 0b010], seats[0, 1, 1] = 12.5, 1 / 3, 1e-9
    doses[0, 1, 28] = 1600
    write_plan(tmp_path, world(), names(), replace(made(), prices=PlanPrices(seats, doses)))
    assert (tmp_path / "prices.csv").read_text().split("\n") == [
        "kind,centre,product,date,bands,price",
        "seat,A,,2021-05-10,afternoon,0.333333",
        "seat,B,,2021-05-13,morning|evening,12.5",
        "dose,A,Q,2021-06-07,,1600",
        "",
    ]


def test_a_plan_without_prices_leaves_none_of_another_behind(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("of another plan")
    write_plan(tmp_path, world(), names(), made())
    assert not (tmp_path / "prices.csv").exists()


def test_a_bound_that_is_not_known_is_null(tmp_path: Path) -> None:
    """JSON has no infinity, and other programs cannot read one."""
    write_plan(tmp_path, world(), names(), made())
    summary = json.loads((tmp_path / "summary.json").read_text(), parse_constant=lambda text: 1 / 0)
    assert summary["bound"] is summary["gap"] is None
    assert plan_of_folder(tmp_path, world(), names()).bound == math.inf


def test_the_caller_is_asked_last(tmp_path: Path) -> None:
    def run() -> dict[str, float]:
        assert (tmp_path / "plan.csv").exists() and not (tmp_path / "summary.json").exists()
        return {"seconds": 3.0}

    write_plan(tmp_path, world(), names(), replace(made(), status=PlanStatus.FALLBACK), run)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert (summary["seconds"], summary["status"], summary["fallback"]) == (3.0, "feasible", True)


def test_an_empty_plan_is_a_plan(tmp_path: Path) -> None:
    write_plan(tmp_path, world(), names(), by_hand(world(), [NOTHING] * 3))
    assert rows(tmp_path / "plan.csv") == rows(tmp_path / "unplanned.csv") == []
    assert plan_of_folder(tmp_path, world(), names()).schedule.tolist() == [NONE] * 3
