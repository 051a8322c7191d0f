"""The agency sets a region up by hand, plans it with the real planner, watches, and books."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.builders import make_request
from tests.journeys.conftest import Site
from tests.web.agency_region import make_region
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import PriorityGroup, Programme
from vaccination.models.requests import Request

PEOPLE = 8


@dataclass(frozen=True)
class Agency:
    """A tab in which the agency is signed in, and how to look at what it shows."""

    site: Site
    page: Page
    accessible: Callable[[Page], None]

    def go(self, path: str) -> None:
        self.page.goto(self.site.url + path)
        self.accessible(self.page)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, **texts: str) -> None:
        for name, text in texts.items():
            self.page.locator(f"main [name='{name}']").fill(text)

    def choose(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"main select[name='{name}']").select_option(value)

    def day(self, name: str, days: int) -> None:
        on = now().date() + timedelta(days)
        self.fill(
            **{f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}
        )


def sign_in(page: Page, site: Site, login: str = "agence") -> None:
    page.goto(f"{site.url}/account/sign-in?lang=en")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/agency**")


@pytest.fixture
def agency(site: Site, page: Page, accessible: Callable[[Page], None]) -> Agency:
    make_staff("agence", Grant(Role.AGENCY))
    sign_in(page, site)
    return Agency(site, page, accessible)


def given_a_programme(agency: Agency) -> None:
    agency.go("/agency/programme/facts")
    agency.fill(name_fr="Printemps", name_en="Spring", code="P", horizon_days="60")
    agency.press("Keep")
    agency.go("/agency/programme/products/new")
    agency.fill(name="Comirnaty", code="CMN", doses_per_vial="6")
    agency.press("Keep")
    agency.go("/agency/programme/schedules/new")
    agency.fill(code="PAIR", min_days="21", ideal_days="28", max_days="49")
    agency.choose(first_product_id="Comirnaty", second_product_id="Comirnaty")
    agency.press("Keep")
    agency.go("/agency/programme/groups/new")
    agency.fill(name_fr="Tous", name_en="Everybody", code="ALL", rank="5")
    agency.press("Keep")
    agency.day("starts_on", 0)
    agency.press("Call the group")
    agency.go("/agency/programme")


def given_a_centre(agency: Agency) -> None:
    agency.go("/agency/centres/new")
    agency.fill(name="Palais des sports", code="ORL", lat="47.9029", lon="1.9093", town="Orléans")
    agency.press("Keep")
    for weekday in range(7):
        agency.choose(**{f"{weekday}.weekday": str(weekday)})
        agency.fill(**{f"{weekday}.opens": "09:00", f"{weekday}.closes": "09:30", f"{weekday}.stations": "3"})
        agency.fill(**{f"{weekday}.minutes_per_dose": "10", f"{weekday}.slot_minutes": "10"})
    agency.accessible(agency.page)
    agency.press("Keep the hours")
    agency.go("/agency/centres/1/calendar")
    agency.fill(weeks="9")
    agency.press("Make sessions")
    expect(agency.page.get_by_role("status")).to_contain_text("63 sessions")
    agency.accessible(agency.page)


def given_a_delivery(agency: Agency) -> None:
    agency.go("/agency/stock/deliveries/new")
    agency.choose(centre_id="Palais des sports", product_id="Comirnaty")
    agency.fill(lot_number="AB1", doses="24")
    agency.day("expires_on", 90)
    agency.day("usable_to", 80)
    agency.press("Announce")
    agency.press("It is there")
    expect(agency.page.get_by_role("link", name="AB1")).to_be_visible()
    agency.accessible(agency.page)


def given_people_who_wait() -> None:
    with transaction() as session:
        programme = session.scalars(select(Programme)).one()
        group_id = session.scalars(select(PriorityGroup.id)).one()
        for _ in range(PEOPLE):
            make_request(session, programme, priority_group_id=group_id)


def test_a_region_is_set_up_planned_watched_and_booked(agency: Agency) -> None:
    given_a_programme(agency)
    given_a_centre(agency)
    given_a_delivery(agency)
    given_people_who_wait()
    page = agency.page
    agency.go("/agency/plans/new")
    expect(page.get_by_text(f"{PEOPLE} people wait")).to_be_visible()
    agency.fill(days="60", seconds="10")
    agency.press("Start the plan")
    expect(page.get_by_text("Waiting for a planner")).to_be_visible()
    agency.accessible(page)
    agency.site.run_jobs()
    # the page finds out by itself, and then shows another one
    expect(page.get_by_role("button", name="Apply the plan")).to_be_visible(timeout=20_000)
    agency.accessible(page)
    expect(page.get_by_text(f"of {PEOPLE} who wait")).to_be_visible()
    agency.press("Apply the plan")
    agency.site.run_jobs()
    expect(page.get_by_text("The plan is booked")).to_be_visible(timeout=20_000)
    agency.accessible(page)
    with transaction() as session:
        assert session.scalars(select(PlanRun.status)).all() == [RunStatus.APPLIED]
        assert set(session.scalars(select(Request.status))) == {RequestStatus.PLANNED}
        assert len(session.scalars(select(Appointment)).all()) == 2 * PEOPLE


def test_without_script_the_live_page_loads_itself_again(agency: Agency, browser: Browser) -> None:
    make_region()
    with browser.new_context(java_script_enabled=False, locale="en-GB") as plain:
        page = plain.new_page()
        sign_in(page, agency.site)
        page.goto(agency.site.url + "/agency/plans/new")
        page.locator("[name=seconds]").fill("5")
        page.get_by_role("button", name="Start the plan").click()
        expect(page.get_by_text("Waiting for a planner")).to_be_visible()
        agency.site.run_jobs()
        expect(page.get_by_role("button", name="Apply the plan")).to_be_visible(timeout=20_000)


PAGES = (
    "", "/centres", "/centres/new", "/centres/1", "/centres/1/change", "/centres/1/hours",
    "/centres/1/calendar", "/files/centres", "/files/deliveries", "/programme", "/programme/facts",
    "/programme/policy", "/programme/serving", "/programme/products/1", "/programme/schedules/1",
    "/programme/groups/1", "/stock",
    "/stock/centres/1", "/stock/centres/1/lots/1", "/stock/deliveries/new", "/plans", "/plans/new",
    "/plans/import", "/users",
)  # fmt: skip


@pytest.fixture
def small_screen(agency: Agency) -> Iterator[Page]:
    agency.page.set_viewport_size({"width": 375, "height": 800})
    yield agency.page


def test_every_page_is_accessible_and_fits_a_phone(agency: Agency, small_screen: Page) -> None:
    make_region()
    for path in PAGES:
        agency.go("/agency" + path)
        beyond = small_screen.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, f"{path} is {beyond} px too wide"
        assert not re.search(r"%\(\w+\)|\{\{", small_screen.inner_text("main")), path
