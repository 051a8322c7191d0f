"""Choosing, keeping, changing: in a browser, in two languages, with the keyboard alone, without scripts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from tests.builders import make_slots
from tests.journeys.conftest import Look, Site, watched
from tests.web.direct import Direct, holds, make_direct, standing, taken
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.serving import HoldStatus, Serving
from vaccination.models.centres import Centre, Slot
from vaccination.models.programmes import Programme
from vaccination.models.serving import Hold
from vaccination.services.asking.requests import secret_of
from web.jobs.holds import expire_holds


@pytest.fixture
def region(site: Site) -> Direct:
    """Two who wait for two slots on each of two days."""
    return make_direct(people=2, slots=2)


def open_own(page: Page, site: Site, region: Direct, which: int = 0, language: str = "fr") -> None:
    page.goto(f"{site.url}/appointments?lang={language}")
    page.fill("#reference", region.references[which])
    page.fill("#secret", secret_of(region.references[which]))
    with page.expect_navigation():
        page.locator("main form .button").first.click()


def follow(page: Page, end: str) -> None:
    with page.expect_navigation():
        page.click(f'main a[href$="{end}"]')


def take_first(page: Page) -> None:
    with page.expect_navigation():
        page.locator('main button[name="offer"]').first.click()


def press(page: Page, end: str) -> None:
    with page.expect_navigation():
        page.locator(f'form[action$="{end}"] .button').click()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_pair_is_chosen_kept_longer_confirmed_and_moved(
    site: Site,
    region: Direct,
    page: Page,
    look: Look,
    language: str,
) -> None:
    open_own(page, site, region, language=language)
    assert page.get_attribute("html", "lang") == language
    look(page)
    follow(page, "/appointments/offers")
    look(page)
    assert taken() == 0, "looking keeps nothing"
    take_first(page)
    expect(page).to_have_url(re.compile("/appointments/hold$"))
    look(page)
    expect(page.locator("#time-left")).to_contain_text(re.compile(r"\b9:\d\d"))
    until = holds(region.request_ids[0])[0].expires_at
    page.wait_for_timeout(1100)
    press(page, "/hold/longer")
    look(page)
    assert holds(region.request_ids[0])[0].expires_at > until
    press(page, "/hold/confirm")
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    look(page)
    assert page.locator("svg.qr").count() == 2
    page.go_back()  # what is confirmed stays confirmed
    page.goto(f"{site.url}/appointments/hold")
    expect(page).to_have_url(re.compile("/appointments/mine$"))

    with transaction() as session:
        centre = session.get_one(Centre, region.centre_id)
        make_slots(session, centre, region.days[1] + timedelta(5))
    page.wait_for_timeout(5_000)  # what is left is read anew after so long (ADR 0042)
    follow(page, "/appointments/change")
    look(page)
    page.locator('label[for="doses-2"]').click()
    with page.expect_navigation():
        page.locator("main form .button").first.click()
    look(page)
    take_first(page)
    look(page)
    assert standing(region.request_ids[0])[1].day == region.days[1], "the old one stands"
    press(page, "/hold/confirm")
    assert standing(region.request_ids[0])[1].day == region.days[1] + timedelta(5)
    site.run_jobs()
    assert len(list((site.settings.files_dir / "outbox").glob("*.eml"))) == 2, "told of both"


def test_everything_works_without_scripts(
    site: Site,
    region: Direct,
    without_scripts: BrowserContext,
) -> None:
    page = without_scripts.new_page()
    open_own(page, site, region)
    follow(page, "/appointments/offers")
    take_first(page)
    assert re.search(r"\b10 minutes", page.locator("#time-left").inner_text())
    press(page, "/hold/longer")
    press(page, "/hold/release")
    assert (taken(), holds(region.request_ids[0])[0].status) == (0, HoldStatus.RELEASED)
    follow(page, "/appointments/offers")
    take_first(page)
    _let_run_out()
    press(page, "/hold/confirm")
    expect(page).to_have_url(re.compile("/appointments/hold$"))
    expire_holds()
    assert taken() == 0, "what ran out is back"
    follow(page, "/appointments/offers")
    take_first(page)
    press(page, "/hold/confirm")
    assert len(standing(region.request_ids[0])) == 2
    follow(page, "/appointments/first-dose")
    page.locator('label[for="product"]').click()
    yesterday = now().date() - timedelta(1)
    for part, value in (("", yesterday.day), ("_month", yesterday.month), ("_year", yesterday.year)):
        page.fill(f"#given{part}", str(value))
    with page.expect_navigation():
        page.locator("main form .button").first.click()
    assert [a.dose_number for a in standing(region.request_ids[0])] == [2]


def test_the_keyboard_alone_is_enough(site: Site, region: Direct, page: Page) -> None:
    open_own(page, site, region)
    _tab_to(page, 'a[href$="/appointments/offers"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/appointments/offers$"))
    _tab_to(page, 'button[name="offer"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/appointments/hold$"))
    _tab_to(page, 'form[action$="/hold/confirm"] button')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    _tab_to(page, 'a[href$="/appointments/change"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/appointments/change$"))
    _tab_to(page, "#doses")
    page.keyboard.press("ArrowDown")
    assert page.locator("#doses-2").is_checked()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("doses=second$"))


def test_the_countdown_ends_on_the_page_that_says_so(
    site: Site, region: Direct, page: Page, look: Look
) -> None:
    open_own(page, site, region)
    follow(page, "/appointments/offers")
    take_first(page)
    with transaction() as session:
        session.execute(update(Hold).values(expires_at=now() + timedelta(seconds=4)))
    page.reload()
    expect(page.locator('main a[href$="/appointments/offers"]')).to_be_visible(timeout=15_000)
    look(page)


def test_of_two_browsers_at_the_last_pair_one_is_offered_others(
    site: Site,
    region: Direct,
    browser: Browser,
    page: Page,
    look: Look,
) -> None:
    with transaction() as session:
        last = session.scalars(select(Slot).order_by(Slot.day, Slot.minute)).all()
        for slot in (last[0], last[2]):
            slot.taken = slot.seats  # one pair is left
        make_slots(session, session.get_one(Centre, region.centre_id), region.days[0] + timedelta(1), slots=1)
    with watched(browser) as elsewhere:
        other = elsewhere.new_page()
        for tab, which in ((page, 0), (other, 1)):
            open_own(tab, site, region, which)
            follow(tab, "/appointments/offers")
        take_first(page)
        take_first(other)
        look(other)
        expect(other.locator(".notice.warn")).to_be_visible()
        assert holds(region.request_ids[1]) == []
    press(page, "/hold/confirm")
    assert len(standing(region.request_ids[0])) == 2


def test_a_wish_to_change_in_a_planned_programme(site: Site, region: Direct, page: Page, look: Look) -> None:
    open_own(page, site, region)
    follow(page, "/appointments/offers")
    take_first(page)
    press(page, "/hold/confirm")
    with transaction() as session:
        session.execute(update(Programme).values(serving=Serving.PLANNED))
    follow(page, "/appointments/change")
    with page.expect_navigation():
        page.locator("main form .button").first.click()
    expect(page).to_have_url(re.compile("/change/wish"))
    look(page)
    with page.expect_navigation():
        page.locator("main form .button").first.click()
    look(page)
    follow(page, "/appointments/change")
    look(page)
    press(page, "/wish/withdraw")
    assert len(standing(region.request_ids[0])) == 2


def _let_run_out() -> None:
    with transaction() as session:
        session.execute(update(Hold).values(expires_at=now() - timedelta(seconds=1)))


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard never reaches {selector}")
