"""A hundred letters: spread over days, printed into one file, listed, posted, printed again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.journeys.calls import sign_in
from tests.journeys.conftest import Site
from tests.reports.paper import reader, text_of
from tests.web.region import make_region
from tests.web.staff import make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.letters import LetterBatchStatus
from vaccination.domain.references import grouped
from vaccination.models.letters import LetterBatch
from vaccination.models.programmes import Programme
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import import_requests, secret_of
from web import queue
from web.queue import JobName

PEOPLE, A_DAY = 100, 60


@pytest.fixture
def letters(site: Site) -> None:
    """A hundred people have asked, want letters, and have theirs written."""
    region = make_region()
    born, place = now().date().replace(year=1948, day=1), Place("Orléans", "45000", 47.9, 1.9)
    people = [
        PersonDetails(f"Martin{n}", "Aline", born, address=f"{n} rue des Lilas\n45000 Orléans")
        for n in range(PEOPLE)
    ]
    commands = [AskForDoses(region.programme_id, person, place, 30.0) for person in people]
    with transaction() as session:
        session.get_one(Programme, region.programme_id).letters_a_day = A_DAY
        import_requests(session, commands, now=now())
    queue.enqueue(JobName.DELIVER_BATCH)
    site.run_jobs()
    make_staff("agency", Grant(Role.AGENCY))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_hundred_letters_go_out(
    site: Site, letters: None, page: Page, accessible: Callable[[Page], None], language: str
) -> None:
    sign_in(page, site.url, "agency", language)
    page.goto(f"{site.url}/agency/letters")
    accessible(page)
    page.locator('form[action$="/gather"] button').click()
    accessible(page)
    with transaction() as session:
        rows = session.scalars(select(LetterBatch).order_by(LetterBatch.post_on)).all()
    assert [batch.letters for batch in rows] == [A_DAY, PEOPLE - A_DAY]
    page.goto(f"{site.url}/agency/letters/{rows[0].id}")
    accessible(page)
    page.locator("label[for=paper-c5]").click()
    page.locator("label[for=large]").click()
    page.locator('form[action$="/layout"] button').click()
    page.locator('form[action$="/make"] button').click()
    accessible(page)
    site.run_jobs()
    page.reload()
    pdf = downloaded(page, "letters.pdf")
    with transaction() as session:
        batch = session.get_one(LetterBatch, rows[0].id)
    assert (batch.status, batch.letters) == (LetterBatchStatus.MADE, A_DAY)
    assert text_of(pdf).count("Aline Martin") >= A_DAY
    listed = downloaded(page, "list.csv").decode("utf-8-sig").splitlines()
    assert len(listed) == 1 + A_DAY
    assert text_of(downloaded(page, "list.pdf")).count("rue des Lilas") == A_DAY
    reference = listed[1].rpartition(",")[2]
    first = reader(pdf).pages[0].extract_text()
    assert reference in first  # the list has the order of the print
    with page.expect_download() as one:
        page.locator("tbody form button").first.click()
    assert grouped(secret_of(reference.replace("-", ""))) in text_of(one.value.path().read_bytes())
    page.locator('form[action$="/posted"] button').click()
    expect(page.locator('form[action$="/posted"]')).to_have_count(0)
    accessible(page)
    downloaded(page, "letters.pdf")  # printed again, for the printer ate some


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f'form[action$="/{name}"] button').click()
    return bytes(download.value.path().read_bytes())
