"""Somebody with a browser and no script: opens pages, fills in forms, follows where they lead."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_FAULT = re.compile(r'id="([\w-]+)-fault">(?:<span[^>]*>[^<]*</span>)?\s*([^<]+)</p>')


class Visitor:
    """One visitor; `page` is the last answer."""

    def __init__(self, client: FlaskClient, language: str = "fr") -> None:
        self.client = client
        self.client.set_cookie("lang", language, domain="localhost")
        self.page: TestResponse = client.get("/")

    def open(self, path: str) -> TestResponse:
        self.page = self.client.get(path, follow_redirects=True)
        return self.page

    def send(self, path: str, **fields: object) -> TestResponse:
        """Send a form of this path, as loaded a moment ago, and follow."""
        self.page = self.client.post(path, data=self.form(path, **fields), follow_redirects=True)
        return self.page

    def send_to(self, address: str, page: str, **fields: object) -> TestResponse:
        """Send a form that stands on `page` to another address, and follow."""
        self.page = self.client.post(address, data=self.form(page, **fields), follow_redirects=True)
        return self.page

    def form(self, path: str, **fields: object) -> dict[str, object]:
        """The fields with the token of the page's form."""
        return {"csrf_token": self.token(path), **fields}

    def token(self, path: str) -> str:
        found = _TOKEN.search(self.client.get(path, follow_redirects=True).text)
        if found is None:
            raise AssertionError(f"{path} has no form")
        return found.group(1)

    @property
    def path(self) -> str:
        return self.page.request.path

    @property
    def text(self) -> str:
        return unescape(self.page.text)

    @property
    def faults(self) -> dict[str, str]:
        """Field -> the sentence beside it."""
        return {name: sentence.strip() for name, sentence in _FAULT.findall(unescape(self.page.text))}
