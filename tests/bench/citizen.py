"""What a citizen waits for: every public page, five offers, keeping a pair and confirming it.

Gunicorn with two workers and PostgreSQL, a region of 150 centres and 200,000 appointments, fifty people at
once: each asks, looks around, chooses among the offers, confirms, comes back with the secret code. They read
for a second between two pages. Run alone: `python -m tests.bench.citizen`.
"""

import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.bench import page
from tests.bench.citizen_client import Citizen
from tests.bench.figures import machine
from tests.bench.large_region import CENTRES, WAITING, fill_region
from tests.bench.site import filled, gunicorn
from tests.web.asking import ANSWERS
from vaccination import db
from vaccination.clock import now
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs
from vaccination.readmodels import fair_odds
from vaccination.security.fields import KeyRing, generate_keys, use_keys
from web.odds_file import CountedOdds, write_odds

USERS, ROUNDS, THINK_S = 50, 2, 1.0
TITLE = "The citizen's pages (50 people at once, 2 workers, PostgreSQL)"
OFFERS, CONFIRM = "five offers", "confirm a kept pair"
LIMITS_MS = {CONFIRM: 100}
"""All others: 150."""
_USUAL_MS = 150
_TOWNS = ("45000", "37000", "18000", "28000", "36000")
_LOG_LINE = re.compile(r"(GET|POST) (\S+) (\d{3}) (\d+)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class PageTimes:
    """How long a page took: in the server, and for who waits, in milliseconds."""

    name: str
    seen: int
    server_ms: float | None
    waited_ms: float

    @property
    def limit_ms(self) -> int:
        return LIMITS_MS.get(self.name, _USUAL_MS)


def main() -> None:
    """Measure and write the section."""
    use_keys(KeyRing.from_text(generate_keys()))
    found = machine()
    put_section(measure(), found)


def put_section(times: Sequence[PageTimes], found: Mapping[str, str]) -> None:
    """The section of docs/benchmarks.md."""
    rows = [
        (
            one.name, str(one.seen), "" if one.server_ms is None else f"{one.server_ms:,.0f} ms",
            f"{one.waited_ms:,.0f} ms", f"{one.limit_ms} ms",
        )
        for one in sorted(times, key=lambda one: -one.waited_ms)
    ]  # fmt: skip
    lines = [
        f"A region of {CENTRES} centres, 200,000 appointments and {WAITING:,} people who wait; {USERS} at",
        f"once, each reading {THINK_S:.0f} s on average between two pages, on the machine of the server.",
        "*In the server* is gunicorn's own clock; *waited* is what the person waits, queueing for a worker",
        "included. Both are 95th percentiles.",
        "",
        *page.table(("page", "seen", "in the server", "waited", "aim"), rows),
        "",
        *(f"- {name}: {what}" for name, what in found.items()),
    ]
    page.put_section(TITLE, lines)


def measure() -> list[PageTimes]:
    """Fill the region, let the crowd in, read both clocks."""
    with filled(_fill) as (env, folder):
        log = folder / "access.log"
        with gunicorn(env, log) as port:
            times = _crowd(port)
        return _both(times, _read_log(log))


def _fill(folder: Path) -> None:
    fill_region()
    _count_odds(folder)


def _count_odds(folder: Path) -> None:
    with db.snapshot() as session:
        started = time.perf_counter()
        tables = fair_odds.count(session, today=now().date())
        sys.stderr.write(f"odds counted in {time.perf_counter() - started:.1f} s\n")
    write_odds(folder, CountedOdds(now(), tables))


def _crowd(port: int) -> dict[str, list[float]]:
    """Everybody at once; the first moments, when workers are cold, are thrown away."""
    warm: dict[str, list[float]] = {}
    _visit(Citizen(port, USERS, 0.0, warm), 0)
    _visit(Citizen(port, USERS + 1, 0.0, warm), 0)
    times: dict[str, list[float]] = defaultdict(list)

    def come(number: int) -> None:
        citizen = Citizen(port, number, THINK_S, times)
        time.sleep(number / USERS * 10)
        for turn in range(ROUNDS):
            _visit(citizen, turn)

    with ThreadPoolExecutor(USERS) as pool:
        list(pool.map(come, range(USERS)))
    return dict(times)


def _visit(citizen: Citizen, turn: int) -> None:
    """One whole journey, from the first page to the confirmed pair and back again."""
    for name, path in (
        ("first page", "/"), ("rules", "/fair"), ("draws", "/fair/draws"), ("odds", "/fair/odds"),
        ("help", "/help"), ("privacy", "/privacy"), ("accessibility", "/accessibility"),
    ):  # fmt: skip
        citizen.open(name, path)
    reference, secret = _ask(citizen, turn)
    citizen.open("own request, waiting", "/appointments/mine")
    citizen.open("my place explained", "/appointments/mine/place")
    citizen.open("contact", "/appointments/mine/contact")
    citizen.send("write to the centre", "/appointments/mine/contact", subject="papers", text="Which papers?")
    citizen.open("call me", "/appointments/mine/call")
    _choose(citizen)
    for name, path in (
        ("own request, planned", "/appointments/mine"),
        ("confirmation page", "/appointments/mine/confirmation"),
        ("confirmation PDF", "/appointments/mine/confirmation.pdf"),
        ("calendar file", "/appointments/mine/calendar.ics"),
        ("cancel, first page", "/appointments/mine/cancel"),
    ):
        citizen.open(name, path)
    citizen.send("leave", "/appointments/leave")
    citizen.open("find my request", "/appointments")
    citizen.send("open my request", "/appointments", reference=reference, secret=secret)
    citizen.open("own request, planned", "/appointments/mine")


def _ask(citizen: Citizen, turn: int) -> tuple[str, str]:
    """Fill in the form question by question; returns reference and secret code."""
    surname = "".join(_LETTERS[int(digit)] for digit in f"{citizen.number:03}{turn}")
    answers = {
        **ANSWERS,
        "name": {"given_name": "Camille", "family_name": f"Martin{surname}"},
        "where": {"where": _TOWNS[citizen.number % len(_TOWNS)]},
        "needs": {},
    }
    answer = citizen.open("a question", "/request")
    while not answer.path.endswith("/check"):
        question = answer.path.rpartition("/")[2]
        sent = citizen.send("an answer", answer.path, **answers.get(question, {}))
        answer = citizen.open(
            "check the answers" if sent.path.endswith("/check") else "a question", sent.path
        )
    sent = citizen.send("send the request", answer.path)
    citizen.open("it has arrived", sent.path)
    reference, secret, *_ = citizen.codes()
    return reference, secret


def _choose(citizen: Citizen) -> None:
    """Look at the offers, keep one, confirm it; when somebody was quicker, others are on the page."""
    citizen.open(OFFERS, "/appointments/offers")
    for _ in range(5):
        offers = citizen.page.offers
        assert offers, "nothing is left in the region"
        sent = citizen.send("keep a pair", "/appointments/offers", offer=offers[0])
        if sent.status == 303:
            break
    citizen.open("the pair that is kept", sent.path)
    citizen.send(CONFIRM, "/appointments/hold/confirm")


def _read_log(log: Path) -> dict[tuple[str, str], list[int]]:
    """Microseconds by method and path."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for method, path, _status, micros in _LOG_LINE.findall(log.read_text(encoding="utf-8")):
        found[method, path].append(int(micros))
    return found


def _both(waited: Mapping[str, list[float]], served: Mapping[tuple[str, str], list[int]]) -> list[PageTimes]:
    """The server knows paths, the crowd names: pages that share a path are told by the crowd alone."""
    return [
        PageTimes(name, len(took), _server_ms(name, served), 1000 * p95(took))
        for name, took in waited.items()
    ]


_PATHS = {
    "first page": ("GET", "/"), "rules": ("GET", "/fair"), "draws": ("GET", "/fair/draws"),
    "odds": ("GET", "/fair/odds"), OFFERS: ("GET", "/appointments/offers"),
    "keep a pair": ("POST", "/appointments/offers"), CONFIRM: ("POST", "/appointments/hold/confirm"),
    "the pair that is kept": ("GET", "/appointments/hold"), "help": ("GET", "/help"),
    "my place explained": ("GET", "/appointments/mine/place"),
    "send the request": ("POST", "/request/check"), "contact": ("GET", "/appointments/mine/contact"),
    "write to the centre": ("POST", "/appointments/mine/contact"),
    "confirmation PDF": ("GET", "/appointments/mine/confirmation.pdf"),
    "open my request": ("POST", "/appointments"),
}  # fmt: skip


def _server_ms(name: str, served: Mapping[tuple[str, str], list[int]]) -> float | None:
    took = served.get(_PATHS.get(name, ("", "")))
    return p95([float(micros) for micros in took]) / 1000 if took else None


def p95(values: Sequence[float]) -> float:
    """The 95th percentile: one of twenty waits longer."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]


if __name__ == "__main__":
    main()
