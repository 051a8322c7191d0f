"""Delivering: what goes out, to whom, once; and that one bad message stops nobody else's."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from icalendar import Calendar
from sqlalchemy import select, text, update

from tests.jobs.rung import rung
from tests.mail.smtp_server import Postbox, smtp_server
from tests.reports.paper import text_of
from tests.web.region import Region, make_region, plan
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.messages import MessageKind, MessageStatus
from vaccination.domain.planning import RunStatus
from vaccination.domain.references import grouped
from vaccination.domain.requests import ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.messages import Message
from vaccination.models.planning import PlanRun
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked, ask
from vaccination.services.telling.messages import write_message
from vaccination.settings import Settings
from web.jobs import messages
from web.jobs import settings as job_settings
from web.jobs.papers import confirmations_folder, make_confirmations

ORLEANS = Place("Orléans", "45000", 47.9, 1.9)


@pytest.fixture
def region(worker: Settings) -> Region:
    return make_region()


@pytest.fixture
def postbox(worker: Settings) -> Iterator[Postbox]:
    """The worker's mail goes to a real SMTP server."""
    with smtp_server() as (postbox, port):
        job_settings.use(replace(worker, mail_url=f"smtp://127.0.0.1:{port}"))
        yield postbox


def asked(
    region: Region, name: str, email: str | None = None, *, locale: str = "fr", address: str = ""
) -> Asked:
    """Somebody's request."""
    person = PersonDetails("Martin", name, now().date() - timedelta(80 * 365), email=email,
                           address=address or None, locale=locale)  # fmt: skip
    by = ContactBy.EMAIL if email else ContactBy.LETTER
    with transaction() as session:
        return ask(session, AskForDoses(region.programme_id, person, ORLEANS, 30.0, contact_by=by), now=now())


def told(kind: MessageKind, request_id: int) -> None:
    with transaction() as session:
        write_message(session, request_id, kind, about=f"{request_id}:again", now=now())


def statuses() -> dict[str, MessageStatus]:
    with transaction() as session:
        return {m.kind.value: m.status for m in session.scalars(select(Message))}


def the_mail(worker: Settings) -> EmailMessage:
    (path,) = (worker.files_dir / "outbox").glob("*.eml")
    return message_from_bytes(path.read_bytes(), policy=default)  # type: ignore[return-value]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("locale", ["fr", "en", "de", "es", "ar"])
def test_a_received_request_is_told_with_its_codes(worker: Settings, region: Region, locale: str) -> None:
    request = asked(region, "Léa", "lea@example.org", locale=locale)
    messages.deliver_batch()
    mail = the_mail(worker)
    assert grouped(request.reference) in mail["Subject"]
    assert grouped(request.secret) in body(mail, "plain")
    link = f"{worker.base_url}/appointments#{request.reference}.{request.secret}"
    assert link in body(mail, "plain")
    assert f'href="{link}"' in body(mail, "html")
    assert mail["Content-Language"] == locale
    assert ('dir="rtl"' in body(mail, "html")) is (locale == "ar")
    assert statuses() == {"received": MessageStatus.SENT}


def test_paper_is_french_where_its_language_cannot_be_set(worker: Settings, region: Region) -> None:
    request = asked(region, "Léa", locale="ar", address="3 rue de la Halle\n45000 Orléans")
    messages.deliver_batch()
    (letter,) = (worker.files_dir / "letters").rglob("*.pdf")
    assert "Votre référence" in text_of(letter.read_bytes())
    assert grouped(request.reference) in text_of(letter.read_bytes())


def test_a_confirmation_carries_the_paper_and_the_calendar(worker: Settings, region: Region) -> None:
    request = asked(region, "Léa", "lea@example.org")
    messages.deliver_batch()
    plan(region, request.request_id)
    (worker.files_dir / "outbox").joinpath("message-1.eml").unlink()
    told(MessageKind.CONFIRMED, request.request_id)
    messages.deliver_batch()
    mail = the_mail(worker)
    files = {part.get_content_type(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    pdf, ics = files["application/pdf"], files["text/calendar"]
    assert isinstance(pdf, bytes) and grouped(request.reference) in text_of(pdf)
    assert isinstance(ics, bytes) and len(Calendar.from_ical(ics).walk("VEVENT")) == 2
    assert mail["Subject"].count("Alouette") == 0  # no vaccine on a lock screen


def test_a_cancellation_takes_the_appointments_out_of_the_calendar(worker: Settings, region: Region) -> None:
    request = asked(region, "Léa", "lea@example.org")
    messages.deliver_batch()
    (worker.files_dir / "outbox").joinpath("message-1.eml").unlink()
    plan(region, request.request_id)
    with transaction() as session:
        cancel_request(session, request.request_id, now=now())
    messages.deliver_batch()
    mail = the_mail(worker)
    (ics,) = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    assert isinstance(ics, bytes)
    calendar = Calendar.from_ical(ics)
    assert {str(event["STATUS"]) for event in calendar.walk("VEVENT")} == {"CANCELLED"}


def test_news_that_is_no_longer_true_is_not_sent(worker: Settings, region: Region) -> None:
    request = asked(region, "Léa", "lea@example.org")
    plan(region, request.request_id)
    told(MessageKind.CONFIRMED, request.request_id)
    with transaction() as session:
        cancel_request(session, request.request_id, now=now())
    messages.deliver_batch()
    assert statuses() == {
        "received": MessageStatus.FAILED,
        "confirmed": MessageStatus.FAILED,
        "cancelled": MessageStatus.SENT,
    }


def test_who_has_no_mail_address_stops_nobody(worker: Settings, region: Region, postbox: Postbox) -> None:
    asked(region, "Aline")
    asked(region, "Gone", "gone@example.org")
    asked(region, "Full", "full@example.org")
    asked(region, "Léa", "lea@example.org")
    messages.deliver_batch()
    assert [mail["To"] for mail in postbox.mails] == ["lea@example.org"]
    with transaction() as session:
        kept = {m.request_id: m for m in session.scalars(select(Message))}
    assert [m.status for _, m in sorted(kept.items())] == [
        MessageStatus.FAILED,  # a letter without an address
        MessageStatus.FAILED,
        MessageStatus.CREATED,
        MessageStatus.SENT,
    ]
    assert not any("@" in m.failure for m in kept.values())


def test_a_mail_that_is_refused_for_good_becomes_a_letter_where_it_can(
    worker: Settings, region: Region, postbox: Postbox
) -> None:
    asked(region, "Gone", "gone@example.org", address="12 rue des Lilas\n45000 Orléans")
    messages.deliver_batch()
    assert postbox.mails == []
    assert len(list((worker.files_dir / "letters").rglob("*.pdf"))) == 1
    assert statuses() == {"received": MessageStatus.SENT}


def test_a_message_that_cannot_be_written_stops_nobody(worker: Settings, region: Region) -> None:
    broken = asked(region, "Broken", "broken@example.org")
    asked(region, "Léa", "lea@example.org")
    with transaction() as session:  # a row that our keys cannot open
        whose = select(Request.person_id).where(Request.id == broken.request_id).scalar_subquery()
        session.execute(
            text("UPDATE person SET family_name = :junk WHERE id = :id"),
            {"junk": b"\x01\x01" + b"?" * 40, "id": session.scalar(select(whose))},
        )
    messages.deliver_batch()
    assert the_mail(worker)["To"] == "lea@example.org"


def test_a_server_that_is_away_is_asked_a_few_times_and_later_again(worker: Settings, region: Region) -> None:
    with smtp_server() as (_, port):
        pass
    for number in range(8):
        asked(region, f"Léa{number}", "lea@example.org")
    job_settings.use(replace(worker, mail_url=f"smtp://127.0.0.1:{port}"))
    messages.deliver_batch()
    assert set(statuses().values()) == {MessageStatus.CREATED}
    with smtp_server() as (postbox, port):
        job_settings.use(replace(worker, mail_url=f"smtp://127.0.0.1:{port}"))
        messages.deliver_batch()
        assert postbox.mails == []  # not yet due
        with transaction() as session:
            session.execute(update(Message).values(next_try_at=now()))
        messages.deliver_batch()
        assert len(postbox.mails) == 8


def test_a_message_is_sent_once_however_often_the_bell_rings(region: Region, postbox: Postbox) -> None:
    asked(region, "Léa", "lea@example.org")
    for _ in range(3):
        messages.deliver_batch()
    assert len(postbox.mails) == 1


def test_a_worker_that_died_while_sending_repeats_under_the_same_id(region: Region, postbox: Postbox) -> None:
    asked(region, "Léa", "lea@example.org")
    messages.deliver_batch()
    with transaction() as session:  # as if it had died between the server's answer and our note
        session.execute(update(Message).values(status=MessageStatus.SENDING, next_try_at=now()))
    messages.deliver_batch()
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1
    assert len(postbox.mails) == 2


def test_letters_become_papers_to_post(worker: Settings, region: Region) -> None:
    request = asked(region, "Aline", address="12 rue des Lilas\n45000 Orléans")
    plan(region, request.request_id)
    told(MessageKind.CONFIRMED, request.request_id)
    messages.deliver_batch()
    letters = sorted((worker.files_dir / "letters").rglob("*.pdf"))
    assert [path.stem.rpartition("-")[2] for path in letters] == ["received", "confirmed"]
    confirmed = text_of(letters[1].read_bytes())
    for expected in ("Aline Martin", "12 rue des Lilas", grouped(request.reference), grouped(request.secret)):
        assert expected in confirmed
    assert set(statuses().values()) == {MessageStatus.SENT}


def test_confirmations_of_a_plan_are_made_once_a_request(worker: Settings, region: Region) -> None:
    run_id = 1
    references = []
    for name in ("Aline", "Léa"):
        request = asked(region, name)
        plan(region, request.request_id)
        references.append(request.reference)
    asked(region, "Waiting")
    _planned_by(region, run_id)
    make_confirmations(run_id)
    folder = confirmations_folder(worker, run_id)
    made = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert {path.name for path in made} == {f"{reference}.pdf" for reference in references}
    next(iter(made)).unlink()
    make_confirmations(run_id)
    again = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert again.keys() == made.keys()
    assert sum(again[path] == made[path] for path in made) == 1


def _planned_by(region: Region, run_id: int) -> None:
    moment = now()
    with transaction() as session:
        session.add(
            PlanRun(
                id=run_id, programme_id=region.programme_id, status=RunStatus.APPLIED, asked_at=moment,
                starts_on=moment.date(), days=84, lottery_seed=1, time_limit_s=10,
            )
        )  # fmt: skip
        session.flush()
        session.execute(update(Appointment).values(plan_run_id=run_id))


def test_a_long_queue_rings_again(worker: Settings, region: Region) -> None:
    asked(region, "Léa", "lea@example.org")
    messages.deliver_batch(longest=timedelta(0))
    assert rung(worker) == [("web.jobs.messages.deliver_batch", 0)]
    assert statuses() == {"received": MessageStatus.CREATED}


def test_papers_are_whole_files(worker: Settings, region: Region) -> None:
    asked(region, "Aline", address="12 rue des Lilas\n45000 Orléans")
    messages.deliver_batch()
    left = [path for path in worker.files_dir.rglob("*") if path.suffix == ".partial"]
    assert left == []


def test_nobody_without_a_phone_is_promised_a_call(worker: Settings, region: Region) -> None:
    told(MessageKind.LAPSED, asked(region, "Léa", "lea@example.org", locale="en").request_id)
    messages.deliver_batch()
    paths = (worker.files_dir / "outbox").glob("*.eml")
    parsed = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    (lapsed,) = (body(mail, "plain") for mail in parsed if "expired" in mail["Subject"])
    assert ("call you" in lapsed, "write to us" in lapsed) == (False, True)


def test_smtp_errors_are_os_errors() -> None:
    assert issubclass(smtplib.SMTPException, OSError)  # the ports' contract rests on it
