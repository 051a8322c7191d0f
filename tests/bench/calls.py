"""How long a request takes at the phone desk, typed by keys alone into Chromium at the pace of a person.

Keys come as in the keystroke-level model (Card, Moran, Newell, Communications of the ACM 23(7), 1980): 0.20 s
each for an average skilled typist, 0.28 s for somebody who types now and then. A question read out and its
answer are 4 s: some ten words at 150 words a minute. The agent types after the answer, never during it.
Run alone: `python -m tests.bench.calls`.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from playwright.sync_api import expect, sync_playwright

from tests.bench import page
from tests.bench.figures import Figure, machine
from tests.bench.site import filled, gunicorn
from tests.browser import launch
from tests.journeys.calls import Agent, make_served_region, sign_in, take_household, take_one
from tests.web.staff import make_staff
from vaccination.domain.actor import Grant, Role
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs

SKILLED_S, ORDINARY_S, ANSWER_S = 0.20, 0.28, 4.0
TITLE = "Calls at the phone desk (typed by keys alone into Chromium)"
_AIM_S = 90
_WHAT = f"""From the empty screen to the request that is kept, with its code to read out: search, then the
form on one page. A key every {SKILLED_S:.2f} s (an average skilled typist) or {ORDINARY_S:.2f} s
(somebody who types now and then), after the keystroke-level model (Card, Moran, Newell 1980);
each question that is read out takes {ANSWER_S:.0f} s with its answer. A small region on PostgreSQL,
two workers; all four calls at once."""
_SHOWS = """It shows that keys and pages leave room for the talk, and how much. It does not show how people
talk: no caller looked for a number, spelt a name twice or asked why, nobody mistyped, and what is
proposed (20 kilometres, any time, by letter) suited them. References, codes and offers are read
out afterwards."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, and how fast the agent types."""

    who: str
    take: Callable[[Agent], None]
    kept: str
    key_s: float
    family: str
    other_family: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A call until the request is kept and its code stands on the screen."""

    call: Call
    seconds: float
    keys: int
    answers: int

    @property
    def waited_s(self) -> float:
        """What is neither keys nor talk: pages, and the browser."""
        return self.seconds - self.keys * self.call.key_s - self.answers * ANSWER_S


# names no longer than most: more letters are more keys
CALLS = (
    Call("one person", take_one, "#secret-code", SKILLED_S, "D'Aubigné", ""),
    Call("one person", take_one, "#secret-code", ORDINARY_S, "D'Aubigny", ""),
    Call("three people together", take_household, "#secret-code-3", SKILLED_S, "D'Aurigné", "Martin"),
    Call("three people together", take_household, "#secret-code-3", ORDINARY_S, "D'Aurigny", "Morlin"),
)


def main() -> None:
    """Measure and write the section."""
    found = machine()
    put_section(measure(), found)


def put_section(taken: Sequence[Taken], found: Mapping[str, str]) -> None:
    """The section of docs/benchmarks.md."""
    rows = [
        (
            one.call.who, f"{one.call.key_s:.2f} s", str(one.keys), str(one.answers),
            f"{one.waited_s:.1f} s", f"**{one.seconds:.0f} s**",
            f"{_AIM_S} s" if one.call.take is take_one else "",
        )
        for one in taken
    ]  # fmt: skip
    lines = [
        *wrap(_WHAT, 105),
        "",
        *page.table(("call", "a key", "keys", "questions", "pages and browser", "in all", "aim"), rows),
        "",
        *wrap(_SHOWS, 105),
        "",
        *(f"- {name}: {what}" for name, what in found.items()),
    ]
    page.put_section(TITLE, lines)


def measure() -> list[Taken]:
    """Fill a region, and take the calls side by side."""
    with (
        filled(_fill) as (env, folder),
        gunicorn(env, folder / "access.log") as port,
        ThreadPoolExecutor(len(CALLS)) as pool,
    ):
        return list(pool.map(lambda number: take(CALLS[number], number, port), range(len(CALLS))))


def _fill(_folder: Path) -> None:
    make_served_region()
    for number in range(len(CALLS)):
        make_staff(f"phone{number}", Grant(Role.PHONE))


def take(call: Call, number: int, port: int) -> Taken:
    """One call in a browser of its own."""
    with sync_playwright() as driver:
        browser = launch(driver)
        tab = browser.new_context(locale="fr-FR").new_page()
        sign_in(tab, f"http://localhost:{port}", f"phone{number}", "fr")
        agent = Agent(tab, call.key_s, ANSWER_S, call.family, call.other_family)
        agent.see_cursor()
        started = time.perf_counter()
        call.take(agent)
        expect(tab.locator(call.kept)).to_be_visible()
        seconds = time.perf_counter() - started
        browser.close()
    sys.stderr.write(f"{call.who}: {Figure('', seconds, 's')}\n")
    return Taken(call, seconds, agent.pressed, agent.answers)


if __name__ == "__main__":
    main()
