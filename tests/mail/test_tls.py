"""TLS to the mail server: demanded, and only to a server whose certificate is vouched for."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mail.certificates import make_certificate, server_context
from tests.mail.smtp_server import Postbox, smtp_server
from tests.mail.test_mail import MAIL, SENDER
from web.mail import SmtpMailer


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return make_certificate(tmp_path)


@contextmanager
def sending(url: str) -> Iterator[SmtpMailer]:
    mailer = SmtpMailer(url, SENDER)
    try:
        yield mailer
    finally:
        mailer.close()


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """As if the machine's administrator had installed the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate


def test_starttls_sends_password_and_mail_over_tls(trusted: tuple[Path, Path]) -> None:
    with smtp_server(tls=server_context(*trusted), auth_require_tls=True) as (postbox, port):
        with sending(f"starttls://region:right%20pass%2Fword@127.0.0.1:{port}") as mailer:
            mailer.send(MAIL)
        assert postbox.over_tls == [True]
        assert postbox.login == (b"region", b"right pass/word")


def test_starttls_says_nothing_to_a_server_nobody_vouches_for(certificate: tuple[Path, Path]) -> None:
    with smtp_server(tls=server_context(*certificate)) as (postbox, port):
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            sending(f"starttls://127.0.0.1:{port}") as mailer,
        ):
            mailer.send(MAIL)
        assert postbox.mails == []


def test_smtps_speaks_tls_from_the_first_byte(trusted: tuple[Path, Path]) -> None:
    with (
        smtp_server(ssl_context=server_context(*trusted)) as (postbox, port),
        sending(f"smtps://127.0.0.1:{port}") as mailer,
    ):
        mailer.send(MAIL)
        assert len(postbox.mails) == 1


def test_a_wrong_password_is_for_later_and_not_the_persons_fault(trusted: tuple[Path, Path]) -> None:
    postbox: Postbox
    with (
        smtp_server(tls=server_context(*trusted), auth_require_tls=True) as (postbox, port),
        sending(f"starttls://region:wrong@127.0.0.1:{port}") as mailer,
    ):
        with pytest.raises(OSError, match="535"):
            mailer.send(MAIL)
        assert postbox.mails == []
