"""A letter to post: address for a DL window, the message in large print, behind it the confirmation."""

from dataclasses import dataclass

from reports.appointment_card import Contact, draw_page
from reports.page import ACCENT, INNER, MARGIN, PALE, QUIET, Font, Sheet, Type, fitting, wrapped
from reports.words import known
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import AppointmentCard

_WINDOW_LEFT, _WINDOW_TOP, _WINDOW_WIDTH = 110.0, 48.0, 82.0  # DL, window on the right (NF Z 11-001)
_LOWEST = 280.0
_SENDER = Type(11, Font.BOLD, ACCENT)
_ADDRESS = Type(11)
_SUBJECT = Type(14, Font.BOLD)
_BODY = Type(12)  # letters go to those who read on paper: larger than our other papers
_SMALL = Type(9, colour=QUIET)


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the first page; `address` has one line a line of the envelope."""

    locale: str
    sender: str
    name: str
    address: tuple[str, ...]
    day: str
    subject: str
    paragraphs: tuple[str, ...]


def render(letter: Letter, card: AppointmentCard | None, contact: Contact = Contact()) -> bytes:  # noqa: B008
    """The letter as a PDF; with a card, the confirmation is its last page."""
    locale = known(letter.locale)
    sheet = Sheet(letter.subject, locale, letter.sender)
    sheet.box(MARGIN, 14, INNER, 1.2, fill=ACCENT, edge=None)
    sheet.lines(MARGIN, 17, wrapped(letter.sender, INNER, _SENDER, most=2), _SENDER)
    if contact.phone:
        sheet.lines(MARGIN, 30, [contact.phone, contact.web], _SMALL)
    _envelope(sheet, letter)
    y = sheet.lines(MARGIN, 92, [letter.day], _BODY) + 4
    y = sheet.lines(MARGIN, y, wrapped(letter.subject, INNER, _SUBJECT), _SUBJECT) + 4
    for paragraph in letter.paragraphs:
        y = _paragraph(sheet, y, paragraph)
    if card is not None:
        sheet.next_page()
        draw_page(sheet, card, locale, contact)
    return sheet.to_bytes()


def _envelope(sheet: Sheet, letter: Letter) -> None:
    y = _WINDOW_TOP
    for line in (letter.name, *letter.address):
        y = sheet.lines(_WINDOW_LEFT, y, [line], fitting(line, _WINDOW_WIDTH, _ADDRESS, smallest=7))


def _paragraph(sheet: Sheet, y: float, paragraph: str) -> float:
    """Lines of a paragraph, dashes as a list; a paragraph that no longer fits begins a page."""
    lines = [
        part
        for line in paragraph.split("\n")
        for part in wrapped(line, INNER - (5 if line.startswith("- ") else 0), _BODY)
    ]
    if y + len(lines) * _BODY.line > _LOWEST:
        sheet.next_page()
        y = 20.0
    if all(line.startswith("- ") for line in paragraph.split("\n")):
        height = len(lines) * _BODY.line + 5
        sheet.box(MARGIN, y, INNER, height, fill=PALE, edge=None)
        return sheet.lines(MARGIN + 4, y + 2.5, lines, _BODY) + 6
    return sheet.lines(MARGIN, y, lines, _BODY) + 3.2


def name_of_file(reference: str, kind: str) -> str:
    """A file name that tells whoever posts the letter what it is, and nothing about the person."""
    return f"{grouped(reference)}-{kind}.pdf"
