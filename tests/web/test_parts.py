"""The parts keep their promises to whoever cannot see them."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask

from web.forms import filled

ADDRESSES = [
    "/parts",
    "/parts?density=desk",
    "/parts?density=agency",
    "/parts?wrong=1",
    "/parts?verdict=ok",
    "/parts?verdict=confirmed",
]


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointers: list[str] = []
        self.inputs: list[str] = []
        self.labels: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if found.get("id"):
            self.ids.append(str(found["id"]))
        for name in ("aria-describedby", "aria-labelledby"):
            self.pointers += (found.get(name) or "").split()
        if tag == "label":
            self.labels.append(str(found.get("for")))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.inputs.append(str(found.get("id")))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture(params=ADDRESSES)
def page(plain_app: Flask, request: pytest.FixtureRequest) -> _Page:
    return _Page(plain_app.test_client().get(request.param).text)


def test_ids_are_unique_and_pointers_point(page: _Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert set(page.pointers) <= set(page.ids)


def test_every_field_has_its_label(page: _Page) -> None:
    assert set(page.inputs) <= set(page.labels)


def test_nothing_inline(page: _Page) -> None:
    inline = [a for a in page.attributes if a[1] == "style" or a[1].startswith("on")]
    assert not inline
    assert not [a for a in page.attributes if a[1] in ("src", "href") and "//" in (a[2] or "")]


def test_one_first_heading_and_no_leap(page: _Page) -> None:
    assert page.headings.count(1) == 1
    after = page.headings[page.headings.index(1) :]
    assert all(later - earlier <= 1 for earlier, later in zip(after, after[1:], strict=False))


def test_a_faulty_page_says_so_in_its_title_and_links_to_the_fields(plain_app: Flask) -> None:
    client = plain_app.test_client()
    client.set_cookie("lang", "en", domain="localhost")
    text = client.get("/parts?wrong=1").text
    assert "<title>Error:" in text
    assert 'href="#wrong_name"' in text and 'id="wrong_name"' in text
    assert 'href="#wrong_birth"' in text and 'id="wrong_birth"' in text


def test_what_was_typed_is_shown_escaped(plain_app: Flask) -> None:
    with plain_app.test_request_context():
        ui = plain_app.jinja_env.globals["ui"]
        shown = str(ui.field(filled(name='"><script>'), "name", "Name"))  # type: ignore[attr-defined]
    assert "<script>" not in shown
