"""Another date for whoever did not come: from the own page to the new pair, without scripts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from tests.journeys.conftest import Look, Site
from tests.journeys.test_choosing import follow, open_own, press, take_first
from tests.web.direct import Direct, standing, taken
from tests.web.test_missed import missed
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.serving import Serving
from vaccination.models.programmes import Programme


@pytest.fixture
def region(site: Site) -> Direct:
    """Who missed the first dose yesterday, in a direct programme."""
    return missed(Serving.DIRECT)


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Vous n’êtes pas venu"), ("en", "You did not come on")]
)
def test_another_pair_is_chosen_without_scripts(
    site: Site,
    region: Direct,
    without_scripts: BrowserContext,
    page: Page,
    look: Look,
    language: str,
    said: str,
) -> None:
    open_own(page, site, region, language=language)
    look(page)
    follow(page, "/appointments/missed")
    look(page)
    plain = without_scripts.new_page()
    open_own(plain, site, region, language=language)
    follow(plain, "/appointments/missed")
    expect(plain.locator("main")).to_contain_text(said)
    assert taken() == 2, "looking gives nothing back"
    with plain.expect_navigation():
        plain.locator("main form .button").first.click()
    expect(plain).to_have_url(re.compile("/appointments/offers$"))
    assert taken() == 0
    take_first(plain)
    press(plain, "/hold/confirm")
    expect(plain).to_have_url(re.compile("/appointments/mine$"))
    first, second = standing(region.request_ids[0])
    assert first.day > now().date() and second.day - first.day >= timedelta(21)
    with page.expect_navigation():  # the tab that was left open: pressed late, nothing is given back
        page.locator("main form .button").first.click()
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    assert taken() == 2


@pytest.mark.parametrize(("language", "said"), [("fr", "attend une place"), ("en", "is waiting for a place")])
def test_a_planned_request_waits_again_without_scripts(
    site: Site, region: Direct, without_scripts: BrowserContext, language: str, said: str
) -> None:
    with transaction() as session:
        session.execute(update(Programme).values(serving=Serving.PLANNED))
    page = without_scripts.new_page()
    open_own(page, site, region, language=language)
    follow(page, "/appointments/missed")
    with page.expect_navigation():
        page.locator("main form .button").first.click()
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    expect(page.locator("main")).to_contain_text(re.compile(said))
    assert taken() == 0
