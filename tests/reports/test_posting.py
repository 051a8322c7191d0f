"""Batches of letters and their posting list on paper: fronts, windows, large print, slips."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reports.appointment_card import Contact
from reports.letter import Enclosed, render, render_batch
from reports.letter_layout import WINDOW_HEIGHT, layout_of
from reports.letter_slip import Slip
from reports.posting_list import ROWS_A_PAGE, PostedLine
from reports.posting_list import render as render_list
from tests.reports.cards import make_card
from tests.reports.paper import rasterised, reader, seen_by_zbar, text_of
from tests.reports.test_letter import LETTER
from vaccination.domain.letters import Paper

SLIP = Slip("7QK4M2XW8D", "Agence, 45000 Orléans", has_appointments=True)
CODED = replace(LETTER, reference="7QK4M2XW8D", code="https://paire.example/appointments", caption="Code")
CONTACT = Contact(phone="09 70 00 00 00")


def test_reference_phone_and_code_stand_on_the_first_page(tmp_path: Path) -> None:
    pdf = render(CODED, make_card(), CONTACT)
    first = reader(pdf).pages[0].extract_text().replace("\u00a0", " ")
    assert "7QK4-M2XW-8D" in first
    assert "09 70 00 00 00" in first
    assert seen_by_zbar(rasterised(pdf, tmp_path)) == {CODED.code}


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("has_appointments", [True, False])
def test_the_slip_says_which_request_it_answers(locale: str, has_appointments: bool) -> None:
    slip = replace(SLIP, has_appointments=has_appointments)
    text = text_of(render(replace(CODED, locale=locale), None, CONTACT, slip=slip))
    assert "Agence, 45000 Orléans" in text
    assert text.count("7QK4-M2XW-8D") >= 2


def test_a_long_letter_has_its_slip_on_a_page_of_its_own() -> None:
    long = replace(CODED, paragraphs=("Une phrase bien longue. " * 24,) * 3)
    assert len(reader(render(long, None, slip=SLIP)).pages) == len(reader(render(long, None)).pages) + 1


def test_large_print_is_large() -> None:
    assert layout_of(Paper.DL, large=True).body.size == 17
    assert layout_of(Paper.DL, large=True).small.size >= 12
    assert render(CODED, None, large=True) != render(CODED, None)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("lines", range(1, 8))
def test_however_many_lines_the_address_has_it_stays_in_the_window(paper: Paper, lines: int) -> None:
    type_ = layout_of(paper, large=False).address_of(lines)
    assert lines * type_.line <= WINDOW_HEIGHT
    assert type_.size >= 10 or lines > 5


@pytest.mark.parametrize("slip", [None, SLIP])
def test_every_letter_of_a_batch_begins_on_a_front_side(slip: Slip | None) -> None:
    letters = [Enclosed(CODED, card, slip) for card in (None, make_card(), None, make_card(), make_card())]
    pdf, pages = render_batch("Lot", letters, CONTACT, Paper.C5)
    texts = [page.extract_text() for page in reader(pdf).pages]
    fronts = [number for number, text in enumerate(texts) if "Bonjour" in text]
    assert len(fronts) == len(pages) == 5
    assert not [number for number in fronts if number % 2]
    # what is cut off with the slip has nothing on its back
    assert slip is None or all(not texts[number + 1].strip() for number in fronts if number + 1 < len(texts))


def test_a_batch_of_nothing_is_a_file_all_the_same() -> None:
    assert render_batch("Lot", [], CONTACT, Paper.DL)[1] == []


def test_the_posting_list_shows_every_address_whole() -> None:
    address = "12 rue de la République très très longue, bâtiment C, 45000 Saint-Jean-de-la-Ruelle"
    lines = [PostedLine(n, f"Aline Martin{n}", address, "7QK4M2XW8D") for n in range(1, ROWS_A_PAGE + 2)]
    pdf = render_list(date(2027, 5, 3), lines, "fr")
    assert len(reader(pdf).pages) == 2
    assert "".join(text_of(pdf).split()).count("45000Saint-Jean-de-la-Ruelle") == len(lines)
