"""A call at the phone desk, by keys alone: found or not, asked, read out, held, confirmed, printed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.builders import make_centre, make_lot, make_slots, make_stock
from tests.journeys.conftest import Site
from tests.reports.paper import text_of
from tests.web.region import Region, make_region
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.domain.serving import Serving
from vaccination.models.audit import AuditEntry
from vaccination.models.programmes import Product, Programme
from vaccination.models.requests import Request

Look = Callable[[Page], None]

MOST_KEYS = 120
"""From the empty screen to the request that is kept: at two keys a second, a minute; the rest is talking."""
KEYS_TO_CONFIRM = 2  # hold the first offer, confirm it


@dataclass
class Keys:
    """Somebody who has a keyboard and no mouse; every key counts."""

    page: Page
    pressed: int = 0

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.press("Enter")
        self.see_cursor()

    def see_cursor(self) -> None:
        """Nobody types before the page has put the cursor where it belongs."""
        first = self.page.locator("[autofocus]")
        if first.count():
            expect(first).to_be_focused()


@pytest.fixture
def region(site: Site) -> Region:
    """A programme that serves directly, with seats and doses for pairs."""
    region = make_region()
    today = now().date()
    with transaction() as session:
        session.get_one(Programme, region.programme_id).serving = Serving.DIRECT
        centre = make_centre(session, name="Gymnase")
        product = session.get_one(Product, region.products[0])
        lot = make_lot(session, product, expires_on=today + timedelta(200))
        make_stock(session, centre, lot, 60, available_from=today, usable_to=lot.expires_on)
        for day in (6, 7, 8, 28, 34, 35, 36, 42):
            make_slots(session, centre, today + timedelta(day))
    make_staff("phone", Grant(Role.PHONE))
    return region


def sign_in(page: Page, site: Site, login: str, language: str) -> None:
    page.goto(f"{site.url}/account/sign-in?lang={language}")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")


def search(keys: Keys) -> None:
    """Whoever calls says their name and birth date; the cursor stands in the first field."""
    keys.see_cursor()
    for part in ("D'Aubigné", "Léa", "27", "3", "1948"):
        keys.write(part)
        if part != "1948":
            keys.press("Tab")
    keys.enter()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_call_by_keys_alone(
    site: Site, region: Region, page: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site, "phone", language)
    expect(page).to_have_url(f"{site.url}/phone")
    accessible(page)
    keys = Keys(page)
    search(keys)
    accessible(page)
    # nobody yet: the form is there with what was typed, the cursor in the next field
    keys.write("45000")
    keys.press("Tab")
    keys.write("0612345678")
    keys.press("Tab")  # how to tell them: by letter, as it stands
    keys.press("Tab")
    keys.write("12 rue des Lilas")
    keys.enter()
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
    sign_in(page, site, "phone", language)
    take_and_confirm(page, Keys(page))
    page.goto(f"{site.url}/phone")
    search(Keys(page))
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
    page.locator("details summary").click()
    page.locator('form[action$="/cancel"] button').click()
    accessible(page)
    with transaction() as session:
        assert session.scalars(select(Request.status)).one() is RequestStatus.CANCELLED


def take_and_confirm(page: Page, keys: Keys) -> None:
    search(keys)
    keys.write("45000")
    for _ in range(3):
        keys.press("Tab")
    keys.write("12 rue des Lilas")
    keys.enter()
    keys.enter()
    keys.enter()


def test_the_phone_desk_works_without_script(site: Site, region: Region, browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    sign_in(plain, site, "phone", "fr")
    take_and_confirm(plain, Keys(plain))
    with transaction() as session:
        assert session.scalars(select(Request.status)).one() is RequestStatus.PLANNED
    plain.context.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_somebody_is_called_back(
    site: Site, region: Region, page: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site, "phone", language)
    search(Keys(page))
    keys = Keys(page)
    keys.write("45000")
    keys.press("Tab")
    keys.write("0612345678")
    keys.press("Tab")
    keys.press("Tab")
    keys.write("12 rue des Lilas")
    keys.enter()
    page.locator('form[action*="/phone/calls/callers/"] button').click()
    page.goto(f"{site.url}/phone/calls")
    accessible(page)
    page.locator('form[action$="/take"] button').click()
    accessible(page)
    page.locator('form[action$="/done"] button').click()
    expect(page.locator('form[action$="/take"]')).to_have_count(0)
