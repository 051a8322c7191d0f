"""Twelve doses would be lost today: sixty people, waves, yes by link and by phone, a thirteenth too late."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from tests.journeys.after_a_cut import Place, clock_in, give_phone, make_place, request_of, sign_in
from tests.journeys.conftest import Site
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.same_day import InvitationStatus, ReachedBy
from vaccination.models.appointments import Appointment
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.security.link_tokens import link_token
from vaccination.services.same_day.answers import accept
from web import queue
from web.bells.same_day import SAME_DAY_ROUND

PEOPLE, DOSES = 60, 12
S = InvitationStatus
Look = Callable[[Page], None]


@pytest.fixture
def place(site: Site) -> Place:
    place = make_place(PEOPLE, booked=False)
    give_phone(place.references[0])
    with transaction() as session:
        session.get_one(Standby, request_of(session, place.references[0]).id).by = ReachedBy.PHONE
        request_of(session, place.references[0]).priority = 1  # asked in the first wave, whatever is drawn
    return place


@pytest.fixture
def citizen(browser: Browser) -> Iterator[Page]:
    """A citizen's browser without scripts: the code is typed."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_twelve_doses_find_twelve_people(
    site: Site, place: Place, page: Page, citizen: Page, accessible: Look, language: str
) -> None:
    sign_in(page, site, Role.DESK, language, place.centre_id)
    page.goto(f"{site.url}/desk/{place.centre_id}/same-day")
    accessible(page)
    page.fill("#doses", str(DOSES))
    page.fill("#until", clock_in(place.timezone, 4))
    _press(page, 'main form[method="post"] .button')
    site.run_jobs()
    page.reload()
    accessible(page)
    assert _count() == {S.ASKED: 2 * DOSES}
    assert len(list((site.settings.files_dir / "outbox").glob("*.eml"))) == 2 * DOSES - 1  # one is phoned

    _press(page, 'main form[action*="/answers/"] button[value="yes"]')
    assert _count()[S.ACCEPTED] == 1

    by_link, robot, late, no, expired, *silent = _asked()[:7]
    citizen.goto(f"{site.url}/today?lang={language}")
    citizen.goto(f"{site.url}/today#{_token(robot)}")
    citizen.goto(f"{site.url}/today/answer")  # nobody has opened anything here
    assert _status(robot) is S.ASKED
    _open(citizen, site, by_link, language)
    assert citizen.locator(".appointment").count() == 2, "today's dose and the second one"
    _press(citizen, 'form[action$="/yes"] .button')
    expect(citizen).to_have_url(re.compile("/today/answer$"))
    assert _status(by_link) is S.ACCEPTED
    citizen.reload()
    citizen.go_back()
    assert _count()[S.ACCEPTED] == 2

    _open(citizen, site, no, language)
    _press(citizen, 'form[action$="/no"] .button')
    site.run_jobs()
    assert _count() == {S.ASKED: 21, S.ACCEPTED: 2, S.DECLINED: 1}, "two a dose still think: nobody more"
    for one in (expired, *silent):
        _time_is_over(one)
    queue.enqueue(SAME_DAY_ROUND)
    site.run_jobs()
    assert _count() == {S.ASKED: 20, S.ACCEPTED: 2, S.DECLINED: 1, S.LAPSED: 3}, "two of a second wave"
    _open(citizen, site, expired, language)
    assert citizen.locator('form[action$="/yes"]').count() == 0
    _open(citizen, site, late, language)  # sees the invitation, and thinks a little too long
    for invitation_id in [one for one in _asked() if one != late][: DOSES - 2]:
        with transaction() as session:
            assert accept(session, invitation_id, now=now()).status is S.ACCEPTED
    _press(citizen, 'form[action$="/yes"] .button')
    assert _status(late) is S.TOO_LATE
    assert citizen.locator("main h1").count() == 1

    queue.enqueue(SAME_DAY_ROUND)
    site.run_jobs()
    with transaction() as session:
        call = session.scalars(select(SameDayCall)).one()
        assert (call.confirmed, call.status.value) == (DOSES, "closed")
        doses = select(Appointment.dose_number, func.count()).group_by(Appointment.dose_number)
        assert dict(session.execute(doses).all()) == {1: DOSES, 2: DOSES}
    page.reload()
    accessible(page)


def test_the_list_is_joined_and_left_on_the_own_page(
    site: Site, place: Place, page: Page, accessible: Look
) -> None:
    with transaction() as session:
        request_id = request_of(session, place.references[1]).id
        session.delete(session.get_one(Standby, request_id))
    page.goto(f"{site.url}/same-day")
    accessible(page)
    page.goto(place.link(site, 1))
    _press(page, "main form .button")
    _press(page, 'main a[href$="/standby"]')
    accessible(page)
    page.locator('label[for="max_km-3"]').click()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    _press(page, "main form .button")
    with transaction() as session:
        assert session.get_one(Standby, request_id).max_km == 20
    _press(page, 'main a[href$="/standby"]')
    _press(page, 'form[action$="/leave"] .button')
    with transaction() as session:
        assert session.get(Standby, request_id) is None


def test_the_link_of_a_message_is_one_key_away_from_the_invitation(
    site: Site, place: Place, page: Page, accessible: Look
) -> None:
    sign_in(page, site, Role.DESK, "fr", place.centre_id)
    page.goto(f"{site.url}/desk/{place.centre_id}/same-day")
    page.fill("#doses", "1")
    page.fill("#until", clock_in(place.timezone, 4))
    page.keyboard.press("Enter")
    page.wait_for_url("**/same-day/*")
    site.run_jobs()
    page.context.clear_cookies()
    (asked,) = _asked()  # the other one is phoned
    page.goto("about:blank")
    page.goto(f"{site.url}/today#{_token(asked)}")
    assert page.url.endswith("/today"), "the code leaves the address bar"
    accessible(page)
    page.keyboard.press("Enter")  # the script has put the focus on the button
    page.wait_for_url("**/today/answer")
    accessible(page)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('form')?.action.endsWith('/yes')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator(".appointment")).to_have_count(2)
    assert _status(asked) is S.ACCEPTED


def _open(page: Page, site: Site, invitation_id: int, language: str) -> None:
    """Somebody types the code of their message."""
    page.context.clear_cookies()
    page.goto(f"{site.url}/today?lang={language}")
    assert page.get_attribute("html", "lang") == language
    page.fill("#code", _token(invitation_id))
    _press(page, "main form .button")


def _press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def _token(invitation_id: int) -> str:
    with transaction() as session:
        row = session.get_one(SameDayInvitation, invitation_id)
        return link_token("same_day", row.call_id, row.request_id)


def _asked() -> list[int]:
    """Who is told by mail and thinks, in the order in which they were asked."""
    with transaction() as session:
        query = select(SameDayInvitation.id).where(
            SameDayInvitation.status == S.ASKED, SameDayInvitation.channel == "email"
        )
        return list(session.scalars(query.order_by(SameDayInvitation.place)))


def _status(invitation_id: int) -> InvitationStatus:
    with transaction() as session:
        return session.get_one(SameDayInvitation, invitation_id).status


def _count() -> dict[InvitationStatus, int]:
    with transaction() as session:
        query = select(SameDayInvitation.status, func.count()).group_by(SameDayInvitation.status)
        return dict(session.execute(query).all())  # type: ignore[arg-type]


def _time_is_over(invitation_id: int) -> None:
    with transaction() as session:
        session.execute(
            update(SameDayInvitation)
            .where(SameDayInvitation.id == invitation_id)
            .values(answer_by=now() - timedelta(minutes=1))
        )
