"""The plans' pages: start, watch, read, apply, discard; folders taken away and plans brought back."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from solver.contract import NearestChange, WhyUnplanned
from tests.builders import make_request
from tests.web.agency_region import Region, day_fields, make_region, send
from tests.web.staff import client_of
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.planning import RunStatus
from vaccination.models.appointments import Appointment
from vaccination.models.planning import PlanRun, Proposal, Unplanned
from vaccination.models.programmes import Programme
from vaccination.models.stock import Lot
from vaccination.services.planning.runs import claim_run, fail_run, note_progress
from vaccination.settings import Settings
from web import queue
from web.jobs import planning as planning_jobs
from web.jobs import settings as job_settings
from web.planning.words import REASONS, nearest_change

PLANS = "/agency/plans"


@pytest.fixture
def region(database: str) -> Region:
    return make_region(requests=14, doses=24)


@pytest.fixture
def agency(app: Flask, settings: Settings, database: str, redis_url: str) -> Iterator[FlaskClient]:
    """The agency's browser, with a worker's settings bound and a queue to ring."""
    queue.bind(redis_url)
    job_settings.use(replace(settings, database_url=database, redis_url=redis_url))
    yield client_of(app, Role.AGENCY)
    job_settings.use(None)


def start(client: FlaskClient, region: Region, **fields: str) -> int:
    """Ask for a plan from the first day of slots on; returns the run's id."""
    form = {"days": "40", "seconds": "5", "then": "review", **day_fields("starts_on", region.first_day)}
    answer = send(client, f"{PLANS}/new", f"{PLANS}/new", **{**form, **fields})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def status(run_id: int) -> RunStatus:
    with transaction() as session:
        return session.get_one(PlanRun, run_id).status


def count(kind: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_plan_is_started_watched_read_and_applied(region: Region, agency: FlaskClient) -> None:
    run_id = start(agency, region)
    page = f"{PLANS}/{run_id}"
    waiting = agency.get(page).text
    assert "live_plan.js" in waiting and '<noscript><meta http-equiv="refresh"' in waiting
    assert agency.get(f"{page}/progress").json["is_live"] is True
    planning_jobs.run_plan(run_id)
    done = agency.get(f"{page}/progress").json
    assert (done["status"], done["is_live"]) == ("proposed", False)
    result = agency.get(page).text
    # 24 doses are 12 pairs; two people are left out for want of doses
    assert "live_plan.js" not in result and f"{page}/apply" in result
    assert f"{page}/left-out?reason=out_of_" in result or f"{page}/left-out?reason=lower_priority" in result
    assert count(Appointment) == 0
    assert send(agency, f"{page}/apply", page).status_code == 303
    assert status(run_id) is RunStatus.APPLYING
    planning_jobs.apply_plan(run_id)
    assert (status(run_id), count(Appointment)) == (RunStatus.APPLIED, 24)
    assert "12" in agency.get(page).text
    assert send(agency, f"{page}/apply", PLANS).status_code == 409


def test_who_is_left_out_is_listed_by_reference(region: Region, agency: FlaskClient) -> None:
    run_id = start(agency, region)
    planning_jobs.run_plan(run_id)
    with transaction() as session:
        left = session.scalars(select(Unplanned)).all()
        reason = left[0].reason
    assert len(left) == 2
    text = agency.get(f"{PLANS}/{run_id}/left-out").text
    assert text.count("<code>REF") == 2 and "Martin" not in text
    assert agency.get(f"{PLANS}/{run_id}/left-out?reason={reason}").text.count("<code>REF") >= 1
    assert agency.get(f"{PLANS}/{run_id}/left-out?reason=nonsense").text.count("<code>REF") == 0


def test_who_is_left_out_is_listed_with_what_would_have_helped(region: Region, agency: FlaskClient) -> None:
    run_id = start(agency, region)
    planning_jobs.run_plan(run_id)
    with transaction() as session:
        first, second = session.scalars(select(Unplanned)).all()
        first.change, first.amount, second.change, second.amount = "farther", 11.4, "", 0.0
    assert agency.get(f"{PLANS}/{run_id}/left-out").text.count("12\u00a0km") == 1


def test_every_reason_and_change_has_words(app: Flask) -> None:
    with app.test_request_context():
        told = {change: nearest_change(change.name.lower(), 2.0) for change in NearestChange}
    assert [change for change, words in told.items() if not words] == [NearestChange.NONE]
    assert {why.name.lower() for why in WhyUnplanned} - {"planned"} <= set(REASONS)


def test_one_plan_at_a_time_and_one_may_be_called_off(region: Region, agency: FlaskClient) -> None:
    run_id = start(agency, region)
    form = {"days": "40", "seconds": "5", "then": "review", **day_fields("starts_on", region.first_day)}
    assert send(agency, f"{PLANS}/new", f"{PLANS}/new", **form).status_code == 409
    assert send(agency, f"{PLANS}/{run_id}/discard", f"{PLANS}/{run_id}").status_code == 303
    assert status(run_id) is RunStatus.DISCARDED
    planning_jobs.run_plan(run_id)
    assert status(run_id) is RunStatus.DISCARDED


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "401"}, "days"),
        ({"seconds": "3601"}, "seconds"),
        ({"then": ""}, "then"),
        ({"starts_on_year": "2020"}, "starts_on"),
        ({"starts_on_month": "13"}, "starts_on"),
    ],
)
def test_a_wrong_form_says_which_field(
    region: Region, agency: FlaskClient, wrong: dict[str, str], field: str
) -> None:
    form = {"days": "40", "seconds": "5", "then": "review", **day_fields("starts_on", region.first_day)}
    answer = send(agency, f"{PLANS}/new", f"{PLANS}/new", **{**form, **wrong})
    assert answer.status_code == 400 and f'href="#{field}"' in answer.text
    assert count(PlanRun) == 0


def test_the_live_page_shows_the_curve_and_failures_their_sentence(
    region: Region, agency: FlaskClient
) -> None:
    run_id = start(agency, region)
    with transaction() as session:
        claim = claim_run(session, run_id, now=now())
        assert claim is not None
        points = [(1.0, "prepare", -float("inf"), float("inf")), (2.0, "baseline", 900.0, 1200.0)]
        note_progress(session, claim, points, now=now())
    live = agency.get(f"{PLANS}/{run_id}/progress").json
    assert 'class="plot"' in live["piece"] and "<progress" in live["piece"]
    assert agency.get(f"{PLANS}/{run_id}/progress?seen={live['version']}").json["piece"] is None
    with transaction() as session:
        fail_run(session, claim, "planner_error: MemoryError", now=now())
    assert 'class="notice bad"' in agency.get(f"{PLANS}/{run_id}").text


def test_an_unknown_plan_is_not_found(region: Region, agency: FlaskClient) -> None:
    for path in ("7", "7/progress", "7/left-out", "7/folder.zip"):
        assert agency.get(f"{PLANS}/{path}").status_code == 404


def names_in(content: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return set(archive.namelist())


def changed(content: bytes, **texts: str | None) -> bytes:
    """The zip with some files replaced (`plan_csv="…"`) or, with None, left out."""
    new = io.BytesIO()
    named = {name.replace("_", "."): text for name, text in texts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as archive:
        for name in old.namelist():
            if name not in named:
                archive.writestr(name, old.read(name))
        for name, text in named.items():
            if text is not None:
                archive.writestr(name, text)
    return new.getvalue()


def bring(client: FlaskClient, content: bytes, then: str = "keep") -> tuple[int, str]:
    """Send a folder; the status, and where it leads or what the page says."""
    file = (io.BytesIO(content), "folder.zip")
    answer = send(client, f"{PLANS}/import", f"{PLANS}/import", file=file, then=then)
    return answer.status_code, answer.location or answer.text


@pytest.fixture
def folder(region: Region, agency: FlaskClient) -> bytes:
    """Problem and plan of a discarded run, as its page gives them away."""
    run_id = start(agency, region)
    planning_jobs.run_plan(run_id)
    content = agency.get(f"{PLANS}/{run_id}/folder.zip").data
    assert send(agency, f"{PLANS}/{run_id}/discard", f"{PLANS}/{run_id}").status_code == 303
    return content


def test_the_problem_is_given_away_without_anything_personal(region: Region, agency: FlaskClient) -> None:
    content = agency.get(f"{PLANS}/folder.zip").data
    assert {"requests.csv", "sessions.csv", "stock.csv", "policy.json"} <= names_in(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("requests.csv").decode()
    assert text.count("\n") == 15 and "REF" not in text and "Martin" not in text


def test_a_plan_brought_back_is_judged_and_kept_for_review(agency: FlaskClient, folder: bytes) -> None:
    assert bring(agency, folder, "check")[0] == 303
    assert count(PlanRun) == 1
    code, place = bring(agency, folder)
    run_id = int(place.rsplit("/", 1)[1])
    assert (code, status(run_id)) == (303, RunStatus.PROPOSED)
    with transaction() as session:
        kept = session.get_one(PlanRun, run_id).summary
        doses = session.scalar(select(func.count()).where(Proposal.plan_run_id == run_id))
    assert (kept["planned"], kept["bound"], kept["why"], doses) == (12, None, {"not_in_the_file": 2}, 24)
    assert f"{PLANS}/{run_id}/apply" in agency.get(f"{PLANS}/{run_id}").text
    assert send(agency, f"{PLANS}/{run_id}/apply", f"{PLANS}/{run_id}").status_code == 303
    planning_jobs.apply_plan(run_id)
    assert (status(run_id), count(Appointment)) == (RunStatus.APPLIED, 24)


def test_a_folder_that_is_none_is_refused_with_its_faults(agency: FlaskClient, folder: bytes) -> None:
    runs = count(PlanRun)
    with zipfile.ZipFile(io.BytesIO(folder)) as archive:
        plan = archive.read("plan.csv").decode()
        stock = archive.read("stock.csv").decode()
    cases = {
        b"": [("–", "–", "–")],
        b"PK\x03\x04 no zip": [("–", "–", "–")],
        changed(folder, plan_csv=None, stock_csv=None): [("plan.csv", "–", "–"), ("stock.csv", "–", "–")],
        changed(folder, stock_csv=stock.replace(",24,", ",many,")): [("stock.csv", "2", "doses")],
        changed(folder, plan_csv=plan.replace(",PAIR,", ",TRIO,", 1)): [("plan.csv", "2", "schedule")],
        changed(folder, plan_csv=plan + "R999999,1,ORL,CMN,PAIR,2027-05-03,09:00\n"): [
            ("plan.csv", "26", "request")
        ],
    }
    for content, expected in cases.items():
        code, text = bring(agency, content)
        rows = re.findall(
            r"<tr><td><code>([^<]*)</code></td><td class=\"number\">([^<]*)</td><td>(.*?)</td>", text
        )
        found = [(file, line, re.sub("<[^>]+>", "", column)) for file, line, column in rows]
        assert code == 400
        assert sorted(set(found) & set(expected)) == sorted(expected), (found, expected)
    assert count(PlanRun) == runs


def test_a_plan_that_breaks_a_rule_of_today_is_not_kept(agency: FlaskClient, folder: bytes) -> None:
    with transaction() as session:
        session.scalars(select(Lot)).one().is_quarantined = True
    code, text = bring(agency, folder)
    assert code == 400 and 'class="notice bad"' in text
    assert count(PlanRun) == 1


def test_half_a_pair_is_not_kept(agency: FlaskClient, folder: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(folder)) as archive:
        lines = archive.read("plan.csv").decode().splitlines()
    code, _ = bring(agency, changed(folder, plan_csv="\n".join(lines[:-1]) + "\n"))
    assert (code, count(PlanRun)) == (400, 1)


def test_people_who_asked_since_are_left_out_and_said_so(
    region: Region, agency: FlaskClient, folder: bytes
) -> None:
    with transaction() as session:
        make_request(session, session.get_one(Programme, region.programme_id))
    code, place = bring(agency, folder)
    assert code == 303
    with transaction() as session:
        run = session.get_one(PlanRun, int(place.rsplit("/", 1)[1]))
        assert run.summary["why"] == {"not_in_the_file": 3}
        assert run.starts_on + timedelta(run.days) > region.first_day
