"""Text messages as the network counts them: GSM-7 letters, or UCS-2 at more than double the price."""

import math
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOST_SEGMENTS = 3
"""Longer texts belong in a mail or a letter; the editor refuses them."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # an escape before each: they count twice
# What French typography sets and no old phone knows; letters with accents are taken apart below.
_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-",
        "…": "...", "œ": "oe", "Œ": "OE", "°": "o", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "×": "x",
    }
)  # fmt: skip


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


# One message, and a part of a longer one: its header takes room.
_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Size:
    """What a text costs: each segment is charged as one message."""

    encoding: Encoding
    units: int
    segments: int

    def cents(self, cents_a_segment: float) -> float:
        return self.segments * cents_a_segment


def size(text: str) -> Size:
    """How a text goes over the network, and in how many segments."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        weights = [2 if letter in _EXTENDED else 1 for letter in text]
        return _size(Encoding.GSM7, weights)
    # UTF-16 units: an emoji is two, and both stay in one part
    return _size(Encoding.UCS2, [2 if ord(letter) > 0xFFFF else 1 for letter in text])


def plain(text: str) -> str:
    """The same words in GSM-7 letters where there is a way: ê becomes e. Others stay as they are."""
    return "".join(_plain_letter(letter) for letter in text.translate(_PLAIN))


def foreign(text: str) -> str:
    """The letters that make a text UCS-2, each once, in the order in which they come."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in _BASIC | _EXTENDED))


def _plain_letter(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    bare = unicodedata.normalize("NFD", letter)[0]
    return bare if bare in _BASIC else letter


def _size(encoding: Encoding, weights: list[int]) -> Size:
    alone, part = _ROOM[encoding]
    units = sum(weights)
    if units <= alone:
        return Size(encoding, units, math.ceil(units / alone) if units else 0)
    return Size(encoding, units, _parts(weights, part))


def _parts(weights: list[int], room: int) -> int:
    """A letter of two units is never torn apart, so a part may end one unit early."""
    parts, used = 1, 0
    for weight in weights:
        if used + weight > room:
            parts, used = parts + 1, 0
        used += weight
    return parts
