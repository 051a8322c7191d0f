"""Citizens' pages under the reader's own settings: spacing, zoom, colours, motion, paper, and keys alone."""

from collections.abc import Iterator

import pytest
from flask import url_for
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Site, watched
from tests.web.access.table import TABLE
from tests.web.region import make_region
from web.app import create_app
from web.language import CITIZEN_LANGUAGES, spoken_at

# WCAG 1.4.12
_SPACED = """* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-block-end: 2em !important; }
.hero > .mark { display: none; }"""  # a picture that is cut off on purpose
_CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(part => {
    const style = getComputedStyle(part);
    const hides = /hidden|clip/.test(style.overflowX + style.overflowY);
    return hides && style.position !== "absolute" && !part.closest("svg")
        && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1);
}).map(part => part.outerHTML.slice(0, 80))"""
_WIDE = "document.documentElement.scrollWidth"
_MOVES = """() => [...document.querySelectorAll("*")].filter(part => {
    const style = getComputedStyle(part);
    return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
}).map(part => part.outerHTML.slice(0, 80))"""
_BARE = """() => [...document.querySelectorAll(".button, .choice, .tag, .notice, input")].filter(part => {
    const style = getComputedStyle(part);
    const seen = part.offsetParent !== null && !part.matches(".quiet, [type=radio], [type=checkbox]");
    return seen && (style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1);
}).map(part => part.outerHTML.slice(0, 80))"""
_FOCUSED = """() => {
    const part = document.activeElement;
    if (part === document.body || part === document.documentElement) return null;
    const shown = part.matches("input[type=radio], input[type=checkbox]")
        ? part.closest(".choice, td") || part : part;
    // the first line of it, as far as it is on the screen
    const box = part.getClientRects()[0], style = getComputedStyle(shown);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const x = box.x + box.width / 2, y = (top + bottom) / 2;
    const above = document.elementFromPoint(x, y);
    return {
        name: part.outerHTML.slice(0, 80),
        isSeen: top < bottom && x >= 0 && x <= innerWidth
            && !!above && (part.contains(above) || shown.contains(above)),
        isMarked: style.outlineStyle !== "none" || style.boxShadow !== "none",
    };
}"""
# a screen of 1280 by 1024 px at 400 %
_ZOOMED = {"width": 320, "height": 256}
_MOST_STOPS = 60


@pytest.fixture
def addresses(site: Site) -> list[str]:
    """Every page for citizens whose address can be told from the tables; some say "enter your reference"."""
    make_region()
    app = create_app(site.settings, testing=True)
    found = []
    for route in app.url_map.iter_rules():
        rule = TABLE.get(route.endpoint)
        if rule is None or rule.is_file or rule.roles or "GET" not in (route.methods or ()):
            continue
        needed = route.arguments - set(route.defaults or ())
        if spoken_at(app, route.endpoint) == CITIZEN_LANGUAGES and needed <= rule.values.keys():
            with app.test_request_context():
                found.append(url_for(route.endpoint, **{name: rule.values[name] for name in needed}))
    assert "/request/name" in found
    return found


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Page]:
    """A tab with an answer begun, so that the questions open too."""
    with watched(browser) as context:
        page = context.new_page()
        page.goto(f"{site.url}/request")
        yield page


@pytest.mark.parametrize("language", ["de", "ar"])
def test_wider_spacing_hides_nothing(site: Site, addresses: list[str], opened: Page, language: str) -> None:
    """German has the longest words; Arabic is written the other way."""
    opened.set_viewport_size({"width": 320, "height": 800})
    faults = []
    for address in addresses:
        opened.goto(f"{site.url}{address}?lang={language}")
        # the page's own policy lets no foreign style in: a sheet made by the browser is none
        opened.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            " document.adoptedStyleSheets = [sheet]; }",
            _SPACED,
        )
        wide, clipped = opened.evaluate(_WIDE), opened.evaluate(_CLIPPED)
        if wide > 320 or clipped:
            faults.append(f"{address}: {wide} px, clipped {clipped}")
    assert not faults, "\n".join(faults)


def test_keys_alone_reach_everything_at_four_times_the_size(
    site: Site, addresses: list[str], opened: Page
) -> None:
    opened.set_viewport_size(_ZOOMED)
    faults = []
    for address in addresses:
        opened.goto(f"{site.url}{address}?lang=fr")
        stops = list(_stops(opened))
        links = opened.locator("a[href]:visible, button:visible").count()
        if len(stops) < links or len(stops) >= _MOST_STOPS:
            faults.append(f"{address}: {len(stops)} stops for {links} links and buttons")
        faults += [f"{address}: {stop}" for stop in stops if not (stop["isSeen"] and stop["isMarked"])]
    assert not faults, "\n".join(faults)


def _stops(page: Page) -> Iterator[dict[str, object]]:
    """Where the tab key leads, until it leaves the page."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop is None:
            return
        yield stop


def test_own_colours_no_motion_and_paper(site: Site, addresses: list[str], opened: Page) -> None:
    faults = []
    for address in addresses:
        opened.emulate_media(forced_colors="active", reduced_motion="reduce")
        opened.goto(f"{site.url}{address}?lang=fr")
        if bare := opened.evaluate(_BARE):
            faults.append(f"{address}: no border in forced colours: {bare}")
        if moves := opened.evaluate(_MOVES):
            faults.append(f"{address}: moves: {moves}")
        opened.emulate_media(forced_colors="none", media="print")
        for part in (".site-footer", ".language-switch", "main .button"):
            if opened.locator(f"{part}:visible").count():
                faults.append(f"{address}: {part} is printed")
        if not opened.locator("h1:visible").count():
            faults.append(f"{address}: the title is not printed")
        opened.emulate_media(media="screen")
    assert not faults, "\n".join(faults)
