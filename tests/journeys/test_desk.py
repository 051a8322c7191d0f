"""The desk in a real browser: a sheet before the camera, a keyboard scanner, fingers on keys alone."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from reports.appointment_card import render
from tests.journeys.conftest import Site
from tests.web.staff import PASSWORD, make_staff
from tests.web.test_desk import Day, make_day, status
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.appointment import AppointmentStatus
from vaccination.models.appointments import Appointment, Scan
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.readmodels import appointment_card
from vaccination.security.signing_keys import SigningKeys
from vaccination.security.tokens import sign_dose

S = AppointmentStatus
_DPI = 150
# What a scanner that thinks it is on a US keyboard makes appear on a French one.
AZERTY = str.maketrans("0123456789AQZWM$%*+-./:", "à&é\"'(-è_çQAWZ?458+):!M")


@dataclass(frozen=True)
class Desk:
    """The running desk of a centre where somebody works who may check in and record."""

    site: Site
    day: Day

    def open(self, page: Page, path: str = "/scan", login: str = "both") -> None:
        """Sign in by the form, and go there."""
        page.goto(f"{self.site.url}/account/sign-in?lang=en")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk**")
        page.goto(self.site.url + self.day.at(path))

    def printed(self) -> Image.Image:
        """The first code of the confirmation, cut out of the rasterised PDF page."""
        with transaction() as session:
            request_id = session.scalars(select(Appointment.request_id).limit(1)).one()
            card = appointment_card.load(session, request_id)
        key = SigningKeys.from_text(self.site.settings.signing_keys).signer(now())
        paper = render(card.signed_by(lambda dose: sign_dose(dose, key)))
        program = ["pdftoppm", "-png", "-r", str(_DPI), "-singlefile", "-"]
        raster = subprocess.run(program, input=paper, capture_output=True, check=True).stdout
        return _around_first_code(Image.open(BytesIO(raster)))


def _around_first_code(sheet: Image.Image) -> Image.Image:
    corner = min((code.position.top_left for code in zxingcpp.read_barcodes(sheet)), key=lambda at: at.y)
    side, margin = int(40 / 25.4 * _DPI), 30
    box = (corner.x - margin, corner.y - margin, corner.x + side + margin, corner.y + side + margin)
    return sheet.crop(box)


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    with transaction() as session:
        day = make_day(session, now())
    make_staff("both", Grant(Role.DESK, day.centre_id), Grant(Role.VACCINATOR, day.centre_id))
    yield Desk(site, day)


def expect_verdict(page: Page, code: str) -> None:
    """The screen shows this verdict."""
    expect(page.locator(f"[data-code={code}]")).to_be_visible(timeout=20_000)


def wedge(page: Page, text: str) -> None:
    """What a keyboard scanner does: types fast, wherever the focus is, and ends with Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_printed_sheet_before_the_camera_until_the_dose_is_undone(
    desk: Desk, camera_page: Callable[[str | Image.Image], Page], accessible: Callable[[Page], None]
) -> None:
    page = camera_page(desk.printed())
    desk.open(page)
    page.keyboard.press("F7")
    expect_verdict(page, "right")
    accessible(page)
    assert status(desk.day.appointment_id) is S.CHECKED_IN
    expect(page.locator("#camera-picture")).to_be_visible()  # the camera stayed on

    page.get_by_text("Right arm").click()
    page.keyboard.press("F2")
    expect(page.get_by_role("heading", name="Vaccinated")).to_be_visible()
    accessible(page)
    assert status(desk.day.appointment_id) is S.VACCINATED
    with transaction() as session:
        record = session.scalars(select(VaccinationRecord)).one()
    assert (record.lot_id, record.site.value) == (desk.day.lot_id, "right_arm")

    page.keyboard.press("F4")
    expect(page.get_by_role("heading", name="Waiting", exact=True)).to_be_visible()
    assert status(desk.day.appointment_id) is S.CHECKED_IN
    with transaction() as session:
        assert session.scalars(select(Scan.entry)).first() == "camera"


def test_a_scanner_types_one_code_after_the_other(
    desk: Desk, page: Page, accessible: Callable[[Page], None]
) -> None:
    desk.open(page)
    accessible(page)
    good = desk.day.text
    for text, code in (
        (good[:100], "unreadable"),
        (good[:-2] + ("00" if good[-2:] != "00" else "11"), "forged"),
        ("https://example.org/menu", "not_ours"),
        (good.translate(AZERTY), "right"),
        (good, "already_checked_in"),
    ):
        wedge(page, text)
        expect_verdict(page, code)
        accessible(page)
        assert page.evaluate("document.activeElement.id") == "text"
        assert page.input_value("#text") == ""
    with transaction() as session:
        scans = session.scalars(select(Scan.verdict).order_by(Scan.id)).all()
    assert scans == ["unreadable", "forged", "not_ours", "right", "already_checked_in"]


def test_codes_that_come_faster_than_the_answers_are_all_judged(desk: Desk, page: Page) -> None:
    desk.open(page)
    for text in ("ONE", "TWO", desk.day.text):
        wedge(page, text)
    expect_verdict(page, "right")
    with transaction() as session:
        assert session.scalars(select(Scan.verdict).order_by(Scan.id)).all() == ["not_ours"] * 2 + ["right"]


NOTE_TONES = """
    window.tones = [];
    const start = AudioScheduledSourceNode.prototype.start;
    AudioScheduledSourceNode.prototype.start = function (...when) {
        window.tones.push(this.frequency.value);
        return start.apply(this, when);
    };
"""


def test_each_level_has_its_own_sound_until_it_is_muted(desk: Desk, page: Page) -> None:
    page.add_init_script(NOTE_TONES)
    desk.open(page)
    heard = []
    for text, code in ((desk.day.text, "right"), (desk.day.text, "already_checked_in"), ("?", "not_ours")):
        page.evaluate("window.tones = []")
        wedge(page, text)
        expect_verdict(page, code)
        heard.append(tuple(page.evaluate("window.tones")))
    assert len(set(heard)) == 3
    assert () not in heard

    page.get_by_role("button", name="Sound").click()
    page.evaluate("window.tones = []")
    wedge(page, desk.day.text)
    expect_verdict(page, "already_checked_in")
    assert page.evaluate("window.tones") == []
    page.reload()
    expect(page.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "false")


def test_what_a_scanner_types_never_changes_the_lot(desk: Desk, page: Page) -> None:
    desk.open(page)
    wedge(page, desk.day.text)
    expect_verdict(page, "right")
    page.get_by_label("Lot of").focus()
    wedge(page, desk.day.text)
    expect_verdict(page, "already_checked_in")


def test_by_keys_alone_from_the_list_to_the_dose(
    desk: Desk, page: Page, accessible: Callable[[Page], None]
) -> None:
    desk.open(page, "")
    accessible(page)
    _tab_to(page, "Arrived Lefèvre Zoé")
    page.keyboard.press("Enter")
    expect_verdict(page, "right")
    page.keyboard.press("F2")
    expect(page.get_by_role("heading", name="Vaccinated")).to_be_visible()
    page.keyboard.press("F9")
    page.wait_for_url(f"**{desk.day.at()}")
    _tab_to(page, "Done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Lefèvre Zoé")).to_be_visible()
    accessible(page)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ').trim()")
        if text.startswith(name):
            return
    raise AssertionError(f"Tab never reached {name}")


def test_who_works_everywhere_chooses_the_centre(
    desk: Desk, page: Page, accessible: Callable[[Page], None]
) -> None:
    make_staff("everywhere", Grant(Role.DESK))
    desk.open(page, "", login="everywhere")
    page.goto(f"{desk.site.url}/desk")
    accessible(page)
    page.get_by_role("link", name="Gymnase").click()
    expect(page.get_by_role("heading", name="Gymnase")).to_be_visible()
    accessible(page)


def test_a_person_without_paper_is_found(desk: Desk, page: Page, accessible: Callable[[Page], None]) -> None:
    desk.open(page, "/find")
    accessible(page)
    page.get_by_label("Family name").fill("lef")
    page.get_by_label("Day").fill("3")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("1951")
    page.get_by_role("button", name="Find").click()
    accessible(page)
    page.get_by_role("button", name="Arrived").click()
    expect_verdict(page, "right")


def test_a_lost_connection_is_said_and_the_same_scan_sent_again(desk: Desk, browser: Browser) -> None:
    # A context of its own: the browser rightly complains of the lost connection.
    page = browser.new_context(locale="fr-FR").new_page()
    desk.open(page)
    page.context.set_offline(True)
    wedge(page, desk.day.text)
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert status(desk.day.appointment_id) is S.BOOKED
    page.context.set_offline(False)
    page.get_by_role("button", name="Send again").click()
    expect_verdict(page, "right")
    page.context.close()


def test_the_desk_works_without_script(desk: Desk, browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    desk.open(plain)
    plain.fill("#text", desk.day.text)
    plain.press("#text", "Enter")
    expect_verdict(plain, "right")
    plain.get_by_role("button", name="Vaccinated").click()
    expect(plain.get_by_role("heading", name="Vaccinated")).to_be_visible()
    plain.get_by_role("button", name="Undo: the dose is still there").click()
    expect(plain.get_by_role("heading", name="Waiting", exact=True)).to_be_visible()
    plain.get_by_role("button", name="Undo the check-in").click()
    assert status(desk.day.appointment_id) is S.BOOKED
    plain.context.close()


@pytest.mark.parametrize("size", [(375, 740), (1280, 900)])
def test_no_page_of_the_desk_is_wider_than_the_screen(desk: Desk, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    desk.open(page)
    wedge(page, desk.day.text)
    expect_verdict(page, "right")
    for path in ("/scan", "", "?show=waiting", "/find", f"/appointments/{desk.day.appointment_id}"):
        page.goto(desk.site.url + desk.day.at(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
