"""A household chooses for all of its members, in a browser without scripts, in two languages."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Look, Site
from tests.journeys.test_choosing import follow, open_own, press, take_first
from tests.web.direct import Direct, holds, make_direct, standing, taken
from vaccination.domain.serving import HoldStatus


@pytest.fixture
def region(site: Site) -> Direct:
    """Three who asked together, before slots of one seat."""
    return make_direct(people=3, slots=4, together=True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_all_are_served_together_without_scripts(
    site: Site, region: Direct, without_scripts: BrowserContext, language: str
) -> None:
    page = without_scripts.new_page()
    open_own(page, site, region, language=language)
    assert page.get_attribute("html", "lang") == language
    follow(page, "/appointments/offers/together")
    assert taken() == 0, "looking keeps nothing"
    take_first(page)
    expect(page).to_have_url(re.compile("/appointments/hold$"))
    assert page.locator(".appointment li").count() == 6, "three people, two doses"
    assert taken() == 6
    press(page, "/hold/longer")
    press(page, "/hold/release")
    assert {holds(request_id)[0].status for request_id in region.request_ids} == {HoldStatus.RELEASED}
    assert taken() == 0
    follow(page, "/appointments/offers/together")
    take_first(page)
    press(page, "/hold/confirm")
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    assert [len(standing(request_id)) for request_id in region.request_ids] == [2, 2, 2]
    follow(page, "/family")
    assert page.locator("main li").count() == 6
    site.run_jobs()
    assert list((site.settings.files_dir / "outbox").glob("*.eml")), "they are told"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_of_a_household_can_be_read_by_all(
    site: Site, region: Direct, page: Page, look: Look, language: str
) -> None:
    open_own(page, site, region, language=language)
    look(page)
    follow(page, "/appointments/offers/together")
    look(page)
    follow(page, "/appointments/offers")
    look(page)
    follow(page, "/appointments/offers/together")
    take_first(page)
    look(page)
    expect(page.locator("#time-left")).to_contain_text(re.compile(r"\b9:\d\d"))
    page.goto(f"{site.url}/family")
    look(page)
