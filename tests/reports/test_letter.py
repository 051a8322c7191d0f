"""The letter: in the window of the envelope, whole, with the confirmation behind it."""

from dataclasses import replace

import pytest

from reports.appointment_card import Contact
from reports.letter import Letter, name_of_file, render
from reports.letter_slip import Slip
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


def test_the_slip_stands_under_the_confirmation_of_two_doses() -> None:
    where = "Bourges – Salle des Marais, 8 chemin des Marais, 18000 Bourges"
    two = replace(LETTER, paragraphs=(
        "Bonjour Gérard Meunier,", "Voici vos rendez-vous :",
        f"- jeudi 26 novembre 2026 à 10 h 30, {where}\n- jeudi 17 décembre 2026 à 9 h 40, {where}",
        "La page suivante est votre confirmation. Montrez-la à l’accueil, sur papier ou sur votre téléphone. "
        "Apportez aussi une pièce d’identité.",
        "Votre référence : F03E-P4N3-0A", "Votre code secret : ZB9A-FRBW-RHSZ",
        "Avec les deux, vous pouvez voir, imprimer et annuler votre demande :\nlocalhost/appointments",
        "Si vous ne pouvez pas venir, annulez dès que possible : votre place servira à quelqu’un d’autre.",
        "Une question ? Appelez le 02 38 79 25 00.", "Campagne régionale",
    ))  # fmt: skip
    slip = Slip(
        reference="F03EP4N30A", to="Centre, 12 rue de la République, 45000 Orléans", has_appointments=True
    )
    assert len(reader(render(two, None, slip=slip)).pages) == 1


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
