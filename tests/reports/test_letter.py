"""The letter: in the window of the envelope, whole, with the confirmation behind it."""

from dataclasses import replace

import pytest

from reports.appointment_card import Contact
from reports.letter import Letter, name_of_file, render
from tests.reports.cards import make_card
from tests.reports.paper import reader, text_of

LETTER = Letter(
    locale="fr",
    sender="Campagne d’essai",
    name="Léa D’Aubigné",
    address=("12 rue des Lilas", "45000 Orléans"),
    day="mardi 4 mai 2027",
    subject="Vos rendez-vous, référence 7QK4-M2XW-8D",
    paragraphs=("Bonjour Léa,", "Voici vos rendez-vous :", "- mardi 4 mai\n- mardi 1er juin", "À bientôt."),
)


def test_the_letter_says_everything_and_the_confirmation_follows() -> None:
    pdf = render(LETTER, make_card(), Contact(phone="09 70 00 00 00"))
    assert len(reader(pdf).pages) == 2
    for words in (LETTER.name, *LETTER.address, LETTER.subject, "À bientôt.", "09 70 00 00 00"):
        assert words.replace("\u00a0", " ") in text_of(pdf)


def test_a_letter_alone_is_one_page() -> None:
    assert len(reader(render(LETTER, None)).pages) == 1


def test_a_long_letter_goes_on_over_leaf() -> None:
    long = replace(LETTER, paragraphs=("Une phrase bien longue. " * 20,) * 12)
    assert len(reader(render(long, None)).pages) > 1


def test_the_same_letter_is_the_same_file() -> None:
    assert render(LETTER, make_card()) == render(LETTER, make_card())


@pytest.mark.parametrize("width", [1, 8])
def test_a_long_address_stays_in_the_window(width: int) -> None:
    long = replace(LETTER, address=("Résidence des Tilleuls-Argentés " * width,))
    assert render(long, None).startswith(b"%PDF")


def test_the_file_name_tells_nothing_of_the_person() -> None:
    assert name_of_file("7QK4M2XW8D", "confirmed") == "7QK4-M2XW-8D-confirmed.pdf"
