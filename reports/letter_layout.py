"""Where things stand on a letter: the window of the envelope, the size of the type, the fixed words.

Both envelopes have a window of 100 × 45 mm on the right. In a DL (110 × 220 mm, letter folded in three) it
lies 20 mm above the lower edge, in a C5 (162 × 229 mm, folded once) 60 mm. What may be seen is what shows
wherever the paper slides to: 110 to 190 mm from the left, and from the top 48 to 79 mm, or 58 to 88 mm.
"""

from dataclasses import dataclass

from reports.page import ACCENT, QUIET, Font, Type
from vaccination.domain.letters import Paper

_WINDOW_LEFT, _WINDOW_WIDTH, WINDOW_HEIGHT = 110.0, 80.0, 31.0
_WINDOW_TOP = {Paper.DL: 48.0, Paper.C5: 58.0}
_BELOW = {Paper.DL: 90.0, Paper.C5: 98.0}


@dataclass(frozen=True, slots=True)
class Layout:
    """Type and places of a letter's first page, in millimetres."""

    window_top: float
    below: float  # where the text begins
    body: Type
    subject: Type
    strong: Type
    small: Type
    window_left: float = _WINDOW_LEFT
    window_width: float = _WINDOW_WIDTH
    sender: Type = Type(12, Font.BOLD, ACCENT)

    def address_of(self, lines: int) -> Type:
        """The largest type in which so many lines stay in the window."""
        fits = WINDOW_HEIGHT / (lines * Type(1).line)
        return Type(min(12.0, round(fits - 0.05, 1)))


def layout_of(paper: Paper, *, large: bool) -> Layout:
    """Large print is 17 points: nothing that one must read is smaller than 12."""
    if large:
        body, subject, strong, small = (
            Type(17), Type(21, Font.BOLD), Type(17, Font.BOLD), Type(12, colour=QUIET)
        )  # fmt: skip
    else:
        body, subject, strong, small = (
            Type(12), Type(14, Font.BOLD), Type(13, Font.BOLD), Type(9, colour=QUIET)
        )  # fmt: skip
    return Layout(_WINDOW_TOP[paper], _BELOW[paper], body, subject, strong, small)


@dataclass(frozen=True, slots=True)
class LetterWords:
    """Words that every letter has."""

    reference: str
    phone: str
    show_code: str
    own_page: str


LETTER_WORDS = {
    "fr": LetterWords(
        reference="Votre référence",
        phone="Par téléphone",
        show_code="Code à montrer à l’accueil",
        own_page="Code\u00a0: votre demande sur internet",
    ),
    "en": LetterWords(
        reference="Your reference",
        phone="By phone",
        show_code="Code to show at reception",
        own_page="Code: your request on the web",
    ),
}
