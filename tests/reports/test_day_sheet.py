from datetime import date, datetime, timedelta
from typing import Any

from reports.day_sheet import ROWS_A_PAGE, render
from tests.reports.cards import PARIS
from tests.reports.paper import reader, text_of
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.needs import Needs
from vaccination.domain.references import grouped, reference_of
from vaccination.readmodels.day_sheet import DaySheet, DaySheetLine

OPENS = datetime(2027, 5, 4, 9, tzinfo=PARIS)


def make_line(number: int, **named: Any) -> DaySheetLine:
    ordinary: dict[str, Any] = dict(
        starts_at=OPENS + timedelta(minutes=10 * (number // 3)),
        family_name=f"Martin{number}",
        given_name="Camille",
        birth_date=date(1960, 7, 14),
        reference=reference_of(number * 7919),
        dose_number=1,
        of=2,
        product="Produit A",
        status=AppointmentStatus.BOOKED,
    )
    return DaySheetLine(**{**ordinary, **named})


def make_sheet(*lines: DaySheetLine) -> DaySheet:
    return DaySheet(
        centre_name="Salle des fêtes",
        town="Orléans",
        day=date(2027, 5, 4),
        made_at=datetime(2027, 5, 3, 18, 5, tzinfo=PARIS),
        lines=lines,
        doses=(("Produit A", len(lines)),) if lines else (),
    )


def test_everybody_is_on_the_list_with_what_the_desk_needs() -> None:
    lines = [make_line(number) for number in range(200)]
    text = text_of(render(make_sheet(*lines)))
    for line in lines:
        assert f"{line.family_name.upper()} Camille" in text
        assert grouped(line.reference) in text
    for expected in (
        "mardi 4 mai 2027",
        "Salle des fêtes, Orléans",
        "200 rendez-vous",
        "Produit A × 200",
        "9 h 50",
    ):
        assert expected in text


def test_what_people_need_stands_below_their_name() -> None:
    needs = Needs(step_free=True, sign_language=True, interpreter="ar")
    long_name = {"family_name": "de La Rochefoucauld-Montmorency", "given_name": "Maximilien-Alexandre"}
    sheet = make_sheet(make_line(1, needs=Needs(interpreter="uk")), make_line(2, needs=needs, **long_name))
    french, english = text_of(render(sheet)), text_of(render(sheet, "en"))
    assert "interprète : ukrainien" in french and "sans marches, langue des signes" in french
    assert "interpreter: Ukrainian" in english and "no steps, sign language" in english
    assert "interpr" not in text_of(render(make_sheet(make_line(1))))


def test_every_page_names_centre_day_and_slot_and_keeps_slots_whole() -> None:
    lines = [make_line(number) for number in range(200)]
    pages = [page.extract_text().replace("\u00a0", " ") for page in reader(render(make_sheet(*lines))).pages]
    assert len(pages) == -(-200 // (ROWS_A_PAGE // 3 * 3))
    for number, page in enumerate(pages, start=1):
        assert "Salle des fêtes" in page and "mardi 4 mai 2027" in page
        assert f"Page {number} sur {len(pages)}" in page
    for slot in range(0, 198, 3):
        (page,) = [page for page in pages if f"MARTIN{slot} " in page]
        assert f"MARTIN{slot + 2} " in page


def test_a_slot_larger_than_a_page_goes_over_several() -> None:
    lines = [make_line(0, family_name=f"Petit{number}") for number in range(3 * ROWS_A_PAGE + 1)]
    pages = [page.extract_text().replace("\u00a0", " ") for page in reader(render(make_sheet(*lines))).pages]
    assert len(pages) == 4
    assert all("9 h" in page for page in pages)
    assert all(f"PETIT{number} " in "".join(pages) for number in range(len(lines)))


def test_what_has_already_happened_is_said() -> None:
    lines = [make_line(number, status=status) for number, status in enumerate(AppointmentStatus)]
    text = text_of(render(make_sheet(*lines), "en"))
    for expected in ("arrived", "not vaccinated", "absent", "Tuesday 4 May 2027", "9:10 am"):
        assert expected in text


def test_an_empty_day_is_one_page_that_says_so() -> None:
    pdf = render(make_sheet())
    assert len(reader(pdf).pages) == 1
    assert "Personne" in text_of(pdf)


def test_the_same_day_gives_the_same_bytes() -> None:
    assert render(make_sheet(make_line(1))) == render(make_sheet(make_line(1)))
