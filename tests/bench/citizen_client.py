"""One citizen without a browser: opens pages, sends forms, keeps cookies, and notes how long each took."""

import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

_FINE = (HTTPStatus.OK, HTTPStatus.SEE_OTHER)
_HIDDEN = re.compile(r'name="(csrf_token|form_uid|token)" value="([^"]*)"')
_OFFER = re.compile(r'name="offer" value="([^"]+)"')
_CODE = re.compile(r'class="reference">([^<]+)<')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and where a form led to."""

    status: int
    path: str
    text: str

    @property
    def hidden(self) -> dict[str, str]:
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.text)}

    @property
    def offers(self) -> list[str]:
        return [unescape(value) for value in _OFFER.findall(self.text)]


@dataclass
class Citizen:
    """A visitor with an address of their own: limits count them alone."""

    port: int
    number: int
    think_s: float
    times: dict[str, list[float]]
    cookies: dict[str, str] = field(default_factory=dict)
    page: Answer = Answer(0, "/", "")

    def __post_init__(self) -> None:
        self._dice = random.Random(self.number)

    def open(self, name: str, path: str) -> Answer:
        """Look at a page; a redirect is followed, and its end counted under its own name by the caller."""
        answer = self._timed(name, "GET", path)
        return answer if answer.status != 303 else self.open(name, answer.path)

    def send(self, name: str, path: str, **fields: object) -> Answer:
        """Send a form of the page that is open; leads to where the answer says, without going there."""
        hidden = {key: value for key, value in self.page.hidden.items() if key not in fields}
        return self._timed(name, "POST", path, {**hidden, **fields})

    def _timed(self, name: str, method: str, path: str, fields: Mapping[str, object] | None = None) -> Answer:
        time.sleep(self._dice.uniform(0.5, 1.5) * self.think_s)
        body = urlencode(dict(fields), doseq=True) if fields is not None else None
        started = time.perf_counter()
        status, target, text = self._ask(method, path, body)
        self.times.setdefault(name, []).append(time.perf_counter() - started)
        if status not in (*_FINE, HTTPStatus.CONFLICT):  # somebody was quicker: others are offered
            raise AssertionError(f"{method} {path} ({name}): {status}")
        self.page = Answer(status, target, text)
        return self.page

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": f"10.{self.number // 250}.{self.number % 250}.1",
            "Accept": "text/html",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self._keep_cookies(answer)
        target = answer.getheader("Location", path)
        return answer.status, target, content.decode("utf-8", "replace")

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]

    def codes(self) -> list[str]:
        """Reference and secret code as the page after asking shows them."""
        return [re.sub(r"\W", "", unescape(code)) for code in _CODE.findall(self.page.text)]
