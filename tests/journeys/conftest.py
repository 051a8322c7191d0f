"""Journeys: the whole product behind a real HTTP server, a real Redis, and Chromium before it.

`site`      the running product on a fresh database; `site.run_jobs()` does what the workers would
`page`      a tab in Chromium; the test fails when a page asks another host or writes an error to the console
`camera_page(shown)`   a tab whose camera sees a QR code with a text, or a picture
`look(page)`          as `accessible`, and fails where the page is wider than a small phone
`without_scripts`     a browser context without JavaScript
`accessible(page)`    fails with what axe (WCAG 2.0 to 2.2, A and AA) or HTML_CodeSniffer (WCAG 2 AA) finds
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from redis import Redis
from rq import SimpleWorker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from werkzeug.serving import make_server

from tests.browser import launch
from tests.camera import film_of
from vaccination.settings import Settings
from web import queue
from web.app import create_app
from web.jobs import settings as job_settings
from web.queue import QueueName

Look = Callable[[Page], None]

_VENDOR = Path(__file__).resolve().parent.parent / "vendor"
_AXE = (_VENDOR / "axe.min.js").read_text(encoding="utf-8")
# pa11y's other engine, without pa11y's node: both are plain scripts that a page can run
_SNIFFER = (_VENDOR / "HTMLCS.js").read_text(encoding="utf-8")
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN_AXE = """async standards => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: standards}});
    const places = violation => violation.nodes.map(node => node.target.join(" ")).join(", ");
    return found.violations.map(v => `${v.id}: ${v.help} at ${places(v)}`);
}"""
# some of its sentences are looked up by a name that is spelt otherwise in its list
_RUN_SNIFFER = """() => new Promise((done, failed) => {
    const sentence = HTMLCS.getTranslation;
    HTMLCS.getTranslation = name => sentence.call(HTMLCS, name.replace("AutoComplete", "Autocomplete"));
    const place = element => element.outerHTML ? element.outerHTML.slice(0, 120) : String(element);
    setTimeout(() => done(["HTML_CodeSniffer gives no answer"]), 20000);
    HTMLCS.process("WCAG2AA", document, () => done(
        HTMLCS.getMessages().filter(found => found.type === HTMLCS.ERROR)
            .map(found => `${found.code}: ${found.msg} at ${place(found.element)}`)), failed);
})"""
_OWN_HOSTS = {"localhost", "127.0.0.1"}


@dataclass(frozen=True)
class Site:
    """The running product."""

    url: str
    settings: Settings

    def run_jobs(self) -> None:
        """Do all that waits in the queues, as the workers would, in this process."""
        with Redis.from_url(self.settings.redis_url) as connection:
            worker = SimpleWorker(list(QueueName), connection=connection, serializer=JSONSerializer)
            worker.work(burst=True, logging_level="WARNING")
            failed = [FailedJobRegistry(name, connection=connection).count for name in QueueName]
            assert not any(failed), "a job failed, see the log"


@pytest.fixture
def site(sqlite_url: str, redis_url: str, settings: Settings) -> Iterator[Site]:
    """The product on a fresh SQLite database and an empty Redis; nothing is seeded."""
    port = free_port()
    own = replace(settings, database_url=sqlite_url, redis_url=redis_url, base_url=f"http://localhost:{port}")
    queue.bind(redis_url)
    job_settings.use(own)
    with served(create_app(own), port):
        yield Site(own.base_url, own)
    job_settings.use(None)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with an empty cookie jar who reads French."""
    with watched(browser) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def camera_page(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[[str | Image.Image], Page]]:
    """Open a tab in a browser of its own, whose camera sees the text as a QR code, or the picture."""
    with ExitStack() as stack:

        def open_page(shown: str | Image.Image) -> Page:
            browser = launch(playwright, film_of(shown, tmp_path / "camera.mjpeg"))
            stack.callback(browser.close)
            context = stack.enter_context(watched(browser))
            context.grant_permissions(["camera"])
            return context.new_page()

        yield open_page


@pytest.fixture
def look(accessible: Look) -> Look:
    """Nothing for axe to find, and nothing wider than a small phone."""

    def judge(page: Page) -> None:
        accessible(page)
        size = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{page.url} is too wide"
        assert size is not None
        page.set_viewport_size(size)

    return judge


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture(scope="session")
def accessible() -> Look:
    """A check of a page with axe and HTML_CodeSniffer; what they cannot judge (order, sense) people must."""

    def check(page: Page) -> None:
        page.evaluate(_AXE)
        page.evaluate(_SNIFFER)
        found = page.evaluate(_RUN_AXE, _STANDARDS) + page.evaluate(_RUN_SNIFFER)
        assert found == [], f"{page.url}: {found}"

    return check


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """Serve an application on a port of this machine."""
    server = make_server("localhost", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def watched(browser: Browser) -> Iterator[BrowserContext]:
    """A context that remembers whom its pages ask and what they complain of: in the end, of nothing."""
    context = browser.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 1280, "height": 900}
    )
    foreign: set[str] = set()
    complaints: list[str] = []
    context.on("request", lambda request: _note_host(request.url, foreign))
    context.on("console", lambda message: _note_error(message.type, message.text, complaints))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert foreign == set(), f"pages asked other hosts: {foreign}"
    assert complaints == [], f"pages complained: {complaints}"


def _note_host(url: str, foreign: set[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname not in _OWN_HOSTS:
        foreign.add(url)


def _note_error(kind: str, text: str, complaints: list[str]) -> None:
    # a refusal shown on purpose (404, 409 …) is also written to the console; the test looks at the page
    if kind == "error" and "the server responded with a status of 4" not in text:
        complaints.append(text)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])
