"""Somebody who reads Arabic asks, is planned and opens their own page: all of it from right to left."""

import re

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from tests.journeys.conftest import Look, Site
from tests.journeys.test_citizen import region  # noqa: F401  a fixture
from tests.web.region import Region, plan
from vaccination.db import transaction
from vaccination.models.people import Person
from vaccination.models.requests import Request

# digits and month as an Arabic keyboard writes them
_TYPED = {
    "given_name": "ليلى",
    "family_name": "بن علي",
    "birth": "٢٧",
    "birth_month": "مارس",
    "birth_year": "١٩٤٨",
    "where": "٤٥٠٠٠",
    "email": "leila@example.org",
}
_LEFT_AS_THEY_ARE = ("/request/vaccines", "/request/situation", "/request/needs", "/request/dates")


def test_from_asking_to_the_own_page_in_arabic(
    site: Site,
    region: Region,  # noqa: F811
    page: Page,
    look: Look,
) -> None:
    page.goto(f"{site.url}/?lang=ar")
    _is_arabic(page)
    look(page)
    with page.expect_navigation():
        page.locator("main .button.primary").click()
    _answer_until_check(page, look)
    summary = page.locator(".summary-list")
    expect(summary).to_contain_text("ليلى بن علي")
    expect(summary).to_contain_text("27 مارس 1948")
    _press(page)
    expect(page).to_have_url(re.compile("/request/done$"))
    _is_arabic(page)
    look(page)
    reference, secret = (text.inner_text() for text in page.locator("strong.reference").all())
    with transaction() as session:
        asked = session.scalars(select(Request)).one()
        person = session.get_one(Person, asked.person_id)
        assert (asked.locale, person.given_name, person.birth_date.year) == ("ar", "ليلى", 1948)
        request_id = asked.id
    plan(region, request_id)

    page.context.clear_cookies()  # days later, with what was written down
    page.goto(f"{site.url}/appointments?lang=ar")
    page.fill("#reference", f"\u2066{reference}\u2069")  # copied with the marks of its order
    page.fill("#secret", secret)
    _press(page)
    expect(page).to_have_url(re.compile("/appointments/mine$"))
    _is_arabic(page)
    look(page)
    assert page.locator("svg.qr").count() == 2
    _stands_on_its_left(page.locator("svg.qr").first, page.locator(".appointment-day").first)
    page.goto(f"{site.url}/appointments/mine/confirmation")
    arrow = page.locator(".back-link .icon")
    assert arrow.evaluate("arrow => getComputedStyle(arrow).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    _stands_on_its_left(page.locator(".language-switch"), page.locator(".product"))
    look(page)


def _answer_until_check(page: Page, look: Look) -> None:
    for _ in range(25):
        if page.url.endswith("/request/check"):
            return
        _is_arabic(page)
        look(page)
        for name, value in _TYPED.items():
            if page.locator(f"input#{name}").count():
                page.fill(f"#{name}", value)
        if not page.url.endswith(_LEFT_AS_THEY_ARE):
            _choose_the_first_of_each(page)
        before = page.url
        _press(page)
        assert page.url != before or page.locator(".choice").count(), page.inner_text("main")
    raise AssertionError(f"never came to the end: {page.url}")


def _choose_the_first_of_each(page: Page) -> None:
    for group in page.locator("fieldset").all():
        radios = group.locator("input[type=radio]")
        if radios.count() and not group.locator("input:checked").count():
            group.locator("label").first.click()


def _press(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form .button").first.click()


def _is_arabic(page: Page) -> None:
    assert page.get_attribute("html", "lang") == "ar"
    assert page.get_attribute("html", "dir") == "rtl"


def _stands_on_its_left(left: Locator, right: Locator) -> None:
    boxes = left.bounding_box(), right.bounding_box()
    assert boxes[0] and boxes[1] and boxes[0]["x"] < boxes[1]["x"]
