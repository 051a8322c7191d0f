"""E-mail for real: by SMTP, or as files for a machine that has no mail server.

MAIL_URL says which: `smtps://user:password@host` (TLS from the first byte), `starttls://user:password@host:587`
(TLS demanded before anything is said), `smtp://host:25` (a relay on this machine or network, no TLS), empty
(files in FILES_DIR/outbox).
"""

import os
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from vaccination.clock import now
from vaccination.ports import Mail, Undeliverable
from vaccination.settings import Settings

_TIMEOUT_S = 20
_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class BadMailUrl(ValueError):
    """MAIL_URL cannot be used. The message never shows the password."""


class ClosingMailer(Protocol):
    """A mailer whose connection is kept from mail to mail and closed at the end."""

    def send(self, mail: Mail) -> None: ...
    def close(self) -> None: ...


def mailer_of(settings: Settings) -> ClosingMailer:
    """The mailer that the settings ask for."""
    if settings.mail_url:
        return SmtpMailer(settings.mail_url, settings.mail_from, settings.reply_to)
    return FileMailer(settings.files_dir / "outbox", settings.mail_from, settings.reply_to)


def message_id(client_ref: str, proof: str, sender: str) -> str:
    """The Message-ID of a mail: always the same for the same mail, so a repeat is recognised."""
    domain = sender.rpartition("@")[2].rstrip(">")
    return f"<{client_ref}{'.' if proof else ''}{proof}@{domain}>"


def to_message(mail: Mail, sender: str, reply_to: str = "") -> EmailMessage:
    """The mail as it goes over the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    if reply_to:
        message["Reply-To"] = reply_to
    message["To"] = _address(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = message_id(mail.client_ref, mail.proof, sender)
    if mail.thread:  # mail programs keep all that we write to a person together
        message["In-Reply-To"] = message["References"] = mail.thread
    if mail.unsubscribe:  # RFC 8058, for what a person can do without only
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    message["Content-Language"] = mail.locale  # last: adding parts moves every Content- header into the first
    return message


def _address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError):
        raise Undeliverable("not an address") from None


class FileMailer:
    """Writes each mail as one .eml file, which mail programs open; the same mail again is the same file."""

    def __init__(self, folder: Path, sender: str, reply_to: str = "") -> None:
        self._folder = folder
        self._sender, self._reply_to = sender, reply_to

    def send(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{mail.client_ref}.eml"
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(to_message(mail, self._sender, self._reply_to).as_bytes())
        partial.replace(path)

    def close(self) -> None:
        """Nothing is open."""


class SmtpMailer:
    """Speaks SMTP over one connection, opened at the first mail and again when the server closed it."""

    def __init__(self, url: str, sender: str, reply_to: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise BadMailUrl("MAIL_URL is smtp://, starttls:// or smtps:// and a host")
        if parts.scheme == "smtp" and parts.password and parts.hostname not in _ON_THIS_MACHINE:
            raise BadMailUrl("MAIL_URL would send the password unprotected: use starttls:// or smtps://")
        self._scheme = parts.scheme
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._reply_to = sender, reply_to
        self._server: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        message = to_message(mail, self._sender, self._reply_to)
        was_connected = self._server is not None
        try:
            self._send(message)
        except smtplib.SMTPServerDisconnected:
            self.close()
            if not was_connected:
                raise
            self._send(message)  # servers close idle connections: once more on a new one

    def close(self) -> None:
        """Say goodbye, if anything was said."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _send(self, message: EmailMessage) -> None:
        server = self._server or self._connect()
        self._server = server
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, _ = next(iter(refused.recipients.values()))
            self._forget_mail(server)
            raise _judged(code) from None
        except smtplib.SMTPNotSupportedError:
            raise Undeliverable("the mail server takes no such address") from None  # é before the @
        except smtplib.SMTPDataError as refused:
            self._forget_mail(server)
            raise _judged(refused.smtp_code) from None

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            if self._scheme == "starttls":
                server.starttls(context=context)  # raises where the server has no TLS: nothing is sent open
            if self._user:
                server.login(self._user, self._password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _forget_mail(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self._server = None


def _judged(code: int) -> Exception:
    """5xx is for good, 4xx for now. The server's words are left out: they repeat the address."""
    if 500 <= code < 600:
        return Undeliverable(f"refused by the mail server ({code})")
    return OSError(f"not now, says the mail server ({code})")
