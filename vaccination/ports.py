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
    """One e-mail, ready to send. `client_ref` is unique: the same ref twice is the same mail."""

    to: str
    subject: str
    text: str
    html: str
    locale: str
    client_ref: str
    attachments: tuple[Attachment, ...] = field(default=())


class Mailer(Protocol):
    """Hands a mail to the outside; raises Undeliverable when it never will, OSError when it may later."""

    def send(self, mail: Mail) -> None: ...
