"""A citizen writes, is answered, asks to be called, checks the draw and has their place explained."""

import re
from email import message_from_bytes
from email.policy import default
from hashlib import sha256

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests.journeys.conftest import Look, Site, watched
from tests.web.direct import Direct, make_direct
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.contacts import ThreadStatus
from vaccination.domain.planning import RunStatus
from vaccination.domain.serving import Serving
from vaccination.models.contacts import CallBack, Thread
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.services.asking.requests import secret_of
from vaccination.services.planning.runs import RequestPlan, discard_plan, request_plan
from vaccination.services.region.seeds_published import promise_missing_seeds

QUESTION, ANSWER = "May my daughter come with me?", "Yes, both of you are welcome."


@pytest.fixture
def region(site: Site) -> Direct:
    return make_direct(serving=Serving.PLANNED)


def open_own(page: Page, site: Site, region: Direct, language: str = "fr") -> None:
    """From the first page, with reference and secret code."""
    page.goto(f"{site.url}/?lang={language}")
    page.goto(f"{site.url}/appointments")
    page.fill("#reference", region.references[0])
    page.fill("#secret", secret_of(region.references[0]))
    with page.expect_navigation():
        page.press("#secret", "Enter")
    expect(page).to_have_url(re.compile("/appointments/mine$"))


def follow(page: Page, target: str) -> None:
    """Press the link that leads there."""
    with page.expect_navigation():
        page.locator(f'main a[href$="{target}"]').first.click()


def write(page: Page, text: str = QUESTION) -> None:
    """The form of the page, filled in and sent."""
    page.locator('label[for="subject-2"]').click()
    page.fill("#text", text)
    with page.expect_navigation():
        page.locator('form:has(#text) button[class*="primary"]').click()


def answer(page: Page, site: Site, language: str, look: Look) -> None:
    """The desk finds the question in the inbox of its centre."""
    page.goto(f"{site.url}/account/sign-in?lang={language}")
    page.fill("#login", "desk")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")
    with page.expect_navigation():
        page.locator('header a[href="/inbox"]').click()
    look(page)
    with page.expect_navigation():
        page.locator("main table a").first.click()
    look(page)
    expect(page.locator("main")).to_contain_text(QUESTION)
    page.fill("#text", ANSWER)
    with page.expect_navigation():
        page.locator('form:has(#text) button[class*="primary"]').click()
    look(page)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_question_is_answered_and_no_mail_tells_what(
    site: Site, region: Direct, page: Page, browser: Browser, look: Look, language: str
) -> None:
    make_staff("desk", Grant(Role.DESK, region.centre_id))
    open_own(page, site, region, language)
    follow(page, "/mine/contact")
    look(page)
    with page.expect_navigation():
        page.locator('form:has(#text) button[class*="primary"]').click()
    assert page.locator(".error-summary a").count() == 2  # nothing written: the page says so
    look(page)
    write(page)
    look(page)
    expect(page.locator("main")).to_contain_text(QUESTION)

    with watched(browser) as desk:
        answer(desk.new_page(), site, language, look)
    site.run_jobs()
    _expect_a_mail_that_tells_nothing(site)

    page.goto(f"{site.url}/appointments/mine")
    look(page)
    follow(page, "/mine/contact")
    expect(page.locator("main")).to_contain_text(ANSWER)
    with page.expect_navigation():
        page.locator('form[action$="/contact/read"] button').click()
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    assert page.locator(".notice.warn").count() == 0


def _expect_a_mail_that_tells_nothing(site: Site) -> None:
    (path,) = (site.settings.files_dir / "outbox").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    whole = mail.as_string()
    bodies = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    for told in (QUESTION, ANSWER, "daughter"):
        assert told not in whole and all(told not in body for body in bodies)
    assert re.search(r"http\S+/appointments#\S+", bodies[0])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_somebody_asks_to_be_called(
    site: Site, region: Direct, page: Page, look: Look, language: str
) -> None:
    open_own(page, site, region, language)
    follow(page, "/mine/call")
    look(page)
    page.fill("#phone", "12 34")  # nobody can call that
    page.locator('label[for="band-2"]').click()
    with page.expect_navigation():
        page.locator("main form button").click()
    assert page.locator("#phone-fault").count() == 1
    look(page)
    page.fill("#phone", "+32 470 12 34 56")
    with page.expect_navigation():
        page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    with transaction() as session:
        call = session.scalars(select(CallBack)).one()
        assert (call.phone, call.band, call.locale) == ("+32470123456", 1, language)


def test_writing_needs_no_script(site: Site, region: Direct, without_scripts: BrowserContext) -> None:
    page = without_scripts.new_page()
    open_own(page, site, region)
    follow(page, "/mine/contact")
    write(page)
    page.go_back()  # and sent again from the page before
    write(page)
    with transaction() as session:
        assert session.scalars(select(Thread.status)).one() is ThreadStatus.OPEN
    assert page.locator("ol.said li").count() == 1


def test_writing_needs_no_mouse(site: Site, region: Direct, page: Page) -> None:
    open_own(page, site, region)
    _tab_to(page, 'a[href$="/mine/contact"]')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _tab_to(page, "#subject")
    page.keyboard.press("ArrowDown")
    assert page.locator("#subject-2").is_checked()
    _tab_to(page, "#text")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("ol.said")).to_contain_text(QUESTION)


def _tab_to(page: Page, target: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
    raise AssertionError(f"the keyboard does not reach {target}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_draw_is_sealed_before_the_plan_and_checked_after_it(
    site: Site, region: Direct, page: Page, look: Look, language: str
) -> None:
    with transaction() as session:
        promise_missing_seeds(session)
    page.goto(f"{site.url}/?lang={language}")
    follow(page, "/fair")
    look(page)
    follow(page, "/fair/draws")
    look(page)
    seal = page.locator("main code").first.inner_text()
    with transaction() as session:
        command = RequestPlan(region.programme_id, now().date(), days=60, seconds=5)
        run_id = request_plan(session, command, now=now())
    page.reload()
    during = page.locator("main dd code")
    assert during.all_inner_texts() == [seal]  # the seal of the run that is being made, and no seed
    with transaction() as session:
        discard_plan(session, run_id, now=now())
    page.reload()
    look(page)
    told, seed, salt = page.locator("main dd code").all_inner_texts()
    assert told == seal == sha256(f"{seed}:{salt}".encode()).hexdigest()
    assert page.locator("main code").first.inner_text() != seal  # the next one is sealed already
    page.goto(f"{site.url}/fair/odds")
    look(page)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_place_says_why_not_and_what_to_change(
    site: Site, region: Direct, page: Page, look: Look, language: str
) -> None:
    with transaction() as session:
        moment = now()
        run = PlanRun(
            programme_id=region.programme_id, status=RunStatus.APPLIED, asked_at=moment, finished_at=moment,
            starts_on=moment.date(), days=84, lottery_seed=1, time_limit_s=10,
        )  # fmt: skip
        session.add(run)
        session.flush()
        left_out = dict(reason="out_of_seats", change="farther", amount=61.5)
        session.add(Unplanned(plan_run_id=run.id, request_id=region.request_ids[0], **left_out))
    open_own(page, site, region, language)
    follow(page, "/mine/place")
    look(page)
    expect(page.locator("main .notice.info")).to_contain_text("62")
    expect(page.locator("main .summary-list")).to_contain_text("50")
