"""The slip at the foot of a letter: to be cut off, filled in and posted by who neither calls nor clicks."""

from dataclasses import dataclass

from reports.page import HEIGHT, INK, INNER, MARGIN, QUIET, WHITE, Font, Sheet, Type, shortened
from vaccination.domain.references import grouped

SLIP_HEIGHT = 58.0  # under the longest letter that everybody gets: two appointments and how to change
_TITLE = Type(12, Font.BOLD)
_BODY = Type(11)
_SMALL = Type(9, colour=QUIET)
_BOX = 4.0


@dataclass(frozen=True, slots=True)
class Slip:
    """Where it is sent back to, and for which request; with appointments it says more."""

    reference: str
    to: str  # one line
    has_appointments: bool


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    to: str
    choices: tuple[str, ...]
    waiting: tuple[str, ...]
    phone: str
    signed: str


_WORDS = {
    "fr": _Words(
        title="Réponse à renvoyer – référence {reference}",
        to="À découper et à renvoyer à\u00a0: {to}",
        choices=(
            "Je viendrai aux rendez-vous indiqués.",
            "Je ne peux pas venir\u00a0: proposez-moi d’autres dates.",
            "Je renonce à mes rendez-vous.",
        ),
        waiting=("Rappelez-moi.", "Je retire ma demande."),
        phone="Mon numéro de téléphone\u00a0:",
        signed="Date et signature\u00a0:",
    ),
    "en": _Words(
        title="Answer to send back – reference {reference}",
        to="Cut off and send to: {to}",
        choices=(
            "I will come to the appointments given.",
            "I cannot come: propose other dates to me.",
            "I give up my appointments.",
        ),
        waiting=("Please call me.", "I withdraw my request."),
        phone="My phone number:",
        signed="Date and signature:",
    ),
}


def draw_slip(sheet: Sheet, top: float, slip: Slip, locale: str) -> None:
    """Below `top`, down to the foot of the page."""
    words = _WORDS[locale]
    title = words.title.format(reference=grouped(slip.reference))
    y = sheet.lines(MARGIN, top + 4, [title], _TITLE)
    to = shortened(words.to.format(to=slip.to), INNER, _SMALL)
    y = sheet.lines(MARGIN, y, [to], _SMALL) + 2
    for choice in words.choices if slip.has_appointments else words.waiting:
        sheet.box(MARGIN, y + 0.7, _BOX, _BOX, fill=WHITE, edge=INK)
        y = sheet.lines(MARGIN + _BOX + 3, y, [choice], _BODY) + 1.6
    y = HEIGHT - 16
    for left, label in ((MARGIN, words.phone), (MARGIN + INNER / 2 + 4, words.signed)):
        sheet.text(left, y, label, _SMALL)
        start = left + _SMALL.width(label) + 2
        sheet.rule(start, y + 1, INNER / 2 - 4 - _SMALL.width(label) - 2, INK)
