"""A letter to post: address for a window, reference and phone and code first, behind it the confirmation."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.appointment_card import Contact, draw_page
from reports.letter_layout import LETTER_WORDS, Layout, layout_of
from reports.letter_slip import SLIP_HEIGHT, Slip, draw_slip
from reports.page import ACCENT, HEIGHT, INNER, LINE, MARGIN, PALE, WIDTH, Sheet, fitting, wrapped
from reports.words import known
from vaccination.domain.letters import Paper
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import AppointmentCard

_LOWEST = 282.0
_CODE = 34.0
_LEFT_COLUMN = 70.0  # ends where no window shows it, wherever the paper slides to
_PAST_CODE = MARGIN + _CODE + 4


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the first page; `address` has one line a line of the envelope.

    `code` is a text for the QR code beside the address, `caption` what to do with it; both may be empty.
    """

    locale: str
    sender: str
    name: str
    address: tuple[str, ...]
    day: str
    subject: str
    paragraphs: tuple[str, ...]
    reference: str = ""
    code: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A letter with what lies behind it: the confirmation, if there is one, and the slip to send back."""

    letter: Letter
    card: AppointmentCard | None = None
    slip: Slip | None = None
    large: bool = False


def render(
    letter: Letter,
    card: AppointmentCard | None,
    contact: Contact = Contact(),  # noqa: B008
    *,
    paper: Paper = Paper.DL,
    large: bool = False,
    slip: Slip | None = None,
) -> bytes:
    """The letter as a PDF; with a card, the confirmation is its last page."""
    sheet = Sheet(letter.subject, known(letter.locale), letter.sender)
    _draw(sheet, Enclosed(letter, card, slip, large), contact, paper)
    return sheet.to_bytes()


def render_batch(
    title: str, letters: Iterable[Enclosed], contact: Contact, paper: Paper
) -> tuple[bytes, list[int]]:
    """Many letters as one PDF for printing on both sides, and the pages of each.

    Every letter begins on a front side: an empty page follows where the one before has an odd number.
    """
    sheet = Sheet(title, "fr", title)
    pages: list[int] = []
    for enclosed in letters:
        if pages:
            sheet.next_page()
            if sheet.pages % 2 == 1:
                sheet.next_page()
        before = sheet.pages
        _draw(sheet, enclosed, contact, paper, both_sides=True)
        pages.append(sheet.pages + 1 - before)
    return sheet.to_bytes(), pages


def _draw(
    sheet: Sheet, enclosed: Enclosed, contact: Contact, paper: Paper, *, both_sides: bool = False
) -> None:
    letter, locale = enclosed.letter, known(enclosed.letter.locale)
    layout = layout_of(paper, large=enclosed.large)
    sheet.box(MARGIN, 14, INNER, 1.2, fill=ACCENT, edge=None)
    sheet.lines(MARGIN, 17, wrapped(letter.sender, INNER, layout.sender, most=2), layout.sender)
    _beside_window(sheet, letter, contact, layout, locale)
    _envelope(sheet, letter, layout)
    y = sheet.lines(MARGIN, layout.below, [letter.day], layout.body) + 3
    y = sheet.lines(MARGIN, y, wrapped(letter.subject, INNER, layout.subject), layout.subject) + 3
    for paragraph in letter.paragraphs:
        y = _paragraph(sheet, y, paragraph, layout)
    if enclosed.slip is not None:
        _slip(sheet, y, enclosed.slip, locale)
    if enclosed.card is not None:
        sheet.next_page()
        if enclosed.slip is not None and both_sides:
            sheet.next_page()  # what is cut off must not take a part of the confirmation with it
        draw_page(sheet, enclosed.card, locale, contact)


def _beside_window(sheet: Sheet, letter: Letter, contact: Contact, layout: Layout, locale: str) -> None:
    """Left of the window: the code, then the reference and the phone number in large type."""
    words = LETTER_WORDS[locale]
    top = layout.window_top - 16
    left = MARGIN
    if letter.code:
        sheet.qr(MARGIN - 2, top, _CODE, letter.code)
        left = _PAST_CODE - 4
    room = MARGIN + _LEFT_COLUMN - left
    y = top + 1
    for label, text in ((words.reference, grouped(letter.reference)), (words.phone, contact.phone)):
        if text:
            y = sheet.lines(left, y, [label], layout.small)
            y = sheet.lines(left, y, [text], fitting(text, room, layout.strong, smallest=9)) + 1.5
    caption = wrapped(letter.caption, room, layout.small, most=3) if letter.code else []
    sheet.lines(left, y, caption, layout.small)


def _envelope(sheet: Sheet, letter: Letter, layout: Layout) -> None:
    """Name and address inside the window; many lines are set closer, so that none slips out of it."""
    lines = (letter.name, *letter.address)
    type_ = layout.address_of(len(lines))
    y = layout.window_top
    for line in lines:
        y = sheet.lines(layout.window_left, y, [line], fitting(line, layout.window_width, type_, smallest=7))


def _paragraph(sheet: Sheet, y: float, paragraph: str, layout: Layout) -> float:
    """Lines of a paragraph, dashes as a list; a paragraph that no longer fits begins a page."""
    is_list = all(line.startswith("- ") for line in paragraph.split("\n"))
    room = INNER - (8 if is_list else 0)
    lines = [part for line in paragraph.split("\n") for part in wrapped(line, room, layout.body)]
    if y + len(lines) * layout.body.line > _LOWEST:
        sheet.next_page()
        y = 20.0
    if is_list:
        height = len(lines) * layout.body.line + 5
        sheet.box(MARGIN, y, INNER, height, fill=PALE, edge=None)
        return sheet.lines(MARGIN + 4, y + 2.5, lines, layout.body) + 6
    return sheet.lines(MARGIN, y, lines, layout.body) + 3.2


def _slip(sheet: Sheet, y: float, slip: Slip, locale: str) -> None:
    """At the foot of the page, below a line to cut along; on a page of its own where there is no room."""
    top = HEIGHT - SLIP_HEIGHT
    if y > top - 1:  # a paragraph has its own space below
        sheet.next_page()
    sheet.rule(0, top, WIDTH, LINE)
    draw_slip(sheet, top, slip, locale)


def name_of_file(reference: str, kind: str) -> str:
    """A file name that tells whoever posts the letter what it is, and nothing about the person."""
    return f"{grouped(reference)}-{kind}.pdf"
