"""The outside world as the domain sees it; the real ones stand in `web/`, fakes in `tests/fakes.py`."""

from dataclasses import dataclass, field
from typing import Protocol


class Undeliverable(Exception):
    """The outside refused this message for good (a bad address); trying again is of no use."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, ready to send. `client_ref` is unique: the same ref twice is the same mail.

    `proof` makes its Message-ID one that nobody guesses: what comes back with it is about a mail of ours.
    `thread` is the Message-ID of the first mail to this person; `unsubscribe` an address for one click.
    """

    to: str
    subject: str
    text: str
    html: str
    locale: str
    client_ref: str
    attachments: tuple[Attachment, ...] = field(default=())
    proof: str = ""
    thread: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text message to a number as +33…; `receipt_url` is where the gateway tells what became of it."""

    to: str
    text: str
    client_ref: str
    receipt_url: str = ""


class TextSender(Protocol):
    """Hands a text message to a gateway and returns the gateway's own number for it ("" if it gives none).

    Raises Undeliverable when it never will, OSError when it may later.
    """

    def send(self, message: TextMessage) -> str: ...


class Mailer(Protocol):
    """Hands a mail to the outside; raises Undeliverable when it never will, OSError when it may later."""

    def send(self, mail: Mail) -> None: ...
