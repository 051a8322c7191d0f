"""The second dose is given back alone after the first was given, and another is chosen: without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from tests.journeys.conftest import Site
from tests.journeys.test_choosing import follow, open_own, press, take_first
from tests.web.direct import Direct, make_direct, standing, taken
from vaccination.db import transaction
from vaccination.domain.appointment import AppointmentStatus
from vaccination.models.appointments import Appointment


@pytest.fixture
def region(site: Site) -> Direct:
    """Somebody who waits for two slots on each of two days."""
    return make_direct(people=1, slots=2)


def _choose(page: Page) -> None:
    follow(page, "/appointments/offers")
    take_first(page)
    press(page, "/hold/confirm")
    expect(page).to_have_url(re.compile("/appointments/mine$"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_second_dose_is_given_back_and_chosen_again(
    site: Site, region: Direct, browser: Browser, language: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale=f"{language}-FR")
    try:
        page = context.new_page()
        open_own(page, site, region, language=language)
        assert page.get_attribute("html", "lang") == language
        _choose(page)
        first, second = standing(region.request_ids[0])
        with transaction() as session:
            given = update(Appointment).where(Appointment.id == first.id)
            session.execute(given.values(status=AppointmentStatus.VACCINATED))
        page.reload()
        follow(page, "/second-dose/cancel")
        with page.expect_navigation():
            page.locator("main form .button").first.click()
        expect(page).to_have_url(re.compile("/appointments/mine$"))
        assert [row.id for row in standing(region.request_ids[0])] == [first.id]
        assert taken() == 1, "one seat is free again"
        _choose(page)
        again = standing(region.request_ids[0])
        assert [row.id for row in again][:1] == [first.id]
        assert (again[1].dose_number, again[1].day, again[1].id != second.id) == (2, second.day, True)
    finally:
        context.close()
