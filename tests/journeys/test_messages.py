"""Messages from end to end: receipts of a gateway, words of the agency, a click that ends reminders."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from tests.journeys.conftest import Site, watched
from tests.sms.gateway import TOKEN, Gateway, gateway_server
from tests.web.region import Region, make_region, plan
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.messages import MessageKind, MessageStatus
from vaccination.domain.requests import ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked, ask
from vaccination.services.telling.messages import write_message
from vaccination.services.telling.reminders import write_reminders
from web import queue
from web.jobs import settings as job_settings
from web.queue import JobName

WORDS = {
    "fr": {
        "keep": "Enregistrer", "preview": "Voir l’aperçu", "login": "Se connecter",
        "refused": "dit à n’importe qui à quoi sert le rendez-vous", "mine": "Enregistrer mon choix",
        "letter": "Envoyer par courrier", "kept": "Votre choix est enregistré",
        "subject": "Rappel : votre rendez-vous de demain",
    },
    "en": {
        "keep": "Keep", "preview": "Show the preview", "login": "Sign in",
        "refused": "tells strangers what the appointment is for", "mine": "Keep my choice",
        "letter": "Send by letter", "kept": "Your choice is kept",
        "subject": "Reminder: your appointment tomorrow",
    },
}  # fmt: skip


@pytest.fixture
def gateway(site: Site) -> Iterator[Gateway]:
    with gateway_server() as gateway:
        job_settings.use(replace(site.settings, sms_url=gateway.url, sms_token=TOKEN, sms_from="RDV"))
        yield gateway


def asked(region: Region, locale: str, by: ContactBy = ContactBy.SMS, **contact: str | None) -> Asked:
    contact = {"phone": "+33612345678", **contact}
    person = PersonDetails("Martin", "Léa", now().date() - timedelta(80 * 365), locale=locale, **contact)
    place = Place("Orléans", "45000", 47.9, 1.9)
    with transaction() as session:
        made = ask(session, AskForDoses(region.programme_id, person, place, 30.0, contact_by=by), now=now())
        session.execute(update(Message).values(status=MessageStatus.SENT))
        # The reminders of a journey are for an appointment that was made long ago, whatever the hour is now.
        session.execute(
            update(Programme).values(quiet_from=datetime.min.time(), quiet_to=datetime.min.time())
        )
    plan(region, made.request_id)
    return made


def the_day_before(request: Asked) -> datetime:
    """Three in the afternoon before the first appointment; the appointment was made weeks ago."""
    with transaction() as session:
        mine = Appointment.request_id == request.request_id
        session.execute(update(Appointment).where(mine).values(created_at=now() - timedelta(40)))
        day: date = min(session.scalars(select(Appointment.day).where(mine)))
    before = day - timedelta(1)
    return datetime(before.year, before.month, before.day, 15, tzinfo=ZoneInfo("Europe/Paris"))


def sign_in(page: Page, site: Site, language: str) -> None:
    make_staff("agence", Grant(Role.AGENCY))
    page.goto(f"{site.url}/account/sign-in?lang={language}")
    page.fill("#login", "agence")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")


def mails(site: Site) -> list[EmailMessage]:
    found = []
    for path in sorted(Path(site.settings.files_dir / "outbox").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def deliver(site: Site) -> None:
    queue.enqueue(JobName.DELIVER_BATCH)
    site.run_jobs()


def tell(request: Asked, kind: MessageKind) -> None:
    with transaction() as session:
        write_message(session, request.request_id, kind, about=str(request.request_id), now=now())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_agency_writes_words_and_sees_what_they_cost(
    site: Site, page: Page, gateway: Gateway, accessible: Callable[[Page], None], language: str
) -> None:
    words = WORDS[language]
    request = asked(make_region(), language)
    sign_in(page, site, language)
    page.goto(f"{site.url}/agency/texts/answered/sms/{language}")
    accessible(page)
    page.fill("#body", "Vaccin ! {reference} {link}")
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.locator("#body-fault")).to_contain_text(words["refused"])
    accessible(page)
    page.fill("#body", "Bonjour, {reference} ☎ {link}")
    page.get_by_role("button", name=words["preview"]).click()
    expect(page.locator("main")).to_contain_text("☎")
    expect(page.locator("main")).to_contain_text("7QK4 M2XW 8D")
    page.fill("#body", "Bonjour, réf. {reference} {link}")
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.locator("[role=status]").first).to_be_visible()
    tell(request, MessageKind.ANSWERED)
    deliver(site)
    assert gateway.texts[0]["message"].startswith("Bonjour, réf. ")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_that_does_not_arrive_is_seen_and_sent_as_a_letter(
    site: Site, page: Page, gateway: Gateway, accessible: Callable[[Page], None], language: str
) -> None:
    request = asked(make_region(), language, email="lea@example.org", address="1 rue\n45000 Orléans")
    tell(request, MessageKind.CHANGED)
    deliver(site)
    assert len(gateway.texts) == 1
    for status in ("ENROUTE", "UNDELIVERABLE", "UNDELIVERABLE"):
        assert gateway.send_receipt(0, status) == 204
    site.run_jobs()
    assert len(mails(site)) == 1
    with transaction() as session:  # as if the mail had been refused too, and nothing had been done
        mail = update(Message).where(Message.kind == MessageKind.CHANGED, Message.bounced_at.is_(None))
        session.execute(mail.values(status=MessageStatus.FAILED, failure="no address"))
    sign_in(page, site, language)
    page.goto(f"{site.url}/undelivered")
    accessible(page)
    page.get_by_role("button", name=re.compile(WORDS[language]["letter"])).click()
    expect(page.locator("[role=status]").first).to_be_visible()
    site.run_jobs()
    assert len(list((site.settings.files_dir / "letters").rglob("*.pdf"))) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_person_ends_reminders_and_still_hears_of_a_change(
    site: Site, browser: Browser, accessible: Callable[[Page], None], language: str
) -> None:
    words = WORDS[language]
    request = asked(make_region(), language, ContactBy.EMAIL, email="lea@example.org")
    moment = the_day_before(request)
    with transaction() as session:
        assert write_reminders(session, now=moment) == 1
        assert write_reminders(session, now=moment + timedelta(minutes=10)) == 0
    deliver_at(site, moment)
    (mail,) = mails(site)
    assert mail["Subject"].startswith(words["subject"])
    address = mail["List-Unsubscribe"].strip().strip("<>")
    context = browser.new_context(java_script_enabled=False, locale=language)
    page = context.new_page()
    page.goto(f"{address}?lang={language}")
    page.get_by_role("button", name=words["mine"]).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words["kept"])
    context.close()
    with watched(browser) as seen:
        again = seen.new_page()
        again.goto(f"{address}?lang={language}")
        accessible(again)
    with transaction() as session:
        session.execute(update(Message).values(status=MessageStatus.SENT))
        week = write_reminders(session, now=moment - timedelta(1))
        assert week == 0  # two days before: not for who does without
    tell(request, MessageKind.CHANGED)
    deliver(site)
    assert len(mails(site)) == 2


def deliver_at(site: Site, moment: datetime) -> None:
    """What the worker does at that hour."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("web.jobs.messages", "web.jobs.ways", "web.jobs.papers"):
            patch.setattr(f"{module}.now", lambda: moment)
        with transaction() as session:
            session.execute(update(Message).values(next_try_at=moment))
        deliver(site)
