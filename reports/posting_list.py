"""The posting list of a batch of letters: what goes out to whom, for the post office and for the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.page import ACCENT, HEIGHT, INK, INNER, MARGIN, PALE, QUIET, Font, Sheet, Type, wrapped
from reports.words import day_in_words, known
from vaccination.domain.references import grouped

_ROW = 8.0
_TOP = 44.0
_BOTTOM = HEIGHT - 16
ROWS_A_PAGE = int((_BOTTOM - _TOP) // _ROW)
_COLUMNS = ((0.0, 12.0), (12.0, 50.0), (62.0, 82.0), (144.0, 30.0))
_CELL, _SMALL, _HEAD = Type(9), Type(7.2), Type(8, Font.BOLD, QUIET)


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A letter on the list."""

    number: int
    name: str
    address: str
    reference: str


_WORDS = {
    "fr": ("Liste d’affranchissement du {day}", "{count} lettres", ("N°", "Nom", "Adresse", "Référence"),
           "Données personnelles : à conserver avec le dépôt, puis à détruire.", "Page {number} sur {of}"),
    "en": ("Posting list of {day}", "{count} letters", ("No.", "Name", "Address", "Reference"),
           "Personal details: keep with the proof of posting, then destroy.", "Page {number} of {of}"),
}  # fmt: skip


def render(day: date, lines: Sequence[PostedLine], locale: str) -> bytes:
    """The list as a PDF; every page can be read alone."""
    locale = known(locale)
    title, count, heads, private, page = _WORDS[locale]
    title = title.format(day=day_in_words(day, locale))
    sheet = Sheet(title, locale, title)
    pages = [lines[start : start + ROWS_A_PAGE] for start in range(0, len(lines), ROWS_A_PAGE)] or [[]]
    for number, shown in enumerate(pages, start=1):
        if number > 1:
            sheet.next_page()
        sheet.box(MARGIN, 14, INNER, 1.2, fill=ACCENT, edge=None)
        sheet.lines(MARGIN, 17, [title], Type(16, Font.BOLD))
        sheet.lines(MARGIN, 26, [count.format(count=len(lines))], Type(10, colour=QUIET))
        _rows(sheet, heads, shown)
        sheet.text(MARGIN, HEIGHT - 9, private, _HEAD)
        sheet.text_right(MARGIN + INNER, HEIGHT - 9, page.format(number=number, of=len(pages)), _HEAD)
    return sheet.to_bytes()


def _rows(sheet: Sheet, heads: Sequence[str], lines: Sequence[PostedLine]) -> None:
    sheet.box(MARGIN, _TOP - 7, INNER, 6, fill=PALE, edge=None)
    for (left, _room), head in zip(_COLUMNS, heads, strict=True):
        sheet.text(MARGIN + left + 1, _TOP - 3, head, _HEAD)
    for row, line in enumerate(lines):
        y = _TOP + row * _ROW
        cells = (str(line.number), line.name, line.address, grouped(line.reference))
        for (left, room), cell in zip(_COLUMNS, cells, strict=True):
            _cell(sheet, MARGIN + left + 1, y, cell, room - 2)
        sheet.rule(MARGIN, y + _ROW, INNER, INK)


def _cell(sheet: Sheet, x: float, y: float, text: str, room: float) -> None:
    """The whole text, on two lines in small type if it needs them: the town stands at the end."""
    if _CELL.width(text) <= room:
        sheet.text(x, y + 5.2, text, _CELL)
    else:
        sheet.lines(x, y + 0.4, wrapped(text, room, _SMALL, most=2), _SMALL)
