"""A day is closed on which a household came together: one proposal for all, one yes, in two languages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests.journeys.after_a_cut import Place, make_place, request_of, sign_in
from tests.journeys.conftest import Site
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.disruptions import ReplacementStatus
from vaccination.models.appointments import Appointment
from vaccination.models.disruptions import Replacement
from vaccination.models.people import Household
from vaccination.models.requests import Request

Look = Callable[[Page], None]
FAMILY = 3


@pytest.fixture
def place(site: Site) -> Place:
    """Three of four people are a household."""
    found = make_place(4, booked=True)
    with transaction() as session:
        home = Household(created_at=now())
        session.add(home)
        session.flush()
        for reference in found.references[:FAMILY]:
            request_of(session, reference).household_id = home.id
    return found


@pytest.fixture
def citizen(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser than the agency's, without scripts."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("language", "together", "yes"),
    [
        ("fr", "foyer de 3, ensemble", "Oui, pour nous tous"),
        ("en", "household of 3, together", "Yes, for all of us"),
    ],
)
def test_one_of_a_household_says_yes_for_all(
    site: Site, place: Place, page: Page, citizen: BrowserContext, accessible: Look, language: str,
    together: str, yes: str,
) -> None:  # fmt: skip
    sign_in(page, site, Role.AGENCY, language)
    page.goto(f"{site.url}/agency/centres/{place.centre_id}/days/{place.day}")
    press(page, 'form[action$="/close"] button')
    page.goto(f"{site.url}/agency/disruptions")
    press(page, "main table form button")
    accessible(page)
    expect(page.get_by_text(together)).to_have_count(FAMILY)
    press(page, 'form[action$="/send"] button')
    site.run_jobs()

    look(site, place, page, accessible)
    own = citizen.new_page()
    own.goto(f"{site.url}/appointments?lang={language}")
    reference, secret = place.link(site, 1).rpartition("#")[2].split(".")
    own.fill("#reference", reference)
    own.fill("#secret", secret)
    press(own, "main form .button")
    press(own, 'main a[href$="/replacement"]')
    expect(own.locator("main li bdi")).to_have_count(FAMILY - 1)
    expect(own.get_by_role("button", name=yes)).to_be_visible()
    press(own, 'form[action$="/accept"] .button')
    assert statuses(place) == [ReplacementStatus.ACCEPTED] * FAMILY + [ReplacementStatus.OPEN]
    assert len(first_days(place)) == 1 and place.day not in first_days(place)


def look(site: Site, place: Place, page: Page, accessible: Look) -> None:
    """What another of them sees, with scripts, down to the narrowest screen. Looking answers nothing."""
    page.context.clear_cookies()
    page.goto(place.link(site, 0))
    page.keyboard.press("Enter")  # the script has put the focus on the button
    page.wait_for_url("**/appointments/mine")
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("", "/others", "/others?alone=1"):
        page.goto(f"{site.url}/appointments/mine/replacement{path}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    assert statuses(place) == [ReplacementStatus.OPEN] * 4


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def statuses(place: Place) -> list[ReplacementStatus]:
    with transaction() as session:
        return [
            session.scalars(
                select(Replacement.status).join(Request).where(Request.reference == reference)
            ).one()
            for reference in place.references
        ]


def first_days(place: Place) -> set[object]:
    with transaction() as session:
        query = select(Appointment.day).join(Request, Request.id == Appointment.request_id)
        family = Request.reference.in_(place.references[:FAMILY])
        return set(session.scalars(query.where(family, Appointment.dose_number == 1)))
