"""A centre's day on paper: who comes when, with room to write, for a day without a network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from babel import Locale

from reports.page import (
    ACCENT,
    HEIGHT,
    INK,
    PALE,
    QUIET,
    WHITE,
    WIDTH,
    Font,
    Sheet,
    Type,
    fitting,
    shortened,
    wrapped,
)
from reports.words import day_in_words, known, time_in_words
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.references import grouped
from vaccination.readmodels.day_sheet import DaySheet, DaySheetLine

_EDGE = 12.0  # nearer to the edge than a letter: names need the room
_WIDE = WIDTH - 2 * _EDGE
_ROW = 7.6
_TOP = 44.0
_BOTTOM = HEIGHT - 15
ROWS_A_PAGE = int((_BOTTOM - _TOP) // _ROW)

_SMALL = Type(8, colour=QUIET)
_CELL = Type(9)
_NAME = Type(9.5, Font.BOLD)
_TIME = Type(10, Font.BOLD, ACCENT)
_HEAD = Type(8, Font.BOLD, QUIET)

_WIDTHS = dict(time=20.0, came=9.0, name=60.0, born=21.0, reference=27.0, dose=10.0, lot=39.0)
_LEFT = dict(zip(_WIDTHS, accumulate((_EDGE, *_WIDTHS.values())), strict=False))


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    columns: dict[str, str]
    people: str
    nobody: str
    made: str
    private: str
    page: str
    step_free: str
    sign_language: str
    interpreter: str
    states: dict[AppointmentStatus, str]


_WORDS = {
    "fr": _Words(
        title="Liste du {day}",
        columns=dict(
            time="Heure", came="Venu", name="Nom", born="Né(e) le", reference="Référence", dose="Dose",
            lot="Produit, lot, heure",
        ),
        people="{count} rendez-vous",
        nobody="Personne n’est attendu ce jour.",
        made="Imprimé le {moment}",
        private="Données personnelles : à saisir puis à détruire.",
        page="Page {number} sur {of}",
        step_free="sans marches",
        sign_language="langue des signes",
        interpreter="interprète : {language}",
        states={
            AppointmentStatus.CHECKED_IN: "arrivé",
            AppointmentStatus.VACCINATED: "vacciné",
            AppointmentStatus.NOT_VACCINATED: "non vacciné",
            AppointmentStatus.DID_NOT_ATTEND: "absent",
        },
    ),
    "en": _Words(
        title="List of {day}",
        columns=dict(
            time="Time", came="Came", name="Name", born="Born", reference="Reference", dose="Dose",
            lot="Product, lot, time",
        ),
        people="{count} appointments",
        nobody="Nobody is expected on this day.",
        made="Printed on {moment}",
        private="Personal details: enter them afterwards, then destroy this list.",
        page="Page {number} of {of}",
        step_free="no steps",
        sign_language="sign language",
        interpreter="interpreter: {language}",
        states={
            AppointmentStatus.CHECKED_IN: "arrived",
            AppointmentStatus.VACCINATED: "vaccinated",
            AppointmentStatus.NOT_VACCINATED: "not vaccinated",
            AppointmentStatus.DID_NOT_ATTEND: "absent",
        },
    ),
}  # fmt: skip


def render(day_sheet: DaySheet, locale: str = "fr") -> bytes:
    """The list as a PDF of as many A4 pages as it needs; every page can be read alone."""
    locale = known(locale)
    words = _WORDS[locale]
    title = f"{words.title.format(day=day_sheet.day.isoformat())} – {day_sheet.centre_name}"
    sheet = Sheet(title, locale, day_sheet.centre_name)
    pages = list(_pages(day_sheet.lines))
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            sheet.next_page()
        _head(sheet, day_sheet, locale)
        _rows(sheet, lines, locale)
        _foot(sheet, day_sheet, locale, words.page.format(number=number, of=len(pages)))
    return sheet.to_bytes()


def _pages(lines: Sequence[DaySheetLine]) -> Iterator[Sequence[DaySheetLine]]:
    """The lines page by page; a slot is kept on one page where that leaves the page not half empty."""
    page: list[DaySheetLine] = []
    for _, slot in groupby(lines, key=lambda line: line.starts_at):
        together = list(slot)
        if len(page) + len(together) > ROWS_A_PAGE and len(page) > ROWS_A_PAGE // 2:
            yield page
            page = []
        page += together
        while len(page) > ROWS_A_PAGE:
            yield page[:ROWS_A_PAGE]
            page = page[ROWS_A_PAGE:]
    yield page


def _head(sheet: Sheet, day_sheet: DaySheet, locale: str) -> None:
    words = _WORDS[locale]
    sheet.box(_EDGE, 12, _WIDE, 1.2, fill=ACCENT, edge=None)
    place = f"{day_sheet.centre_name}, {day_sheet.town}" if day_sheet.town else day_sheet.centre_name
    place_type = Type(11, Font.BOLD, ACCENT)
    sheet.lines(_EDGE, 14.5, [shortened(place, _WIDE, place_type)], place_type)
    day = words.title.format(day=day_in_words(day_sheet.day, locale))
    sheet.lines(_EDGE, 20, [day], fitting(day, _WIDE, Type(16, Font.BOLD), smallest=10))
    counts = [words.people.format(count=len(day_sheet.lines))]
    counts += [f"{product}\u00a0× {doses}" for product, doses in day_sheet.doses]
    count_type = Type(9, colour=QUIET)
    sheet.lines(_EDGE, 29, [shortened("  ·  ".join(counts), _WIDE, count_type)], count_type)
    sheet.box(_EDGE, _TOP - 7, _WIDE, 6, fill=PALE, edge=None)
    for column, left in _LEFT.items():
        sheet.text(left + 1, _TOP - 3, words.columns[column], _HEAD)


def _rows(sheet: Sheet, lines: Sequence[DaySheetLine], locale: str) -> None:
    if not lines:
        sheet.text(_EDGE + 1, _TOP + 6, _WORDS[locale].nobody, _CELL)
    previous = None
    for number, line in enumerate(lines):
        y = _TOP + number * _ROW
        if line.starts_at != previous:
            sheet.rule(_EDGE, y, _WIDE, INK)
            sheet.text(_LEFT["time"] + 1, y + 5.2, time_in_words(line.starts_at.time(), locale), _TIME)
        else:
            left = _LEFT["came"]
            sheet.rule(left, y, _EDGE + _WIDE - left)
        previous = line.starts_at
        _row(sheet, y, line, locale)
    sheet.rule(_EDGE, _TOP + len(lines) * _ROW, _WIDE, INK)


def _row(sheet: Sheet, y: float, line: DaySheetLine, locale: str) -> None:
    base = y + 5.1
    sheet.box(_LEFT["came"] + 1.5, y + 1.8, 4, 4, fill=WHITE, edge=INK)
    _name(sheet, y, f"{line.family_name.upper()} {line.given_name}", _needs(line, locale))
    sheet.text(_LEFT["born"] + 1, base, f"{line.birth_date:%d/%m/%Y}", _CELL)
    sheet.text(_LEFT["reference"] + 1, base, grouped(line.reference), _CELL)
    sheet.text(_LEFT["dose"] + 1, base, f"{line.dose_number}/{line.of}", _CELL)
    left, room = _LEFT["lot"] + 1, _WIDTHS["lot"] - 1
    sheet.text(left, y + 3.2, shortened(line.product, room, _SMALL), _SMALL)
    state = _WORDS[locale].states.get(line.status)
    if state:
        sheet.text(left, y + 6.6, state, Type(8, Font.BOLD))


def _name(sheet: Sheet, y: float, name: str, needs: str) -> None:
    """The whole name, on two lines in small type if it needs them; below a name of one line, the needs."""
    left, room = _LEFT["name"] + 1, _WIDTHS["name"] - 2
    type_, small = fitting(name, room, _NAME, smallest=8), Type(7.5, Font.BOLD)
    if needs:
        sheet.lines(left, y + 0.1, [shortened(name, room, small), shortened(needs, room, _SMALL)], small)
    elif type_.width(name) <= room:
        sheet.text(left, y + 5.1, name, type_)
    else:
        sheet.lines(left, y + 0.1, wrapped(name, room, small, most=2), small)


def _needs(line: DaySheetLine, locale: str) -> str:
    words, needs = _WORDS[locale], line.needs
    said = [words.step_free] if needs.step_free else []
    said += [words.sign_language] if needs.sign_language else []
    if needs.interpreter:
        spoken = Locale.parse(locale).languages.get(needs.interpreter, needs.interpreter)
        said.append(words.interpreter.format(language=spoken))
    return ", ".join(said)


def _foot(sheet: Sheet, day_sheet: DaySheet, locale: str, page: str) -> None:
    words = _WORDS[locale]
    moment = f"{day_sheet.made_at:%d/%m/%Y} {time_in_words(day_sheet.made_at.time(), locale)}"
    sheet.text(_EDGE, HEIGHT - 9, f"{words.made.format(moment=moment)}  ·  {words.private}", _SMALL)
    sheet.text_right(_EDGE + _WIDE, HEIGHT - 9, page, _SMALL)
