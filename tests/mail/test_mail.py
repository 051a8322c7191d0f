"""Mail over a real SMTP server: what arrives, what is refused, what is never sent unprotected."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.mail.smtp_server import Postbox, smtp_server
from vaccination.ports import Attachment, Mail, Undeliverable
from vaccination.settings import Settings
from web.mail import BadMailUrl, FileMailer, SmtpMailer, mailer_of, to_message

SENDER = "ne-pas-repondre@region.example"
MAIL = Mail(
    to="lea@example.org",
    subject="Vos rendez-vous, référence 7QK4-M2XW-8D",
    text="Bonjour Léa,\n\nVoici vos rendez-vous.\n",
    html="<!doctype html><html lang='fr'><body><p>Bonjour Léa,</p></body></html>",
    locale="fr",
    client_ref="message-7",
    attachments=(
        Attachment("7QK4.pdf", "application/pdf", b"%PDF-1.7 ..."),
        Attachment("7QK4.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ),
)


@pytest.fixture
def server() -> Iterator[tuple[Postbox, int]]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def mailer(server: tuple[Postbox, int]) -> Iterator[SmtpMailer]:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{server[1]}", SENDER)
    yield mailer
    mailer.close()


def _to(address: str) -> Mail:
    return Mail(address, MAIL.subject, MAIL.text, MAIL.html, "fr", "message-8")


def test_headers_that_keep_a_conversation_together() -> None:
    threaded = replace(MAIL, proof="abc", thread="<message-1.xyz@region.example>")
    mail = to_message(threaded, SENDER, "aide@region.example")
    assert mail["Reply-To"] == "aide@region.example"
    assert mail["Message-ID"] == "<message-7.abc@region.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<message-1.xyz@region.example>"
    assert mail["List-Unsubscribe"] is None and mail["List-Unsubscribe-Post"] is None
    assert to_message(MAIL, SENDER)["Reply-To"] is None


def test_headers_for_one_click() -> None:
    mail = to_message(replace(MAIL, unsubscribe="https://region.example/fewer-messages/1/x/y"), SENDER)
    assert mail["List-Unsubscribe"] == "<https://region.example/fewer-messages/1/x/y>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_mail_arrives_whole(server: tuple[Postbox, int], mailer: SmtpMailer) -> None:
    mailer.send(MAIL)
    (mail,) = server[0].mails
    assert mail["Subject"] == MAIL.subject
    assert mail["Content-Language"] == "fr"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"] == "<message-7@region.example>"
    assert mail["Date"] is not None
    assert mail.get_content_type() == "multipart/mixed"
    types = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert types == ["text/plain", "text/html", "application/pdf", "text/calendar"]
    text = mail.get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == MAIL.text
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert files["7QK4.pdf"] == b"%PDF-1.7 ..."


def test_one_connection_serves_many_mails(server: tuple[Postbox, int], mailer: SmtpMailer) -> None:
    for number in range(5):
        mailer.send(_to(f"a{number}@example.org"))
    assert len(server[0].mails) == 5
    assert server[0].connections == 1


def test_an_address_that_is_gone_is_undeliverable_and_does_not_stop_the_next(
    server: tuple[Postbox, int], mailer: SmtpMailer
) -> None:
    with pytest.raises(Undeliverable) as refused:
        mailer.send(_to("gone@example.org"))
    assert "gone@" not in str(refused.value)
    mailer.send(_to("there@example.org"))
    assert len(server[0].mails) == 1


def test_a_full_mailbox_is_for_later(server: tuple[Postbox, int], mailer: SmtpMailer) -> None:
    with pytest.raises(OSError, match="452"):
        mailer.send(_to("full@example.org"))
    mailer.send(_to("there@example.org"))


def test_a_domain_of_any_letters_is_written_as_servers_read_it(
    server: tuple[Postbox, int], mailer: SmtpMailer
) -> None:
    mailer.send(_to("lea@exämple.org"))
    assert server[0].mails[0]["To"] == "lea@xn--exmple-cua.org"


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a b@example.org", "léa@example.org"])
def test_what_is_no_address_is_undeliverable(mailer: SmtpMailer, address: str) -> None:
    with pytest.raises(Undeliverable):
        mailer.send(_to(address))


def test_a_server_that_is_away_is_for_later() -> None:
    with smtp_server() as (_, port):
        pass
    with pytest.raises(OSError, match=r"refused|111"):
        SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)


def test_a_closed_connection_is_opened_again(server: tuple[Postbox, int], mailer: SmtpMailer) -> None:
    mailer.send(MAIL)
    assert mailer._server is not None and mailer._server.sock is not None
    mailer._server.sock.shutdown(2)  # as a server does that closes idle connections
    mailer.send(MAIL)
    assert len(server[0].mails) == 2


def test_starttls_sends_nothing_where_there_is_no_tls(server: tuple[Postbox, int]) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        SmtpMailer(f"starttls://127.0.0.1:{server[1]}", SENDER).send(MAIL)
    assert server[0].mails == []


@pytest.mark.parametrize("url", ["http://host", "smtp://", "smtp://user:secret-word@mail.example:25"])
def test_a_bad_mail_url_is_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(BadMailUrl) as refused:
        SmtpMailer(url, SENDER)
    assert "secret-word" not in str(refused.value)


def test_the_login_is_read_from_the_url() -> None:
    with smtp_server(auth_require_tls=False) as (postbox, port):
        mailer = SmtpMailer(f"smtp://region:right%20pass%2Fword@127.0.0.1:{port}", SENDER)
        mailer.send(MAIL)
        mailer.close()
    assert postbox.login == (b"region", b"right pass/word")
    assert len(postbox.mails) == 1


def test_files_are_whole_mails_and_the_same_mail_is_the_same_file(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "outbox", SENDER)
    for _ in range(2):
        mailer.send(MAIL)
    (path,) = (tmp_path / "outbox").iterdir()
    assert message_from_bytes(path.read_bytes(), policy=default)["Subject"] == MAIL.subject


def test_without_a_mail_url_mails_are_files(settings: Settings) -> None:
    assert isinstance(mailer_of(settings), FileMailer)
