"""Reading what mail servers send back (RFC 3464): which of our mails did not arrive, and why.

Only a delivery report that says "failed" counts. Out-of-office answers and "still trying" do not; nor
does a report whose Message-ID was not made by us, or anybody could make a mail of ours look refused.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from vaccination.security.link_tokens import is_link_token

_OURS = re.compile(r"<message-(\d{1,12})\.([a-z2-7]{26})@")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
UNKNOWN_STATUS = "5.0.0"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that did not arrive, and the server's code for why (5.1.1: no such mailbox)."""

    message_id: int
    code: str


def read_bounce(raw: bytes) -> Bounce | None:
    """What a mail tells of one of ours; None when it tells no failure."""
    mail = message_from_bytes(raw, policy=default)
    if not isinstance(mail, EmailMessage) or mail.get_content_type() != "multipart/report":
        return None
    parts = list(mail.walk())
    code = next((code for part in parts if (code := _failure(part))), None)
    message_id = next((found for part in parts if (found := _ours(part)) is not None), None)
    if code is None or message_id is None:
        return None
    return Bounce(message_id, code)


def _failure(part: Message) -> str | None:
    """The status of the first recipient whose delivery failed for good."""
    if part.get_content_type() != "message/delivery-status":
        return None
    for group in part.walk():
        if str(group.get("Action", "")).strip().lower() == "failed":
            found = _STATUS.search(str(group.get("Status", "")))
            return found[1] if found else UNKNOWN_STATUS
    return None


def _ours(part: Message) -> int | None:
    """The number of our mail that comes back with the report, whole or its headers only."""
    if part.get_content_type() == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        return _number(text.decode("utf-8", "replace") if isinstance(text, bytes) else "")
    return _number(f"{part['Message-ID']}") if part["Message-ID"] else None


def _number(text: str) -> int | None:
    for found in _OURS.finditer(text):
        number = int(found[1])
        if is_link_token(found[2], "mail", number):
            return number
    return None
