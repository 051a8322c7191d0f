"""A town hall: made by the agency, pastes thirty lines of which two are wrong, prints its convocations."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.journeys.calls import sign_in
from tests.journeys.conftest import Site
from tests.reports.paper import reader
from tests.web.region import Region, make_region, plan
from tests.web.staff import make_organisation, make_staff
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.requests import Channel
from vaccination.models.accounts import User
from vaccination.models.requests import Request

LINES = [f"Martin{n};Aline;{1 + n % 28}/3/1948;45000;{n} rue des Lilas;;" for n in range(30)]
LINES[4] = "Martin4;Aline;31/2/1948;45000;;;"
LINES[20] = "Martin20;;5/3/1948;45000;;;"


@pytest.fixture
def region(site: Site) -> Region:
    region = make_region()
    make_staff("town-hall", Grant(Role.PROXY))
    other = make_staff("elsewhere", Grant(Role.PROXY))
    with transaction() as session:
        session.get_one(User, other).organisation_id = make_organisation(session, "elsewhere").id
    return region


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_town_hall_asks_for_its_people_and_prints(
    site: Site, region: Region, page: Page, accessible: Callable[[Page], None], language: str
) -> None:
    sign_in(page, site.url, "town-hall", language)
    expect(page).to_have_url(f"{site.url}/organisation")
    accessible(page)
    page.locator('a[href="/organisation/list"]').click()
    accessible(page)
    page.fill("#people", "\n".join(LINES))
    page.locator("label[for=consent]").click()
    page.locator("main form button").click()
    accessible(page)
    expect(page.locator("#wrong-lines li")).to_have_count(2)
    assert page.input_value("#people").splitlines() == [LINES[4], LINES[20]]
    with transaction() as session:
        assert session.scalar(select(func.count(Request.id))) == 28
        assert set(session.scalars(select(Request.channel))) == {Channel.TOWN_HALL}
    page.fill("#people", "Martin4;Aline;28/2/1948;45000\nMartin20;Zoé;5/3/1948;45000")
    page.locator("main form button").click()
    expect(page).to_have_url(f"{site.url}/organisation")
    for request_id in (1, 2, 3):
        plan(region, request_id)
    page.reload()
    accessible(page)
    with page.expect_download() as download:
        page.locator('form[action$="convocations.pdf"] button').click()
    assert len(reader(download.value.path().read_bytes()).pages) == 3
    page.locator("tbody a[href*=people]").first.click()
    accessible(page)
    address = page.url
    page.context.clear_cookies()
    sign_in(page, site.url, "elsewhere", language)
    answer = page.goto(address)
    assert answer is not None and answer.status == 404
    page.goto(f"{site.url}/organisation")
    expect(page.locator("tbody a[href*=people]")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_agency_makes_an_organisation(
    site: Site, region: Region, page: Page, accessible: Callable[[Page], None], language: str
) -> None:
    make_staff("agency", Grant(Role.AGENCY))
    sign_in(page, site.url, "agency", language)
    page.goto(f"{site.url}/agency/organisations")
    accessible(page)
    page.fill("#name", "CCAS d’Olivet")
    page.fill("#code", "ccas-olivet")
    page.select_option("#kind", "social_service")
    page.fill("#postcode", "45160")
    page.fill("#town", "Olivet")
    page.locator('form[action="/agency/organisations"] button').click()
    page.select_option("#organisation", label="CCAS d’Olivet")
    page.fill("#display_name", "Zoé")
    page.fill("#login", "zoe")
    page.locator('form[action$="/members"] button').click()
    expect(page.locator("#new-password")).to_be_visible()
    accessible(page)
    page.goto(f"{site.url}/agency/channels")
    accessible(page)
