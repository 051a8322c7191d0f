"""A citizen asks, is planned, opens the paper and cancels: in two languages, with and without scripts."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.journeys.conftest import Look, Site
from tests.reports.paper import rasterised, reader, seen_by_zbar
from tests.web.region import Region, make_region, plan
from vaccination.db import transaction
from vaccination.domain.messages import MessageKind
from vaccination.models.requests import Request
from vaccination.security.signing_keys import SigningKeys
from vaccination.security.tokens import read
from vaccination.services.telling.messages import write_message


@dataclass
class Citizen:
    """Somebody at a page, who presses the one big button; `look` judges each page that opens."""

    page: Page
    look: Look

    def go(self, path: str = "") -> None:
        """Press the button of the form; a path says where that must lead."""
        with self.page.expect_navigation():
            self.page.locator("main form .button").first.click()
        if path:
            expect(self.page).to_have_url(re.compile(re.escape(path) + "$"))
        self.look(self.page)

    def tick(self, name: str) -> None:
        self.page.locator(f'label[for="{name}"]').click()


@pytest.fixture
def region(site: Site) -> Region:
    return make_region()


def ask(citizen: Citizen, site: Site, name: str = "Léa") -> None:
    """From the first page to the check of the answers; wrong once, and through a choice of towns."""
    page = citizen.page
    page.goto(site.url)
    citizen.look(page)
    with page.expect_navigation():
        page.locator("main .button.primary").click()
    citizen.look(page)
    citizen.tick("for_whom")
    citizen.go("/request/name")
    wishes_of_one(citizen, name)
    citizen.go("/request/contact")


def wishes_of_one(citizen: Citizen, name: str = "Léa") -> None:
    """From the page of the name to that of the needs, which stays open."""
    page = citizen.page
    citizen.go("/request/name")  # nothing written: the page says so
    assert page.locator(".error-summary a").count() == 2
    page.fill("#given_name", name)
    page.fill("#family_name", "D’Aubigné")
    citizen.go("/request/birth-date")
    page.fill("#birth", "27")
    page.fill("#birth_month", "mars")
    page.fill("#birth_year", "1948")
    citizen.go("/request/where")
    page.fill("#where", "saint denis")
    citizen.go("/request/where")
    citizen.tick("town-2")
    citizen.go("/request/distance")
    citizen.tick("distance-4")
    citizen.go("/request/times")
    citizen.tick("times")
    citizen.go("/request/dates")
    page.fill("#away", "14 7 2099")
    citizen.go("/request/first-dose")
    citizen.tick("had_first")
    citizen.go("/request/second-place")
    citizen.tick("second")
    citizen.go("/request/vaccines")
    citizen.go("/request/situation")
    citizen.go("/request/needs")
    citizen.tick("step_free")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_citizen_asks_is_planned_prints_and_cancels(
    site: Site, region: Region, page: Page, look: Look, language: str, tmp_path: Path
) -> None:
    citizen = Citizen(page, look)
    page.goto(f"{site.url}/?lang={language}")
    assert page.get_attribute("html", "lang") == language
    ask(citizen, site)
    citizen.tick("contact_by")
    page.fill("#email", "lea@example.org")
    citizen.go("/request/check")
    citizen.go("/request/done")
    site.run_jobs()
    link = _link_in_the_mail(site)
    assert _request().locale == language
    plan(region, _request().id)
    _confirm()
    site.run_jobs()

    page.goto("about:blank")  # days later, from the mail
    page.context.clear_cookies()
    page.goto(f"{site.url}/?lang={language}")
    page.goto("about:blank")
    page.goto(link)
    look(page)
    assert page.url.endswith("/appointments"), "the secret leaves the address bar"
    citizen.go("/appointments/mine")
    assert page.locator("svg.qr").count() == 2
    page.goto(f"{site.url}/appointments/mine/confirmation")
    look(page)
    assert len(reader(page.pdf(format="A4", prefer_css_page_size=True)).pages) == 1, "both doses on one sheet"
    page.goto(f"{site.url}/appointments/mine")
    with page.expect_download() as download:
        page.click('a[href$="confirmation.pdf"]')
    pdf = Path(download.value.path()).read_bytes()
    keys = SigningKeys.from_text(site.settings.signing_keys).public()
    doses = {read(text, keys).dose for text in seen_by_zbar(rasterised(pdf, tmp_path))}
    assert doses == {1, 2}

    with page.expect_navigation():
        page.click('a[href$="/mine/cancel"]')
    look(page)
    assert _request().status.value == "planned"
    citizen.tick("reason")
    citizen.go("/appointments/mine")
    assert _request().status.value == "cancelled"


def test_everything_works_without_scripts(
    site: Site, region: Region, without_scripts: BrowserContext
) -> None:
    page = without_scripts.new_page()
    citizen = Citizen(page, lambda page: None)
    ask(citizen, site)
    citizen.tick("contact_by-4")
    citizen.go("/request/address")
    page.fill("#street", "12 rue des Lilas")
    citizen.go("/request/check")
    citizen.go("/request/done")
    reference, secret = page.locator(".confirmation .reference").all_inner_texts()
    plan(region, _request().id)

    without_scripts.clear_cookies()
    page.goto(f"{site.url}/appointments")
    page.fill("#reference", reference)
    page.fill("#secret", secret)
    citizen.go("/appointments/mine")
    assert page.locator("svg.qr").count() == 2
    page.click('a[href$="/mine/cancel"]')
    citizen.go("/appointments/mine")
    assert _request().status.value == "cancelled"


def test_the_keyboard_alone_is_enough(site: Site, region: Region, page: Page) -> None:
    page.goto(f"{site.url}/request")
    page.locator("#for_whom").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/request/name$"))
    page.locator("#given_name").focus()
    for key in ("L", "é", "a", "Tab", "R", "o", "y", "Tab", "Enter"):
        page.keyboard.insert_text(key) if len(key) == 1 else page.keyboard.press(key)
    expect(page).to_have_url(re.compile("/request/birth-date$"))
    page.locator("#birth").focus()
    for typed in ("27", "3", "1948"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/request/where$"))
    page.locator("#where").focus()
    page.keyboard.type("45000")
    page.keyboard.press("Enter")
    page.locator("#distance").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#distance-2").is_checked()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/request/times$"))


def _request() -> Request:
    with transaction() as session:
        return session.scalars(select(Request).order_by(Request.id.desc())).first() or Request()


def _confirm() -> None:
    with transaction() as session:
        request = _request()
        write_message(session, request.id, MessageKind.CONFIRMED, about="test", now=request.created_at)


def _link_in_the_mail(site: Site) -> str:
    (path,) = (site.settings.files_dir / "outbox").glob("*.eml")
    body = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",))  # type: ignore[attr-defined]
    found = re.search(r"http\S+#\S+", body.get_content())
    assert found is not None
    return found.group()
