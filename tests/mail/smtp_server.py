"""A real SMTP server on a port of its own, which keeps what it was handed."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Postbox:
    """What arrived, and how the server treats an address: full is 452, gone is 550."""

    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    over_tls: list[bool] = field(default_factory=list)
    login: tuple[bytes, bytes] | None = None

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("full"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        mail = message_from_bytes(raw, policy=SMTP_POLICY)  # type: ignore[arg-type]
        self.mails.append(mail)  # type: ignore[arg-type]
        self.over_tls.append(session.ssl is not None)
        return "250 kept"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any
    ) -> AuthResult:
        self.login = (login.login, login.password)
        is_right = login.password == b"right pass/word"
        return AuthResult(success=is_right, handled=False)


@contextmanager
def smtp_server(tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[tuple[Postbox, int]]:
    """The postbox and the port."""
    postbox = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        authenticator=postbox.authenticate,
        **options,
    )
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()
