"""Every page there is, in each of its languages, as somebody who may see it.

Valid HTML, one main heading, no other host, no overflow at 320 px (which is 1280 px at 400 % zoom); axe and
HTML_CodeSniffer look at the first and the last language of each, French and Arabic for citizens: the others
differ from French in words only.
The addresses come from the application's own map and the table of access, so a new page is walked by itself.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask, url_for
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Route

from seeds.drawing import draw_region
from seeds.region import Stored, store
from tests.html_rules import faults_of
from tests.journeys.conftest import Site, watched
from tests.journeys.rows.values import Values
from tests.web.access.table import TABLE
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.services.planning.runs import RequestPlan, request_plan
from web import queue
from web.app import create_app
from web.language import spoken_at
from web.queue import JobName

Look = Callable[[Page], None]

_WIDTHS = (320, 1280)


@pytest.fixture
def region(site: Site) -> Stored:
    """A small invented region, planned and booked by the jobs, and staff for every role."""
    start = now().date() + timedelta(1)
    with transaction() as session:
        stored = store(session, draw_region(150, 7, start), now=now())
        plan = RequestPlan(stored.programme_id, start, days=60, seconds=15, apply_at_once=True)
        run_id = request_plan(session, plan, now=now(), user_id=None)
    queue.enqueue(JobName.RUN_PLAN, run_id)
    site.run_jobs()
    for role in Role:
        make_staff(role.value, Grant(role))
    return stored


class Addresses:
    """An address for every page, with rows that exist."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.values = Values(session)

    def of(self, role: Role | None) -> Iterator[tuple[str, str]]:
        """Endpoint and address of every page whose first role is this one."""
        for route in self.app.url_map.iter_rules():
            if self._is_page(route) and (TABLE[route.endpoint].roles or (None,))[0] is role:
                with self.app.test_request_context():
                    yield route.endpoint, url_for(route.endpoint, **self._parts(route))  # type: ignore[arg-type]

    @staticmethod
    def _is_page(route: Route) -> bool:
        if "GET" not in (route.methods or ()) or route.endpoint.endswith("static"):
            return False
        return not TABLE[route.endpoint].is_file

    def _parts(self, route: Route) -> dict[str, str | int]:
        known = {**TABLE[route.endpoint].values, **self.values.of(route.endpoint)}
        return {name: known.get(name, "x") for name in route.arguments - set(route.defaults or ())}


@pytest.mark.timeout(600)
def test_every_page_is_accessible_and_fits(
    site: Site, region: Stored, browser: Browser, accessible: Look
) -> None:
    with transaction() as session:
        addresses = Addresses(create_app(site.settings, testing=True), session)
    faults: list[str] = []
    for role in (None, *Role):
        with watched(browser) as context:
            page = context.new_page()
            _enter(page, site, role, region)
            for endpoint, address in addresses.of(role):
                spoken = spoken_at(addresses.app, endpoint)
                for language in spoken:
                    look = accessible if language in (spoken[0], spoken[-1]) else _nothing_more
                    faults += _walked(page, site.url + address, language, endpoint, look)
    assert not faults, "\n".join(faults)


def _enter(page: Page, site: Site, role: Role | None, region: Stored) -> None:
    """Sign in; or, as a citizen, open the region's guest's request."""
    if role is None:
        page.goto(f"{site.url}/appointments")
        page.fill("#reference", region.guest.reference)
        page.fill("#secret", region.guest.secret)
        page.press("#secret", "Enter")
        page.wait_for_url("**/appointments/mine")
        return
    page.goto(f"{site.url}/account/sign-in")
    page.fill("#login", role.value)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")


def _nothing_more(page: Page) -> None:
    """Words alone are different here."""


def _walked(page: Page, address: str, language: str, endpoint: str, accessible: Look) -> list[str]:
    response = page.goto(f"{address}?lang={language}")
    status = response.status if response else 0
    where = f"{endpoint} ({language})"
    if status >= 500:
        return [f"{where}: {status}"]
    faults = []
    if page.get_attribute("html", "lang") != language:
        faults.append(f"{where}: not in this language")
    if page.locator("h1").count() != 1:
        faults.append(f"{where}: {page.locator('h1').count()} main headings")
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{where}: {wide} px wide on a screen of {width}")
    faults += [f"{where}: {fault}" for fault in faults_of(response.text() if response else "")]
    try:
        accessible(page)
    except AssertionError as found:
        faults.append(f"{where}: {found}")
    return faults
