"""Text messages for real: by the HTTP gateway that SMS_URL names, or as files for a machine without one.

The gateway speaks the JSON of GatewayAPI (POST /rest/mtsms, servers in the EU); ADR 0047 says why one small
adapter of our own. Whoever changes the provider changes `_body`, `_ref` and `web/receipts`.
"""

import base64
import http.client
import json
import os
import ssl
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

import phonenumbers
from phonenumbers import PhoneNumberType

from vaccination.domain.sms import Encoding, size
from vaccination.ports import TextMessage, Undeliverable
from vaccination.settings import Settings

_TIMEOUT_S = 15
_LONGEST_ANSWER = 64 * 1024
_NO_TEXTS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE,
             PhoneNumberType.VOIP, PhoneNumberType.SHARED_COST)  # fmt: skip
# Our own account or address is wrong: every message would fail, so all of them wait until it is put right.
_OUR_FAULT = (401, 402, 403, 404, 405, 429)


class ClosingTextSender(Protocol):
    """A sender that may keep something open from message to message."""

    def send(self, message: TextMessage) -> str: ...
    def close(self) -> None: ...


def text_sender_of(settings: Settings) -> ClosingTextSender:
    """The sender that the settings ask for."""
    if settings.sms_url:
        return GatewaySender(settings.sms_url, settings.sms_token, settings.sms_from)
    return FileSender(settings.files_dir / "outbox")


def takes_texts(number: str) -> bool:
    """Whether a number may take text messages: a landline does not."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in _NO_TEXTS


class FileSender:
    """Writes each message as one file; the same message again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: TextMessage) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{message.client_ref}.sms.txt"
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(f"{message.to}\n\n{message.text}\n", encoding="utf-8")
        partial.replace(path)
        return ""

    def close(self) -> None:
        """Nothing is open."""


class GatewaySender:
    """One POST a message. A timeout is tried again: better told twice than never."""

    def __init__(self, url: str, token: str, sender: str) -> None:
        self._url, self._token, self._sender = url, token, sender
        self._opener = _opener()

    def send(self, message: TextMessage) -> str:
        if not takes_texts(message.to):
            raise Undeliverable("not a number for text messages")
        login = base64.b64encode(f"{self._token}:".encode()).decode()
        request = Request(  # noqa: S310 (settings take https:// only)
            self._url,
            data=json.dumps(self._body(message)).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                return _ref(answer.read(_LONGEST_ANSWER))
        except HTTPError as refused:
            refused.close()
            raise _judged(refused.code) from None
        except http.client.HTTPException as broken:
            raise OSError(f"the gateway's answer broke off ({type(broken).__name__})") from None

    def close(self) -> None:
        """Nothing is open."""

    def _body(self, message: TextMessage) -> dict[str, Any]:
        body: dict[str, Any] = {
            "message": message.text,
            "recipients": [{"msisdn": int(message.to.lstrip("+"))}],
            "userref": message.client_ref,
            "encoding": "UTF8" if size(message.text).encoding is Encoding.GSM7 else "UCS2",
        }
        if self._sender:  # else the gateway shows the account's own
            body["sender"] = self._sender
        if message.receipt_url:
            body["callback_url"] = message.receipt_url
        return body


class _StaysHere(HTTPRedirectHandler):
    """A redirect would carry the token, and a number, to another address."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def _opener() -> OpenerDirector:
    return build_opener(HTTPSHandler(context=ssl.create_default_context()), _StaysHere())


def _ref(answer: bytes) -> str:
    """The gateway's number of the message; one that says none has taken it all the same."""
    try:
        ids = json.loads(answer)["ids"]
        return str(ids[0])[:80]
    except (ValueError, LookupError, TypeError):
        return ""


def _judged(code: int) -> Exception:
    """The gateway's words are left out: they repeat the number."""
    if 400 <= code < 500 and code not in _OUR_FAULT:
        return Undeliverable(f"refused by the gateway ({code})")
    return OSError(f"not now, says the gateway ({code})")
