"""The parts in Chromium: accessible by axe, no sideways scrolling at 320 pixels, no other host asked."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ADDRESSES = [
    "/parts",
    "/parts?wrong=1",
    "/parts?density=agency",
    "/parts?density=desk",
    "/parts?density=desk&verdict=ok",
    "/parts?density=desk&verdict=warn",
    "/parts?density=desk&verdict=bad",
    "/parts?verdict=confirmed",
    "/parts?verdict=hero",
    "/help",
    "/privacy",
    "/accessibility",
    "/account/sign-in",
]


@pytest.fixture
def address(plain_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, plain_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _faults(page: Page, address: str) -> list[str]:
    page.goto(address)
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    faults = [f"{fault['id']} at {fault['nodes'][0]['target']}" for fault in found]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return faults + ([f"{wide} pixels too wide"] if wide > 0 else [])


@pytest.mark.parametrize(
    ("width", "scheme", "paths"),
    [
        (320, "light", ADDRESSES),
        (1280, "light", ["/parts", "/parts?density=agency"]),
        (1280, "dark", [path for path in ADDRESSES if "desk" in path]),
    ],
)
def test_parts_are_accessible_and_fit(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"], paths: list[str]
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
    for path in paths:
        complaints += [f"{path}: {fault}" for fault in _faults(page, address + path)]
    context.close()
    assert not complaints, "\n".join(complaints)


def test_the_first_tab_leads_to_the_content_and_a_fault_takes_the_focus(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address + "/parts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(address + "/parts?wrong=1")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.close()
