"""Asking for oneself, for somebody else, for a household: in two languages, by keyboard, without scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from tests.builders import make_centre, make_lot, make_slots, make_stock
from tests.journeys.conftest import Look, Site
from tests.journeys.keys import Keys
from tests.journeys.test_citizen import Citizen, ask
from tests.web.region import Region, make_region
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.contacts import Helper
from vaccination.models.people import Person
from vaccination.models.programmes import Product
from vaccination.models.requests import Request
from vaccination.services.keeping.erasure import NOBODY, erase_persons
from vaccination.services.planning.runs import RequestPlan, request_plan
from web import queue
from web.public.interpreters import language_names
from web.queue import JobName

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture
def region(site: Site) -> Region:
    return make_region()


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def requests() -> list[Request]:
    with transaction() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def person() -> Person:
    with transaction() as session:
        return session.scalars(select(Person)).one()


@LANGUAGES
def test_by_keyboard_alone_one_asks_for_oneself_and_is_told_by_text(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    page.goto(f"{site.url}/request?lang={language}")
    keys = Keys(page)
    keys.choose("for_whom", 1)
    keys.send("/name")
    keys.write("given_name", "Léa")
    keys.write("family_name", "Roy")
    keys.send("/birth-date")
    keys.write("birth", "27")
    keys.write("birth_month", "3")
    keys.write("birth_year", "1948")
    keys.send("/where")
    keys.write("where", "45000")
    keys.send("/distance")
    keys.choose("distance", 4)
    keys.send("/times")
    keys.send("/dates")
    keys.send("/first-dose")
    keys.choose("had_first", 1)
    keys.send("/second-place")
    keys.choose("second", 2)
    keys.write("second_where", "Tours")
    look(page)
    keys.send("/vaccines")
    keys.tick("refused-2")
    keys.send("/situation")
    keys.send("/needs")
    keys.tick("sign_language")
    keys.to("interpreter")
    page.locator("#interpreter").press("End")
    look(page)
    keys.send("/contact")
    keys.choose("contact_by", 2)
    keys.write("phone", "02 38 00 00 00")
    keys.send("/contact")  # a landline receives no texts
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#phone")
    look(page)
    keys.write("phone", "+44 20 7946 0018")
    keys.send("/contact")
    keys.write("phone", "06 12 34 56 78")
    keys.send("/check")
    look(page)
    keys.send("/request/done")
    look(page)
    (request,) = requests()
    assert (request.contact_by, request.second_town, request.locale) == (ContactBy.SMS, "Tours", language)
    assert person().needs == {"sign_language": True, "interpreter": list(language_names(language))[-1]}


@LANGUAGES
def test_without_scripts_one_asks_for_a_mother_who_has_agreed(
    site: Site, region: Region, without_scripts: Page, language: str
) -> None:
    page = without_scripts
    page.goto(f"{site.url}/request?lang={language}")
    citizen = Citizen(page, lambda page: None)
    citizen.tick("for_whom-2")
    citizen.go("/request/helper")
    citizen.go("/request/helper")  # nothing written
    assert page.locator(".error-summary a").count() == 4
    page.fill("#helper_name", "Paul Roy")
    citizen.tick("relation")
    citizen.tick("consent-2")
    page.fill("#helper_phone", "06 12 34 56 78")
    citizen.go("/request/name")
    page.fill("#given_name", "Jeanne")
    page.fill("#family_name", "Roy")
    citizen.go("/request/birth-date")
    expect(page.locator("main")).to_contain_text("Jeanne Roy")
    for field, text in (("birth", "1"), ("birth_month", "2"), ("birth_year", "1939")):
        page.fill(f"#{field}", text)
    citizen.go("/request/where")
    page.fill("#where", "45000")
    citizen.go("/request/distance")
    citizen.tick("distance-2")
    for path in ("times", "dates", "first-dose"):
        citizen.go(f"/request/{path}")
    citizen.tick("had_first-2")
    citizen.tick("first_product")
    given = now().date() - timedelta(7)
    for field, part in (("first_given", given.day), ("first_given_month", given.month),
                        ("first_given_year", given.year)):  # fmt: skip
        page.fill(f"#{field}", str(part))
    page.fill("#first_place", "Clinique du Parc")
    for path in ("vaccines", "situation", "needs"):
        citizen.go(f"/request/{path}")
    page.select_option("#interpreter", "pt")
    citizen.go("/request/contact")
    citizen.tick("contact_by-4")
    citizen.go("/request/address")
    page.fill("#street", "12 rue des Lilas")
    citizen.go("/request/check")
    expect(page.locator("main")).to_contain_text("Clinique du Parc")
    citizen.go("/request/done")
    (request,) = requests()
    assert (request.contact_by, request.first_given_at) == (ContactBy.LETTER, "Clinique du Parc")
    with transaction() as session:
        helper = session.get_one(Helper, request.id)
        assert (helper.name, helper.relation, helper.consent) == (
            "Paul Roy", Relation.RELATIVE, Consent.GIVEN_BY_PHONE,
        )  # fmt: skip
    assert person().needs == {"interpreter": "pt"}
    _the_helper_leaves_with_the_person(request.id)


def _the_helper_leaves_with_the_person(request_id: int) -> None:
    """Cancelled, and then ninety days later."""
    with transaction() as session:
        session.execute(update(Request).values(status=RequestStatus.CANCELLED))
    with transaction() as session:
        assert erase_persons(session, now=now() + timedelta(days=100)) == 1
    with transaction() as session:
        assert session.get(Helper, request_id) is None
        kept = session.scalars(select(Person)).one()
        assert (kept.family_name, kept.needs) == (NOBODY, None)
        assert session.get_one(Request, request_id).first_given_at == ""


@LANGUAGES
def test_a_household_of_four_asks_once_and_is_planned_whole(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    page.goto(f"{site.url}/request?lang={language}")
    citizen = Citizen(page, look)
    citizen.tick("for_whom-3")
    citizen.go("/request/name")
    page.fill("#given_name", "Léa")
    page.fill("#family_name", "Roy")
    citizen.go("/request/birth-date")
    for field, text in (("birth", "27"), ("birth_month", "3"), ("birth_year", "1980")):
        page.fill(f"#{field}", text)
    citizen.go("/request/family")
    for given, year in (("Tom", 1978), ("Zoé", 2009), ("Max", 2010)):
        _add(page, given, year)
        look(page)
    citizen.tick("agreed")
    _press(page, "main form button:not([name]).primary", "/request/where")
    page.fill("#where", "45000")
    for path in ("distance", "times", "dates", "first-dose", "second-place", "vaccines", "situation"):
        citizen.go(f"/request/{path}")
        _answer(citizen, path)
    citizen.go("/request/needs")
    citizen.go("/request/contact")
    citizen.tick("contact_by")
    page.fill("#email", "lea@example.org")
    citizen.go("/request/check")
    citizen.go("/family/done")
    references = page.locator(".confirmation .reference").all_inner_texts()
    assert len(set(references)) == 8, "a reference and a secret code each"
    page.go_back()
    page.reload()
    expect(page).to_have_url(re.compile("/family/done$"))
    assert len({request.household_id for request in requests()}) == 1
    _plan(site, region)
    assert {request.status for request in requests()} == {RequestStatus.PLANNED}
    with transaction() as session:
        days = session.scalars(select(Appointment.day).order_by(Appointment.request_id)).all()
        centres = set(session.scalars(select(Appointment.centre_id)))
    assert len(days) == 8 and len(set(days)) == 2 and len(centres) == 1
    page.goto(f"{site.url}/family")
    look(page)
    _press(page, "main form button >> nth=2", "/appointments/mine")
    expect(page.locator("main")).to_contain_text("Zoé Roy")
    look(page)
    page.click('a[href$="/family"]')
    expect(page.locator("h2")).to_have_count(4)


def _answer(citizen: Citizen, path: str) -> None:
    choices = {"distance": "distance-3", "first-dose": "had_first", "second-place": "second"}
    if path in choices:
        citizen.tick(choices[path])


def _add(page: Page, given: str, year: int) -> None:
    page.fill("#new_given", given)
    page.fill("#new_family", "Roy")
    for field, text in (("new_born", "2"), ("new_born_month", "3"), ("new_born_year", str(year))):
        page.fill(f"#{field}", text)
    page.locator("#new_born_year").press("Enter")  # Enter adds, it does not send the page away
    page.wait_for_load_state()
    expect(page.locator("ul.people")).to_contain_text(f"{given} Roy")


def _press(page: Page, button: str, path: str) -> None:
    with page.expect_navigation():
        page.locator(button).click()
    expect(page).to_have_url(re.compile(f"{path}$"))


def _plan(site: Site, region: Region) -> None:
    today = now().date()
    with transaction() as session:
        centre = make_centre(session)
        for day in (today + timedelta(7), today + timedelta(35)):
            make_slots(session, centre, day)
        product = session.get_one(Product, region.products[0])
        make_stock(session, centre, make_lot(session, product, expires_on=today + timedelta(200)),
                   available_from=today)  # fmt: skip
        run = RequestPlan(region.programme_id, today, days=60, seconds=10, apply_at_once=True)
        run_id = request_plan(session, run, now=now(), user_id=None)
    queue.enqueue(JobName.RUN_PLAN, run_id)
    site.run_jobs()
    site.run_jobs()


@LANGUAGES
def test_answers_are_changed_while_waiting(
    site: Site, region: Region, page: Page, look: Look, language: str
) -> None:
    page.goto(f"{site.url}/?lang={language}")
    citizen = Citizen(page, look)
    ask(Citizen(page, lambda page: None), site)
    citizen.tick("contact_by")
    page.fill("#email", "lea@example.org")
    citizen.go("/request/check")
    citizen.go("/request/done")
    page.goto(f"{site.url}/appointments/mine")
    page.click('a[href$="/mine/answers"]')
    look(page)
    page.click('a[href$="/answers/contact"]')
    look(page)
    assert page.input_value("#email") == "lea@example.org"
    citizen.tick("contact_by-2")
    page.fill("#phone", "06 12 34 56 78")
    citizen.go("/mine/answers")
    page.click('a[href$="/answers/where"]')
    page.fill("#where", "Tours")
    citizen.go("/mine/answers")
    (request,) = requests()
    assert (request.contact_by, request.town) == (ContactBy.SMS, "Tours")
