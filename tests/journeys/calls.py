"""Calls at the phone desk, typed: an agent who has a keyboard and no mouse, and what two callers say.

The journeys type as fast as the browser takes it and count keys; `tests.bench.calls` types like a person.
"""

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.builders import make_centre, make_lot, make_schedule, make_slots, make_stock
from tests.web.region import Region, make_region
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.serving import Serving
from vaccination.models.programmes import Product, Programme

_MOST_TABS = 60


@dataclass
class Agent:
    """Somebody at the keyboard; every key counts. `key_s`: from key to key; `answer_s`: for each answer.

    `family`, `other_family`: the last names that callers give; the same ones may not ask twice.
    """

    page: Page
    key_s: float = 0.0
    answer_s: float = 0.0
    family: str = "D'Aubigné"
    other_family: str = "Martin"
    pressed: int = 0
    answers: int = 0

    def hear(self) -> None:
        """A question is read out and answered."""
        self.answers += 1
        if self.answer_s:
            self.page.wait_for_timeout(1000 * self.answer_s)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text, delay=1000 * self.key_s)
        self.pressed += len(text)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1
            if self.key_s:
                self.page.wait_for_timeout(1000 * self.key_s)

    def fill(self, *parts: str) -> None:
        """Field after field, the cursor in the first; it stays in the last."""
        for place, part in enumerate(parts):
            if place:
                self.press("Tab")
            self.write(part)

    def to(self, selector: str, key: str = "Tab") -> None:
        """By Tab, or back by Shift+Tab, to the element that fits."""
        wanted = self.page.locator(selector)
        for _ in range(_MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{self.page.url}: {key} does not lead to {selector}")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.pressed += 1
        self.see_cursor()

    def see_cursor(self) -> None:
        """Nobody types before the page has put the cursor where it belongs."""
        first = self.page.locator("[autofocus]")
        if first.count():
            expect(first).to_be_focused()


def make_served_region() -> Region:
    """A programme that serves directly, with seats and doses for pairs, a way of one dose, and an agent."""
    region = make_region()
    today = now().date()
    with transaction() as session:
        programme = session.get_one(Programme, region.programme_id)
        programme.serving = Serving.DIRECT
        centre = make_centre(session, name="Gymnase")
        product = session.get_one(Product, region.products[0])
        make_schedule(session, programme, product, doses=1, only_if_enough=True)
        lot = make_lot(session, product, expires_on=today + timedelta(200))
        make_stock(session, centre, lot, 60, available_from=today, usable_to=lot.expires_on)
        for day in (6, 7, 8, 28, 34, 35, 36, 42):
            make_slots(session, centre, today + timedelta(day))
    make_staff("phone", Grant(Role.PHONE))
    return region


def sign_in(page: Page, url: str, login: str, language: str) -> None:
    page.goto(f"{url}/account/sign-in?lang={language}")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")


def search(agent: Agent, people: int = 1) -> None:
    """Whoever calls says their name and birth date, and how many they are."""
    agent.see_cursor()
    agent.hear()
    agent.fill(agent.family, "Léa")
    agent.press("Tab")
    agent.hear()
    agent.fill("27", "3", "1948")
    agent.hear()
    if people > 1:
        agent.press("Tab", 2)
        agent.write(str(people))
    agent.enter()


def tell_the_rest(agent: Agent, *, large_print: bool = False) -> None:
    """Town, phone number and address; how they are told and how far they go stand there as most say it."""
    agent.hear()
    agent.write("45000")
    agent.press("Tab")
    agent.hear()
    agent.write("0612345678")
    agent.press("Tab", 2)  # how to tell them: by letter, as it stands
    agent.hear()
    agent.write("12 rue des Lilas")
    if large_print:
        agent.press("Tab")
        agent.press("Space")


def take_one(agent: Agent) -> None:
    """One person who is not known yet, from the empty screen to the request that is kept."""
    search(agent)
    finish(agent)


def finish(agent: Agent, *, large_print: bool = False) -> None:
    """The rest of the form after the names; how far they go, and which vaccines, few want to change."""
    tell_the_rest(agent, large_print=large_print)
    agent.hear()
    agent.enter()


def take_household(agent: Agent) -> None:
    """Three people who ask together; the third bears another name."""
    search(agent, people=3)
    finish_household(agent)


def finish_household(agent: Agent) -> None:
    """The other two, that they agree, and the rest of the form."""
    for given, born, family in (
        ("Paul", ("4", "5", "1950"), ""),
        ("Mia", ("6", "7", "1979"), agent.other_family),
    ):
        agent.hear()
        agent.fill(given, *born)
        agent.press("Tab")
        agent.write(family)
        agent.press("Tab")
    agent.hear()
    agent.press("Space")  # the others agree
    agent.press("Tab")
    finish(agent)
