"""Campaigns for planners: repeatable, sound, scarce, and with everything that makes planning hard."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from seeds.campaign.folder import Size, write_campaign
from seeds.campaign.network import usual_centres
from solver.contract import ALWAYS, NONE, Ints, Problem
from solver.faults import validated
from solver.files.folder import Keys, read_problem

REQUESTS, SEED = 20_000, 5


@dataclass(frozen=True)
class Campaign:
    problem: Problem
    keys: Keys


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(folder, Size(REQUESTS), SEED)
    return Campaign(*read_problem(folder))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def seats_of_day(problem: Problem) -> Ints:
    return np.bincount(problem.slots.day, problem.slots.seats, problem.policy.days).astype(np.int64)


def test_the_same_arguments_write_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        write_campaign(tmp_path / name, Size(300), seed)

    assert files(tmp_path / "one") == files(tmp_path / "again")
    assert files(tmp_path / "one") != files(tmp_path / "other")


def test_the_planner_finds_no_fault_in_it(campaign: Campaign) -> None:
    assert validated(campaign.problem) is campaign.problem
    assert len(campaign.problem.requests) == REQUESTS
    assert len(campaign.problem.centres) == 4


@pytest.mark.parametrize("days", [1, 30, 120])
def test_centres_horizon_and_start_are_as_asked(days: int, tmp_path: Path) -> None:
    write_campaign(tmp_path, Size(200, centres=7, days=days, start=date(2027, 3, 3)), SEED)

    problem, keys = read_problem(tmp_path)

    validated(problem)
    assert (len(problem.centres), problem.policy.days, keys.start) == (7, days, date(2027, 3, 3))
    assert problem.slots.day.max() < days


@pytest.mark.parametrize(("requests", "centres"), [(2000, 4), (100_000, 4), (200_000, 30), (1_000_000, 150)])
def test_large_campaigns_have_more_centres(requests: int, centres: int) -> None:
    assert usual_centres(requests) == centres


def test_a_campaign_may_have_more_centres_than_the_region_has_by_itself(tmp_path: Path) -> None:
    write_campaign(tmp_path, Size(500, centres=160), SEED)

    assert len(read_problem(tmp_path)[0].centres) == 160


def test_doses_are_short_and_seats_are_not(campaign: Campaign) -> None:
    problem = campaign.problem
    doses = problem.lots.doses.sum()

    assert 1.30 < doses / REQUESTS < 1.38
    assert 1.5 < problem.slots.seats.sum() / doses < 2.0
    assert (problem.lots.doses % problem.products.doses_per_vial[problem.lots.product] == 0).all()
    assert set(problem.lots.product) == {0, 1, 2, 3}
    assert (seats_of_day(problem) > 0).sum() >= 70


def test_the_interval_changes_twice_and_each_rule_can_be_followed_within_the_horizon(
    campaign: Campaign,
) -> None:
    days, schedules = campaign.problem.policy.days, campaign.problem.schedules
    begins = np.maximum(schedules.valid_from, 0)
    alive = (schedules.second_product == schedules.first_product) & (begins + schedules.min_days < days)

    assert {"COM-long", "COM-wide", "COM-free"} <= {
        campaign.keys.schedules[row] for row in np.flatnonzero(alive)
    }
    assert {int(row) for row in schedules.valid_from if 0 < row < days} >= {2, 28, 45}


def test_people_ask_for_everything_that_the_format_knows(campaign: Campaign) -> None:
    q = campaign.problem.requests
    together = q.household[q.household != NONE]
    sizes = np.unique(np.unique(together, return_counts=True)[1])

    assert 0.24 < len(together) / REQUESTS < 0.3
    assert sizes.min() == 2 and 4 <= sizes.max() <= 6
    assert 0.06 < (q.first_product != NONE).mean() < 0.12
    assert set(q.priority) == set(range(1, 10))
    assert 0.1 < (q.availability == ALWAYS).mean() < 0.25
    assert len(np.unique(q.availability)) > 200
    for some in (q.wheelchair, q.earliest > 0, ~np.isnan(q.second_lat), np.diff(q.unavailable_at) > 0):
        assert 0 < some.mean() < 0.2


def test_vectors_are_for_the_older_and_the_young_who_had_one_get_another_second_dose(
    campaign: Campaign,
) -> None:
    q, schedules = campaign.problem.requests, campaign.problem.schedules
    vector = campaign.keys.products.index("VAX")
    asks = q.first_product == NONE
    young_with_vector = (q.first_product == vector) & (q.age < 55)
    mixed = (schedules.first_product == vector) & (schedules.second_product != vector)

    assert (q.age[asks & (q.products >> vector & 1 == 1)] >= 55).all()
    assert young_with_vector.any()
    assert (q.first_day[young_with_vector] <= schedules.valid_to[mixed].max()).all()
