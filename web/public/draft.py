"""The answers given so far, in the person's own browser: an encrypted cookie that only this service can read.

Nothing is stored here before the person sends the request, nothing personal stands in an address, and every
web process can go on where another left off (ADR 0029).
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict

from vaccination.security.fields import keys
from vaccination.security.key_ring import Undecipherable
from vaccination.security.secrets import new_session_token

_PURPOSE = "draft.answers"
_GOOD_FOR = timedelta(hours=12)
_LONGEST_COOKIE = 3900  # browsers drop what is longer than 4096 with its name
Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed on each page, as it was typed; `form_uid` makes sending it twice one request."""

    form_uid: str
    begun_at: int
    pages: Mapping[str, Typed] = field(default_factory=dict)

    def with_page(self, name: str, form: "MultiDict[str, str]") -> "Draft":
        """The draft with a page's fields as they were just sent."""
        typed = {key: form.getlist(key) for key in form if key != "csrf_token"}
        return replace(self, pages={**self.pages, name: typed})

    def typed(self, name: str) -> "MultiDict[str, str]":
        """What was typed on a page; empty before it was sent."""
        return MultiDict(self.pages.get(name, {}))

    def has(self, name: str) -> bool:
        """Whether a page was sent."""
        return name in self.pages


def new_draft(now: datetime) -> Draft:
    """An empty draft."""
    return Draft(new_session_token(), int(now.timestamp()))


def load_draft(now: datetime) -> Draft:
    """The draft in the browser's cookie; a new one when there is none, or it is old or not ours."""
    try:
        sealed = urlsafe_b64decode(request.cookies.get(_cookie_name(), ""))
        content = json.loads(zlib.decompress(keys().decrypt(_PURPOSE, sealed)))
    except (Undecipherable, ValueError, zlib.error, IndexError):
        return new_draft(now)
    if now.timestamp() - content["at"] > _GOOD_FOR.total_seconds():
        return new_draft(now)
    return Draft(content["uid"], content["at"], content["pages"])


def save_draft(response: Response, draft: Draft) -> bool:
    """Give the draft to the browser, until it is closed. False when it has grown too long to be kept."""
    content = {"uid": draft.form_uid, "at": draft.begun_at, "pages": draft.pages}
    clear = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    cookie = urlsafe_b64encode(keys().encrypt(_PURPOSE, clear)).decode("ascii")
    if len(cookie) > _LONGEST_COOKIE:
        return False
    response.set_cookie(_cookie_name(), cookie, secure=_is_secure(), httponly=True, samesite="Lax", path="/")
    return True


def drop_draft(response: Response) -> None:
    """Tell the browser to forget the draft."""
    response.delete_cookie(_cookie_name(), path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _cookie_name() -> str:
    return "__Host-request" if _is_secure() else "request"
