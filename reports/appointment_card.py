"""The confirmation: one A4 page with every dose that stands, a QR code beside each."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.page import (
    ACCENT,
    INNER,
    LINE,
    MARGIN,
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
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard

QR_SIDE = 40.0
_PAD = 6.0
_STRIP = 9.0
_TEXT_WIDTH = INNER - QR_SIDE - 3 * _PAD
_REFERENCE_WIDTH = 66.0
_COLUMN = (INNER - 8.0) / 2

_SMALL = Type(8.5, colour=QUIET)
_BODY = Type(10)
_STRONG = Type(10.5, Font.BOLD)
_HEAD = Type(11, Font.BOLD, ACCENT)
_TITLE = Type(20, Font.BOLD)
_DAY = Type(15, Font.BOLD)
_TIME = Type(19, Font.BOLD, ACCENT)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where people reach those who can change an appointment; empty fields are left out."""

    phone: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    titles: str
    holder: str
    reference: str
    dose: str
    at: str
    phone: str
    show_code: str
    no_code: str
    bring: str
    things: tuple[str, ...]
    change: str
    by_web: str
    by_phone: str
    frees: str
    footer: str


_WORDS = {
    "fr": _Words(
        title="Votre rendez-vous de vaccination",
        titles="Vos rendez-vous de vaccination",
        holder="Pour",
        reference="Votre référence",
        dose="Dose {number} sur {of}",
        at="à {time}",
        phone="Tél.\u00a0{phone}",
        show_code="À montrer à l’accueil",
        no_code="Donnez votre référence à l’accueil.",
        bring="Le jour du rendez-vous, apportez",
        things=(
            "ce document, sur papier ou sur votre téléphone",
            "une pièce d’identité",
            "votre carte Vitale, si vous en avez une",
            "vos papiers de vaccination, si vous en avez",
        ),
        change="Pour changer ou annuler",
        by_web="Sur internet\u00a0: {web} avec votre référence et votre code secret",
        by_phone="Par téléphone\u00a0: {phone} avec votre référence",
        frees="Si vous ne pouvez pas venir, prévenez-nous\u00a0: votre place servira à quelqu’un d’autre.",
        footer="Un code QR ne contient ni votre nom ni votre date de naissance. Chaque code sert à une dose.",
    ),
    "en": _Words(
        title="Your vaccination appointment",
        titles="Your vaccination appointments",
        holder="For",
        reference="Your reference",
        dose="Dose {number} of {of}",
        at="at {time}",
        phone="Phone\u00a0{phone}",
        show_code="Show this at reception",
        no_code="Give your reference at reception.",
        bring="On the day, bring",
        things=(
            "this document, on paper or on your phone",
            "proof of your identity",
            "your carte Vitale (health insurance card), if you have one",
            "your vaccination papers, if you have any",
        ),
        change="To change or cancel",
        by_web="Online: {web} with your reference and your secret code",
        by_phone="By phone: {phone} with your reference",
        frees="If you cannot come, please tell us: somebody else can have your place.",
        footer="A QR code holds neither your name nor your date of birth. Each code is for one dose.",
    ),
}


def render(card: AppointmentCard, locale: str = "", contact: Contact = Contact()) -> bytes:  # noqa: B008
    """The page as a PDF, in the card's language unless another is asked for."""
    locale = known(locale or card.locale)
    sheet = Sheet(f"{_title(card, locale)} – {grouped(card.reference)}", locale, card.programme(locale))
    draw_page(sheet, card, locale, contact)
    return sheet.to_bytes()


def render_many(cards: Sequence[AppointmentCard], contact: Contact = Contact()) -> bytes:  # noqa: B008
    """One PDF to print, a page a card, each in its own language; fonts are in it once."""
    if not cards:
        raise ValueError("nothing to print")
    locale = known(cards[0].locale)
    sheet = Sheet(_WORDS[locale].titles, locale, cards[0].programme(locale))
    for number, card in enumerate(cards):
        if number:
            sheet.next_page()
        draw_page(sheet, card, known(card.locale), contact)
    return sheet.to_bytes()


def draw_page(sheet: Sheet, card: AppointmentCard, locale: str, contact: Contact) -> None:
    """The confirmation on the sheet's present page; letters put it behind their first one."""
    words = _WORDS[locale]
    y = _head(sheet, card, locale)
    for dose in _standing(card):
        y = _dose(sheet, y, dose, locale) + _PAD
    _advice(sheet, y + 2, words, _with_phone(contact, _standing(card)[0]))
    sheet.text_centred(WIDTH / 2, 286, words.footer, Type(8, colour=QUIET))


def _standing(card: AppointmentCard) -> list[DoseCard]:
    doses = [dose for dose in card.doses if not dose.is_cancelled]
    if not doses:
        raise ValueError("a confirmation needs an appointment")
    return doses


def _title(card: AppointmentCard, locale: str) -> str:
    words = _WORDS[locale]
    return words.title if len(_standing(card)) == 1 else words.titles


def _head(sheet: Sheet, card: AppointmentCard, locale: str) -> float:
    words = _WORDS[locale]
    title = _title(card, locale)
    sheet.box(MARGIN, 14, INNER, 1.2, fill=ACCENT, edge=None)
    sheet.lines(MARGIN, 17, wrapped(card.programme(locale), INNER, _HEAD, most=1), _HEAD)
    sheet.lines(MARGIN, 23.5, [title], fitting(title, INNER, _TITLE, smallest=14))
    left = MARGIN + INNER - _REFERENCE_WIDTH
    sheet.box(left, 37, _REFERENCE_WIDTH, 19, fill=PALE, edge=None)
    sheet.lines(left + 5, 39, [words.reference], _SMALL)
    shown = grouped(card.reference)
    sheet.lines(left + 5, 43.6, [shown], fitting(shown, _REFERENCE_WIDTH - 10, Type(18, Font.BOLD), 9))
    sheet.lines(MARGIN, 39, [words.holder], _SMALL)
    room = INNER - _REFERENCE_WIDTH - 6
    name_type = _name_type(card.person_name, room)
    sheet.lines(MARGIN, 43.6, wrapped(card.person_name, room, name_type, most=3), name_type)
    return 62.0


def _name_type(name: str, room: float) -> Type:
    """The largest type in which the whole name has room: it must not be cut short."""
    choices = [
        (Type(size, Font.BOLD), lines) for size, lines in ((15, 2), (13, 2), (11, 3), (9.5, 3), (8, 3))
    ]
    fits = (type_ for type_, lines in choices if len(wrapped(name, room, type_)) <= lines)
    return next(fits, choices[-1][0])


def _dose(sheet: Sheet, y: float, dose: DoseCard, locale: str) -> float:
    """A frame with when and where on the left and the code on the right; returns its lower edge."""
    words = _WORDS[locale]
    place = _place(dose, words)
    when_height = _DAY.line + _TIME.line + 2
    text_height = when_height + sum(type_.line for _, type_ in place)
    height = _STRIP + max(text_height + 7, QR_SIDE + 12)
    sheet.box(MARGIN, y, INNER, height, fill=WHITE, edge=LINE)
    sheet.box(MARGIN, y, INNER, _STRIP, fill=PALE, edge=LINE)
    numbered = words.dose.format(number=dose.dose_number, of=dose.of)
    sheet.text(MARGIN + _PAD, y + 6.2, numbered, _HEAD)
    product_room = INNER - 2 * _PAD - 50
    product_type = fitting(dose.product, product_room, _BODY, smallest=7)
    product = shortened(dose.product, product_room, product_type)
    sheet.text_right(MARGIN + INNER - _PAD, y + 6.2, product, product_type)
    day = day_in_words(dose.starts_at.date(), locale)
    day = day[:1].upper() + day[1:]
    at = words.at.format(time=time_in_words(dose.starts_at.time(), locale))
    top = sheet.lines(MARGIN + _PAD, y + _STRIP + 4, [day], fitting(day, _TEXT_WIDTH, _DAY, smallest=12))
    top = sheet.lines(MARGIN + _PAD, top, [at], _TIME) + 2
    for line, type_ in place:
        top = sheet.lines(MARGIN + _PAD, top, [line], type_)
    _code(sheet, y + _STRIP, dose, words)
    return y + height


def _place(dose: DoseCard, words: _Words) -> list[tuple[str, Type]]:
    """Name, address and telephone of the centre, in lines that fit beside the code."""
    placed = [(line, _STRONG) for line in wrapped(dose.centre_name, _TEXT_WIDTH, _STRONG, most=3)]
    for part in dose.address:
        placed += [(line, _BODY) for line in wrapped(part, _TEXT_WIDTH, _BODY, most=3)]
    if dose.phone:
        placed.append((words.phone.format(phone=dose.phone), _BODY))
    return placed


def _code(sheet: Sheet, top: float, dose: DoseCard, words: _Words) -> None:
    left = MARGIN + INNER - QR_SIDE - _PAD / 2
    if dose.token is None:
        sheet.lines(left, top + 6, wrapped(words.no_code, QR_SIDE, _SMALL), _SMALL)
        return
    sheet.qr(left, top + 2.5, QR_SIDE, dose.token)
    sheet.text_centred(left + QR_SIDE / 2, top + QR_SIDE + 6.5, words.show_code, _SMALL)


def _advice(sheet: Sheet, y: float, words: _Words, contact: Contact) -> None:
    sheet.lines(MARGIN, y, [words.bring], _HEAD)
    below = y + _HEAD.line + 1.5
    for thing in words.things:
        below = _point(sheet, MARGIN, below, thing)
    right = MARGIN + _COLUMN + 8
    sheet.lines(right, y, [words.change], _HEAD)
    below = y + _HEAD.line + 1.5
    if contact.web:
        below = _point(sheet, right, below, words.by_web.format(web=contact.web))
    if contact.phone:
        below = _point(sheet, right, below, words.by_phone.format(phone=contact.phone.replace(" ", "\u00a0")))
    _point(sheet, right, below, words.frees)


def _point(sheet: Sheet, x: float, y: float, text: str) -> float:
    """One item of a list, with a small square before it."""
    sheet.box(x, y + 1.9, 1.2, 1.2, fill=ACCENT, edge=None)
    return sheet.lines(x + 4, y, wrapped(text, _COLUMN - 4, _BODY, most=3), _BODY) + 1.2


def _with_phone(contact: Contact, dose: DoseCard) -> Contact:
    """Without a help line, the centre answers the telephone."""
    return contact if contact.phone else Contact(phone=dose.phone, web=contact.web)
