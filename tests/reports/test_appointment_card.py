import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from reports.appointment_card import Contact, render, render_many
from tests.reports.cards import KEYS, LAYOUTS, make_card, make_dose, make_second_dose
from tests.reports.paper import rasterised, reader, seen_by_zbar, seen_by_zxing, text_of
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import AppointmentCard
from vaccination.security.tokens import read

CONTACT = Contact(phone="0 800 00 00 00", web="vaccination.example.fr")


def tokens(card: AppointmentCard) -> set[str]:
    return {dose.token for dose in card.doses if dose.token}


@pytest.mark.parametrize("name", LAYOUTS)
def test_both_readers_find_every_code_on_the_printed_page(name: str, tmp_path: Path) -> None:
    card = LAYOUTS[name]
    picture = rasterised(render(card, contact=CONTACT), tmp_path)
    assert seen_by_zxing(picture) == tokens(card)
    assert seen_by_zbar(picture) == tokens(card)
    references = {read(text, KEYS.public()).reference for text in seen_by_zxing(picture)}
    assert references == {dose.token_ref for dose in card.doses}


def test_codes_survive_a_crooked_blurred_copy(tmp_path: Path) -> None:
    card = LAYOUTS["ordinary"]
    picture = rasterised(render(card), tmp_path)
    with Image.open(picture) as page:
        bad = page.convert("L").rotate(7, fillcolor=255, resample=Image.Resampling.BICUBIC)
    copy = tmp_path / "copy.jpg"
    bad.filter(ImageFilter.GaussianBlur(0.8)).save(copy, quality=40)
    assert seen_by_zxing(copy) == tokens(card)
    assert seen_by_zbar(copy) == tokens(card)


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_is_one_a4_page_with_language_title_and_embedded_fonts(name: str) -> None:
    card = LAYOUTS[name]
    pdf = reader(render(card, contact=CONTACT))
    (page,) = pdf.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert pdf.root_object["/Lang"] == card.locale
    assert pdf.root_object["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None and grouped(card.reference) in (pdf.metadata.title or "")
    for font in page["/Resources"]["/Font"].values():
        assert "/FontFile2" in font.get_object()["/FontDescriptor"]


def test_french_words() -> None:
    text = text_of(render(LAYOUTS["ordinary"], contact=CONTACT))
    for expected in (
        "Camille Dupont-Lévêque",
        grouped(LAYOUTS["ordinary"].reference),
        "Dose 1 sur 2",
        "Mardi 4 mai 2027",
        "à 9 h 40",
        "Dose 2 sur 2",
        "Mardi 1er juin 2027",
        "à 14 h",
        "12 rue de la République",
        "45000 Orléans",
        "0 800 00 00 00",
        "vaccination.example.fr",
    ):
        assert expected in text


def test_english_words() -> None:
    text = text_of(render(LAYOUTS["ordinary"], "en"))
    for expected in ("Dose 2 of 2", "Tuesday 4 May 2027", "at 9:40 am", "Tuesday 1 June 2027", "at 2 pm"):
        assert expected in text


def test_a_long_name_is_printed_whole() -> None:
    text = text_of(render(LAYOUTS["long"])).replace("\n", "").replace(" ", "")
    assert LAYOUTS["long"].person_name.replace(" ", "") in text


def test_the_same_card_gives_the_same_bytes_in_another_process() -> None:
    here = render(make_card(make_dose()))
    program = (
        "import sys; from dataclasses import replace; from tests.reports.cards import make_card, make_dose;"
        "from reports.appointment_card import render;"
        "card = make_card(make_dose());"
        "sys.stdout.buffer.write(render(replace(card, doses=(replace(card.doses[0], token=sys.argv[1]),))))"
    )
    token = make_card(make_dose()).doses[0].token or ""
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run(
        [sys.executable, "-c", program, token], capture_output=True, env=environment, timeout=60
    )
    assert done.stderr == b""
    assert done.stdout == here


def test_cancelled_doses_are_left_out_and_a_card_without_any_is_refused() -> None:
    gone = make_dose(status=AppointmentStatus.CANCELLED)
    assert "Dose 1" not in text_of(render(make_card(gone, make_second_dose())))
    with pytest.raises(ValueError, match="appointment"):
        render(make_card(gone))


def test_an_unsigned_dose_is_printed_without_a_code(tmp_path: Path) -> None:
    card = make_card()
    unsigned = replace(card, doses=tuple(replace(dose, token=None) for dose in card.doses))
    pdf = render(unsigned)
    assert seen_by_zxing(rasterised(pdf, tmp_path)) == set()
    assert "Donnez votre" in text_of(pdf)


def test_an_unwritten_language_gets_french() -> None:
    assert reader(render(make_card(locale="br"))).root_object["/Lang"] == "fr"


def test_a_batch_has_a_page_a_card_in_its_own_language() -> None:
    cards = [LAYOUTS["ordinary"], LAYOUTS["english"], LAYOUTS["single"]]
    pdf = render_many(cards, CONTACT)
    pages = [page.extract_text() for page in reader(pdf).pages]
    assert [("Dose 1 sur 2" in page, "Dose 1 of 2" in page) for page in pages[:2]] == [
        (True, False),
        (False, True),
    ]
    assert "Dose 1 sur 1" in pages[2]
    assert len(pdf) < 2 * len(render(cards[0], contact=CONTACT))
    with pytest.raises(ValueError, match="print"):
        render_many([])
