"""A call at the phone desk, by keys alone: found or not, asked, read out, held, confirmed, printed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.journeys.calls import Agent, finish, make_served_region, search, sign_in, take_one
from tests.journeys.conftest import Site
from tests.reports.paper import text_of
from tests.web.region import Region
from vaccination.db import transaction
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.models.audit import AuditEntry
from vaccination.models.requests import Request

Look = Callable[[Page], None]

MOST_KEYS = 120
"""From the empty screen to the request that is kept: at two keys a second, a minute; the rest is talking."""
KEYS_TO_CONFIRM = 2  # hold the first offer, confirm it


@pytest.fixture
def region(site: Site) -> Region:
    """Served directly, with an agent."""
    return make_served_region()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_call_by_keys_alone(
    site: Site, region: Region, page: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    expect(page).to_have_url(f"{site.url}/phone")
    accessible(page)
    keys = Agent(page)
    search(keys)
    accessible(page)
    # nobody yet: the form is there with what was typed, the cursor in the next field
    finish(keys)
    expect(page.locator("#secret-code")).to_be_visible()
    assert keys.pressed <= MOST_KEYS, keys.pressed
    accessible(page)
    before = keys.pressed
    keys.enter()
    accessible(page)
    keys.enter()
    assert keys.pressed - before == KEYS_TO_CONFIRM
    accessible(page)
    with transaction() as session:
        request = session.scalars(select(Request)).one()
    assert (request.status, request.channel) == (RequestStatus.PLANNED, Channel.PHONE)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_caller_is_found_printed_changed_and_cancels(
    site: Site, region: Region, page: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    take_and_confirm(Agent(page))
    page.goto(f"{site.url}/phone")
    search(Agent(page))
    assert "/phone/callers/" in page.url
    with transaction() as session:
        looked = session.scalars(select(AuditEntry).where(AuditEntry.action == "find_caller")).all()
    assert looked[-1].facts == {"found": 1}
    with page.expect_download() as download:
        page.locator('form[action$="confirmation.pdf"] button').click()
    assert "D'Aubigné" in text_of(download.value.path().read_bytes())
    page.locator('a[href*="change=both"]').click()
    accessible(page)
    page.locator('form[action$="/hold"] button').click()
    page.locator('form[action$="/confirm"] button').click()
    accessible(page)
    page.locator("details:has(form[action$='/cancel']) summary").click()
    page.locator('form[action$="/cancel"] button').click()
    accessible(page)
    with transaction() as session:
        assert session.scalars(select(Request.status)).one() is RequestStatus.CANCELLED


def take_and_confirm(keys: Agent) -> None:
    take_one(keys)
    keys.enter()
    keys.enter()


def test_the_phone_desk_works_without_script(site: Site, region: Region, browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    sign_in(plain, site.url, "phone", "fr")
    take_and_confirm(Agent(plain))
    with transaction() as session:
        assert session.scalars(select(Request.status)).one() is RequestStatus.PLANNED
    plain.context.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_somebody_is_called_back(
    site: Site, region: Region, page: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site.url, "phone", language)
    take_one(Agent(page))
    page.locator('form[action*="/phone/calls/callers/"] button').click()
    page.goto(f"{site.url}/phone/calls")
    accessible(page)
    page.locator('form[action$="/take"] button').click()
    accessible(page)
    page.locator('form[action$="/done"] button').click()
    expect(page.locator('form[action$="/take"]')).to_have_count(0)
