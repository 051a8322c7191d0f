"""A day with thirty people is closed: one message each, and everybody has a way on. In two languages."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select, update

from tests.journeys.after_a_cut import Place, give_phone, make_place, request_of, sign_in
from tests.journeys.conftest import Site
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.disruptions import DisruptionStatus, ReplacementStatus
from vaccination.domain.messages import MessageKind
from vaccination.models.appointments import Appointment
from vaccination.models.contacts import CallBack
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.messages import Message
from web import queue
from web.bells.disruptions import LOOK_AFTER_REPLACEMENTS

PEOPLE = 30
Look = Callable[[Page], None]


@pytest.fixture
def place(site: Site) -> Place:
    return make_place(PEOPLE, booked=True)


@pytest.fixture
def citizen(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser than the agency's, without scripts."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_closed_day_leaves_nobody_without_a_way_on(
    site: Site, place: Place, page: Page, citizen: BrowserContext, accessible: Look, language: str
) -> None:
    for n in (3, 4):
        give_phone(place.references[n])
    sign_in(page, site, Role.AGENCY, language)
    page.goto(f"{site.url}/agency/centres/{place.centre_id}/days/{place.day}")
    _press(page, 'form[action$="/close"] button')
    _prepare_and_send(site, page, accessible)
    site.run_jobs()
    assert len(list((site.settings.files_dir / "outbox").glob("*.eml"))) == PEOPLE
    assert _told() == PEOPLE

    own = citizen.new_page()
    _open(own, site, place, 0, language)
    own.goto(f"{site.url}/appointments/mine/replacement")  # a robot, or somebody who only looks
    assert _status(place, 0) is ReplacementStatus.OPEN
    _press(own, 'form[action$="/accept"] .button')
    expect(own).to_have_url(re.compile("/appointments/mine$"))
    assert _first_day(place, 0) > place.day
    own.go_back()
    _open(own, site, place, 1, language)
    _press(own, 'a[href$="/replacement/others"]')
    own.locator('button[name="offer"]').nth(1).click()
    expect(own).to_have_url(re.compile("/appointments/mine$"))
    assert _status(place, 1) is ReplacementStatus.CHOSEN_OTHER
    _open(own, site, place, 2, language)
    _press(own, 'a[href$="/replacement/call"]')
    _press(own, "main form .button")  # no number: the page says so, and nothing is lost
    assert own.locator(".error-summary a").count() == 1
    own.fill("#phone", "06 12 34 56 78")
    own.locator('label[for="band-2"]').click()
    _press(own, "main form .button")
    assert _status(place, 2) is ReplacementStatus.ASKED_TO_CALL

    _let_time_pass()
    site.run_jobs()
    assert _status(place, 3) is ReplacementStatus.LAPSED
    assert _to_call() == {2, 3, 4}
    _open(own, site, place, 3, language)  # late, but welcome
    _press(own, 'a[href$="/replacement/others"]')
    own.locator('button[name="offer"]').first.click()
    assert _status(place, 3) is ReplacementStatus.CHOSEN_OTHER
    with transaction() as session:
        assert session.scalars(select(Disruption.status)).one() is DisruptionStatus.DONE
        standing = select(func.count()).where(Appointment.stands == 1)
        assert session.scalar(standing) == 2 * PEOPLE, "nobody was cancelled"
    page.reload()
    accessible(page)


def test_each_page_of_a_citizen_is_accessible_and_narrow(
    site: Site, place: Place, page: Page, accessible: Look
) -> None:
    sign_in(page, site, Role.AGENCY, "fr")
    page.goto(f"{site.url}/agency/centres/{place.centre_id}/days/{place.day}")
    _press(page, 'form[action$="/close"] button')
    _prepare_and_send(site, page, accessible)
    site.run_jobs()
    page.goto(place.link(site, 0))
    page.reload()
    _press(page, "main form .button")
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("", "/replacement", "/replacement/others", "/replacement/call"):
        page.goto(f"{site.url}/appointments/mine{path}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_yes_is_said_by_keyboard_alone(site: Site, place: Place, page: Page, accessible: Look) -> None:
    sign_in(page, site, Role.AGENCY, "fr")
    page.goto(f"{site.url}/agency/centres/{place.centre_id}/days/{place.day}")
    _press(page, 'form[action$="/close"] button')
    _prepare_and_send(site, page, accessible)
    site.run_jobs()
    page.context.clear_cookies()
    page.goto(place.link(site, 0))
    page.keyboard.press("Enter")  # the script has put the focus on the button
    page.wait_for_url("**/appointments/mine")
    page.goto(f"{site.url}/appointments/mine/replacement")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('form')?.action.endsWith('/accept')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/appointments/mine")
    assert _status(place, 0) is ReplacementStatus.ACCEPTED


def _prepare_and_send(site: Site, page: Page, accessible: Look) -> None:
    page.goto(f"{site.url}/agency/disruptions")
    accessible(page)
    _press(page, "main table form button")
    accessible(page)
    assert page.locator("main tbody tr").count() == PEOPLE
    with transaction() as session:
        assert session.scalar(select(func.count(Message.id))) == 0, "a draft tells nobody"
    _press(page, 'form[action$="/send"] button')


def _open(page: Page, site: Site, place: Place, n: int, language: str) -> None:
    """Somebody opens their own request, typing what the message says, and the new proposal."""
    page.context.clear_cookies()
    page.goto(f"{site.url}/appointments?lang={language}")
    reference, secret = place.link(site, n).rpartition("#")[2].split(".")
    page.fill("#reference", reference)
    page.fill("#secret", secret)
    _press(page, "main form .button")
    assert page.get_attribute("html", "lang") == language
    _press(page, 'main a[href$="/replacement"]')


def _press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def _let_time_pass() -> None:
    """The last moment to answer has passed for everybody."""
    with transaction() as session:
        session.execute(
            update(Replacement)
            .where(Replacement.status == ReplacementStatus.OPEN)
            .values(answer_by=now() - timedelta(minutes=1))
        )
    queue.enqueue(LOOK_AFTER_REPLACEMENTS)


def _status(place: Place, n: int) -> ReplacementStatus:
    with transaction() as session:
        request = request_of(session, place.references[n])
        return session.scalars(select(Replacement.status).where(Replacement.request_id == request.id)).one()


def _first_day(place: Place, n: int) -> object:
    with transaction() as session:
        request = request_of(session, place.references[n])
        query = select(Appointment.day).where(Appointment.request_id == request.id)
        return session.scalars(query.where(Appointment.dose_number == 1)).one()


def _told() -> int:
    """People with exactly one message of the new proposal."""
    with transaction() as session:
        counted = (
            select(Message.request_id)
            .where(Message.kind == MessageKind.REPLACED)
            .group_by(Message.request_id)
            .having(func.count() == 1)
        )
        return len(session.scalars(counted).all())


def _to_call() -> set[int]:
    """Who of the first people is on the list to be called."""
    with transaction() as session:
        asked = session.scalars(select(CallBack.request_id)).all()
        first = min(session.scalars(select(Replacement.request_id)))
        return {(request_id or 0) - first for request_id in asked}
