"""Calls that want more than most, by keys alone: a household, large print, one dose that is enough."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.journeys.calls import (
    Agent,
    finish,
    finish_household,
    make_served_region,
    search,
    sign_in,
    take_household,
    take_one,
)
from tests.journeys.conftest import Look, Site
from tests.web.region import Region
from vaccination.db import transaction
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.models.people import Person
from vaccination.models.requests import Request

BOTH = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture
def region(site: Site) -> Region:
    """Served directly, with an agent."""
    return make_served_region()


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


@BOTH
def test_a_household_of_three_by_keys_alone(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    keys = Agent(page)
    search(keys, people=3)
    look(page)
    finish_household(keys)
    for number in (1, 2, 3):
        expect(page.locator(f"#secret-code-{number}")).to_be_visible()
    look(page)
    made = requests()
    assert [one.channel for one in made] == [Channel.PHONE] * 3
    assert made[0].household_id is not None
    # one after the other is offered places: hold, confirm, on to the next
    for one in made:
        if one.id != made[0].id:
            keys.to(f"a[href$='/phone/callers/{one.id}']")
            keys.enter()
        keys.enter()
        keys.enter()
    assert [one.status for one in requests()] == [RequestStatus.PLANNED] * 3


@BOTH
def test_large_print_and_one_dose_that_is_enough_by_keys_alone(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    keys = Agent(page)
    search(keys)
    keys.to("#enough")
    keys.press("Space")
    keys.to("#where", "Shift+Tab")
    finish(keys, large_print=True)
    look(page)
    keys.enter()
    keys.enter()
    kept = requests()[0]
    assert (kept.one_dose_enough, kept.schedule_doses, kept.status) == (True, 1, RequestStatus.PLANNED)
    with transaction() as session:
        assert session.scalars(select(Person)).one().needs == {"large_print": True}


@BOTH
def test_somebody_who_has_recovered_since_gives_the_second_place_back(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    keys = Agent(page)
    take_one(keys)
    keys.enter()
    keys.enter()
    assert requests()[0].second_dose is not None
    keys.to("details:has(form[action$='/one-dose']) summary")
    keys.press("Enter")
    look(page)
    keys.press("Tab")
    keys.enter()
    kept = requests()[0]
    assert (kept.one_dose_enough, kept.second_dose, kept.status) == (True, None, RequestStatus.PLANNED)
    look(page)


def test_a_household_is_taken_without_script(site: Site, region: Region, browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    sign_in(plain, site.url, "phone", "fr")
    take_household(Agent(plain))
    assert len(requests()) == 3
    plain.context.close()
