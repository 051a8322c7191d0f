"""The README's pictures, taken by `make pictures`: run on demand, not a test of anything."""

import subprocess
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from seeds.drawing import draw_region
from seeds.region import Stored, store
from tests.databases import ROOT
from tests.journeys.conftest import Site, watched
from tests.journeys.test_desk import Desk, desk, expect_verdict, wedge  # noqa: F401  `desk` is a fixture
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.services.planning.runs import RequestPlan, request_plan
from web import queue
from web.queue import JobName

_FOLDER = ROOT / "docs/pictures"
_MOST_BYTES = 150_000
_REQUESTS = 600


@pytest.fixture
def region(site: Site) -> Stored:
    """An invented region, planned."""
    start = now().date()
    with transaction() as session:
        stored = store(session, draw_region(_REQUESTS, 7, start), now=now())
        plan = RequestPlan(stored.programme_id, start, days=84, seconds=40, apply_at_once=True)
        run_id = request_plan(session, plan, now=now())
    queue.enqueue(JobName.RUN_PLAN, run_id)
    site.run_jobs()
    return stored


@pytest.mark.timeout(900)
def test_pictures_of_citizen_and_agency(site: Site, region: Stored, browser: Browser) -> None:
    with watched(browser) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 420, "height": 860})
        page.goto(f"{site.url}/?lang=fr")
        keep(page.screenshot(), "ask")
        page.goto(f"{site.url}/appointments")
        page.fill("#reference", region.guest.reference)
        page.fill("#secret", region.guest.secret)
        page.press("#secret", "Enter")
        page.wait_for_url("**/appointments/mine")
        keep(page.screenshot(), "appointments")
        paper = page.request.get(f"{site.url}/appointments/mine/confirmation.pdf").body()
        keep(_rasterised(paper), "paper")
    make_staff("agency", Grant(Role.AGENCY))
    with watched(browser) as context:
        page = context.new_page()
        _sign_in(page, site, "agency")
        page.goto(f"{site.url}/agency/plans/1")
        keep(page.screenshot(), "agency")


def test_picture_of_the_desk(desk: Desk, page: Page) -> None:  # noqa: F811
    page.set_viewport_size({"width": 1100, "height": 760})
    desk.open(page)
    page.goto(f"{page.url}?lang=fr")
    wedge(page, desk.day.text)
    expect_verdict(page, "right")
    keep(page.screenshot(), "desk")


def keep(picture: bytes, name: str) -> None:
    """Store a picture small enough for a page that many people open."""
    _FOLDER.mkdir(exist_ok=True)
    path = _FOLDER / f"{name}.webp"
    Image.open(BytesIO(picture)).convert("RGB").save(path, "WEBP", quality=80, method=6)
    assert path.stat().st_size < _MOST_BYTES


def _rasterised(paper: bytes) -> bytes:
    command = ["pdftoppm", "-png", "-r", "70", "-singlefile", "-"]
    return subprocess.run(command, input=paper, capture_output=True, check=True).stdout


def _sign_in(page: Page, site: Site, login: str) -> None:
    page.goto(f"{site.url}/account/sign-in?lang=fr")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")
