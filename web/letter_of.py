"""A message as a letter: its words, the code beside the address, the confirmation behind it, the slip."""

from datetime import datetime

from reports.letter import Enclosed, Letter
from reports.letter_layout import LETTER_WORDS
from reports.letter_slip import Slip
from reports.words import day_in_words, known
from vaccination.domain.messages import MessageKind
from vaccination.ports import Undeliverable
from vaccination.readmodels.appointment_card import AppointmentCard
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.asking.requests import secret_of
from vaccination.settings import Settings
from web.cards import signed_card
from web.message_text import text_of

_SHOWS_APPOINTMENTS = (MessageKind.CONFIRMED, MessageKind.CHANGED)


def letter_of(out: Outgoing, chosen: Settings, *, now: datetime, large: bool = False) -> Enclosed:
    """The letter as things stand now."""
    if not out.address:
        raise Undeliverable("no address")
    text = text_of(out, chosen, now=now)
    shows_card = out.kind in _SHOWS_APPOINTMENTS and bool(out.card.doses)
    card = signed_card(out.card, chosen, now=now) if shows_card else None
    code, caption = _code(card, out, chosen)
    letter = Letter(
        locale=text.locale,
        sender=out.card.programme(text.locale),
        name=out.card.person_name,
        address=tuple(out.address.splitlines()),
        day=day_in_words(now.date(), text.locale),
        subject=text.subject,
        paragraphs=text.paragraphs,
        reference=out.card.reference,
        code=code,
        caption=caption,
    )
    slip = None
    if chosen.post_address and out.kind is not MessageKind.CANCELLED:
        slip = Slip(out.card.reference, chosen.post_address, has_appointments=bool(out.card.doses))
    return Enclosed(letter, card, slip, large)


def _code(card: AppointmentCard | None, out: Outgoing, chosen: Settings) -> tuple[str, str]:
    """With appointments, what the desk scans for the first that stands; else the way to one's own page."""
    words = LETTER_WORDS[known(out.locale)]
    for dose in card.doses if card else ():
        if dose.token:
            return dose.token, words.show_code
    home = chosen.base_url.rstrip("/")
    # After "#": browsers keep it to themselves, so the secret is in no server's log.
    return f"{home}/appointments#{out.card.reference}.{secret_of(out.card.reference)}", words.own_page
