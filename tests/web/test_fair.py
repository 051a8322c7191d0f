"""The public pages about how places are given, and one's own place."""

import csv
import io
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from solver.contract import NearestChange
from tests.web.asking import fill
from tests.web.region import Region, make_region
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import RunStatus
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.requests import Request
from vaccination.services.planning.runs import RequestPlan, discard_plan, request_plan
from vaccination.services.region.seeds_published import promise_missing_seeds
from vaccination.settings import Settings
from web import queue
from web.app import create_app
from web.jobs import fairness
from web.jobs import settings as job_settings
from web.public.reasons import could_change


@pytest.fixture
def region(lite_app: Flask, redis_url: str) -> Iterator[Region]:
    queue.bind(redis_url)
    yield make_region()
    queue.unbind()


@pytest.fixture
def visitor(lite_app: Flask, region: Region) -> Visitor:
    return Visitor(lite_app.test_client())


@pytest.fixture
def worker(settings: Settings) -> Iterator[Settings]:
    job_settings.use(settings)
    yield settings
    job_settings.use(None)


def plan_and_discard(region: Region) -> None:
    with transaction() as session:
        command = RequestPlan(region.programme_id, now().date(), days=60, seconds=5)
        run_id = request_plan(session, command, now=now())
    with transaction() as session:
        discard_plan(session, run_id, now=now())


@pytest.mark.parametrize("page", ["/fair", "/fair/draws", "/fair/odds", "/fair/draws.csv", "/fair/odds.csv"])
def test_the_pages_stand_without_a_programme(lite_app: Flask, page: str) -> None:
    assert lite_app.test_client().get(page).status_code == 200


def test_the_rule_is_told_in_plain_words(visitor: Visitor) -> None:
    visitor.open("/fair")
    words = visitor.text.replace("\u00a0", " ")
    assert "75 ans et plus" in words and "sur déclaration de la personne" in words
    assert "Seconde dose 21 à 49 jours après la première, au mieux après 28 jours" in words
    assert "2 h 30" in words


def test_whoever_kept_the_seal_can_check_the_draw_with_the_command_shown(
    visitor: Visitor, region: Region
) -> None:
    """The command of the page is run as a citizen would: in a shell, with what the page says."""
    with transaction() as session:
        promise_missing_seeds(session)
    seal = re.search(r"<code>([0-9a-f]{64})</code>", visitor.open("/fair/draws").text)
    assert seal is not None
    plan_and_discard(region)
    visitor.open("/fair/draws")
    command = re.search(r"<code>(printf .* \| sha256sum)</code>", visitor.text)
    assert command is not None
    printed = subprocess.run(  # noqa: S602
        command[1], shell=True, check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    ).stdout
    assert printed.split()[0] == seal[1]


def test_the_file_of_draws_tells_a_seed_only_once_the_run_is_over(visitor: Visitor, region: Region) -> None:
    plan_and_discard(region)
    with transaction() as session:
        command = RequestPlan(region.programme_id, now().date(), days=60, seconds=5)
        request_plan(session, command, now=now())
    table = csv.DictReader(io.StringIO(visitor.open("/fair/draws.csv").text.lstrip("\ufeff")))
    live, over = list(table)
    assert (live["status"], live["seed"], live["salt"]) == ("queued", "", "")
    assert over["status"] == "discarded" and over["seed"].isdigit() and len(live["digest"]) == 64


def test_odds_come_from_what_the_job_counted(
    visitor: Visitor, worker: Settings, sqlite_url: str, tmp_path: Path
) -> None:
    assert "une fois par heure" in visitor.open("/fair/odds").text
    for n in range(12):
        asker = Visitor(visitor.client.application.test_client())
        name = {"name": {"given_name": "Léa", "family_name": f"Durand{'abcdefghijkl'[n]}"}}
        fill(asker, **name)
        asker.send("/request/check")
    fairness.count_odds()
    visitor.open("/fair/odds")
    assert "Sur ce site" in visitor.text and "75+" in visitor.text
    assert "commune,Orléans,12,0" in visitor.open("/fair/odds.csv").text
    other = create_app(replace(worker, files_dir=tmp_path / "elsewhere"), testing=True)
    assert "une fois par heure" in Visitor(other.test_client()).open("/fair/odds").get_data(as_text=True)


def test_my_place_says_why_not_and_what_i_could_change(visitor: Visitor, region: Region) -> None:
    fill(visitor)
    visitor.send("/request/check")
    visitor.open("/appointments/mine/place")
    assert "aucun planning n’a été fait depuis votre demande" in visitor.text
    with transaction() as session:
        moment = now()
        run = PlanRun(
            programme_id=region.programme_id, status=RunStatus.APPLIED, asked_at=moment, finished_at=moment,
            starts_on=moment.date(), days=84, lottery_seed=1, time_limit_s=10,
        )  # fmt: skip
        session.add(run)
        session.flush()
        request_id = session.scalars(select(Request.id)).one()
        session.add(
            Unplanned(
                plan_run_id=run.id,
                request_id=request_id,
                reason="out_of_seats",
                change="farther",
                amount=41.2,
            )
        )
    for page in ("/appointments/mine/place", "/appointments/mine"):
        visitor.open(page)
        assert "si vous aviez pu faire 42 km" in visitor.text.replace("\u00a0", " ")


def test_who_has_shown_no_reference_is_asked_for_it(visitor: Visitor) -> None:
    visitor.open("/appointments/mine/place")
    assert visitor.path == "/appointments"


def test_every_change_that_the_planner_names_has_its_words(lite_app: Flask) -> None:
    with lite_app.test_request_context():
        without = [change for change in NearestChange if not could_change(change.name.lower(), 3.0)]
    assert without == [NearestChange.NONE]
