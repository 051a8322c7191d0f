"""What a text message costs, letter by letter."""

import pytest

from vaccination.domain.sms import Encoding, foreign, plain, size


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("é" * 160, Encoding.GSM7, 160, 1),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        ("ê" * 70, Encoding.UCS2, 70, 1),
        ("ê" * 71, Encoding.UCS2, 71, 2),
        ("ê" * 134, Encoding.UCS2, 134, 2),
        ("ê" * 135, Encoding.UCS2, 135, 3),
        ("م" * 70, Encoding.UCS2, 70, 1),
        ("🙂" * 35, Encoding.UCS2, 70, 1),
    ],
)
def test_segments(text: str, encoding: Encoding, units: int, segments: int) -> None:
    found = size(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


def test_a_letter_of_two_units_is_not_torn_apart() -> None:
    # 152 letters and a € do not fit into a part of 153: the € goes whole into the next one
    assert size("a" * 152 + "€" + "a" * 151 + "b").segments == 3
    assert size("a" * 151 + "€" + "a" * 152 + "b").segments == 2
    assert size("🙂" * 67).segments == 3  # 33 a part, for 67 units is an odd number


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Réf. « 7QK4 » – reçue, prête à l’hôtel…", 'Réf. " 7QK4 " - recue, prete à l\'hotel...'),
        ("cœur, ÉCOLE, À bientôt", "coeur, ÉCOLE, A bientot"),
        ("9\u00a0h\u00a040", "9 h 40"),
        ("موعد", "موعد"),
        ("Ñandú", "Ñandu"),
    ],
)
def test_plain_letters(typed: str, sent: str) -> None:
    assert plain(typed) == sent


def test_the_letters_that_cost_are_named_once() -> None:
    assert foreign("reçue, reçu – ça") == "ç–"


def test_cents() -> None:
    assert size("a" * 161).cents(6.5) == 13.0
