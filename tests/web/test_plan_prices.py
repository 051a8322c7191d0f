"""What was scarce: the plan's page names it, a what-if confirms it, all without a script."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.agency_region import Region, make_region, send
from tests.web.staff import client_of
from tests.web.test_plans import PLANS, start
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.planning import WhatIfStatus
from vaccination.models.planning import PlanPrice, PlanRun, PlanWhatIf
from vaccination.services.planning.what_if import claim_what_if, note_what_if
from vaccination.settings import Settings
from web import queue
from web.jobs import planning as planning_jobs
from web.jobs import settings as job_settings
from web.jobs.what_if import run_what_if
from web.planning.folders import archive_of
from web.planning.words import HELP, REASONS, TERMS, WHAT_IF_FAILURES, moment_of


@pytest.fixture
def region(database: str) -> Region:
    return make_region(requests=14, doses=12)


@pytest.fixture
def agency(app: Flask, settings: Settings, database: str, redis_url: str) -> Iterator[FlaskClient]:
    """The agency's browser, with a worker's settings bound and a queue to ring."""
    queue.bind(redis_url)
    job_settings.use(replace(settings, database_url=database, redis_url=redis_url))
    yield client_of(app, Role.AGENCY)
    job_settings.use(None)


@pytest.fixture
def page(region: Region, agency: FlaskClient) -> str:
    """The address of a proposed plan in which doses were scarce."""
    run_id = start(agency, region)
    planning_jobs.run_plan(run_id)
    return f"{PLANS}/{run_id}"


def dearest() -> PlanPrice:
    with transaction() as session:
        return session.scalars(select(PlanPrice).order_by(PlanPrice.price.desc())).all()[0]


def summary() -> dict[str, Any]:
    with transaction() as session:
        return session.scalars(select(PlanRun)).one().summary


def asked() -> PlanWhatIf:
    with transaction() as session:
        return session.scalars(select(PlanWhatIf).order_by(PlanWhatIf.id.desc())).all()[0]


def test_the_plan_names_what_was_scarce_and_explains_itself(agency: FlaskClient, page: str) -> None:
    text = unescape(agency.get(f"{page}?lang=en", follow_redirects=True).text)
    assert f'action="{page}/prices/{dearest().id}"' in text and f'href="{page}/prices"' in text
    assert all(str(HELP[why]) in text for why in summary()["why"])
    assert all(str(meaning) in text for _, meaning in TERMS.values())
    prices = agency.get(f"{page}/prices").text
    assert 'class="h5"' in prices and "Comirnaty" in prices and "live_plan.js" not in prices


def test_one_press_asks_and_the_page_shows_price_and_proof(agency: FlaskClient, page: str) -> None:
    address = f"{page}/prices/{dearest().id}"
    answer = send(agency, address, page, amount="100", direction="more")
    assert (answer.status_code, answer.location) == (303, f"{page}/prices")
    waiting = agency.get(f"{page}/prices").text
    assert '<noscript><meta http-equiv="refresh"' in waiting and "live_plan.js" in waiting
    assert f'action="{address}"' not in waiting  # one at a time
    run_what_if(asked().id)
    done = agency.get(f"{page}/prices").text
    assert asked().changed == 102 and "102" in done and "live_plan.js" not in done
    assert f'action="{address}"' in done


def test_a_second_what_if_has_to_wait(agency: FlaskClient, page: str) -> None:
    address = f"{page}/prices/{dearest().id}"
    assert send(agency, address, page, amount="10", direction="more").status_code == 303
    assert send(agency, address, page, amount="10", direction="more").status_code == 409
    assert send(agency, f"{page}/prices/stop", page).status_code == 303
    assert asked().status is WhatIfStatus.FAILED
    assert WHAT_IF_FAILURES["called_off"]
    assert send(agency, address, page, amount="10", direction="fewer").status_code == 303
    assert asked().amount == -10


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"amount": "0"}, "amount"), ({"amount": "many"}, "amount"), ({"direction": ""}, "direction")],
)
def test_a_wrong_number_says_so_beside_it(
    agency: FlaskClient, page: str, wrong: dict[str, str], field: str
) -> None:
    address = f"{page}/prices/{dearest().id}"
    assert agency.get(address).status_code == 200
    answer = send(agency, address, address, **{"amount": "10", "direction": "more", **wrong})
    assert answer.status_code == 400 and f'href="#{field}"' in answer.text


def test_the_live_piece_shows_how_far_it_is(agency: FlaskClient, page: str) -> None:
    send(agency, f"{page}/prices/{dearest().id}", page, amount="10", direction="more")
    first = agency.get(f"{page}/prices/progress").json
    assert (first["status"], first["is_live"]) == ("queued", True)
    with transaction() as session:
        claim = claim_what_if(session, asked().id, now=now())
        assert claim is not None
        note_what_if(session, claim, [(2.0, "relaxation", 1.0, 2.0)], now=now())
    live = agency.get(f"{page}/prices/progress").json
    assert live["status"] == "running" and "<progress" in live["piece"]
    assert agency.get(f"{page}/prices/progress?seen={live['version']}").json["piece"] is None


def test_without_the_folder_nothing_is_offered(agency: FlaskClient, page: str, app: Flask) -> None:
    with app.app_context():
        archive_of(int(page.rsplit("/", 1)[1])).unlink()
    text = agency.get(f"{page}/prices").text
    assert 'class="notice warn"' in text and f'action="{page}/prices/{dearest().id}"' not in text


def test_unknown_prices_are_not_found(agency: FlaskClient, page: str) -> None:
    assert agency.get(f"{page}/prices/99999").status_code == 404
    assert send(agency, f"{page}/prices/99999", page, amount="1", direction="more").status_code == 404
    assert agency.get(f"{PLANS}/99/prices").status_code == 404


def test_every_reason_says_what_would_help() -> None:
    assert set(HELP) == set(REASONS)


def test_the_parts_of_a_day_are_named_where_they_matter(app: Flask) -> None:
    day = now().date()
    with app.test_request_context():
        assert moment_of("", day, 7) in moment_of("", day, 5)
        assert len(moment_of("", day, 5)) > len(moment_of("", day, 4)) > len(moment_of("", day, 7))
