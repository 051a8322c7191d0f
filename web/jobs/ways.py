"""The ways out of the house: a mail, a text message, a letter, a call by one of the agents."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from reports import appointment_card as paper
from reports import calendar
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.contacts import CallBackReason
from vaccination.domain.messages import OPTIONAL_KINDS, MessageKind
from vaccination.domain.sms import size
from vaccination.ports import Attachment, Mail, Mailer, TextMessage, TextSender, Undeliverable
from vaccination.readmodels.appointment_card import AppointmentCard
from vaccination.readmodels.outgoing import Outgoing
from vaccination.security.link_tokens import link_token
from vaccination.services.telling.call_backs import AskCall, NoNumber, ask_call
from vaccination.settings import Settings
from web.cards import contact_of, signed_card
from web.mail import message_id
from web.message_text import sms_of, text_of
from web.message_values import opt_out_link

RECEIPT_PATH = "/receipts"
_WITHOUT_PAPERS = (MessageKind.RECEIVED, MessageKind.REPLACED, MessageKind.ANSWERED, MessageKind.LAPSED,
                   MessageKind.SAME_DAY, MessageKind.INVITATION)  # fmt: skip
_CALLED_FOR = {
    MessageKind.CHANGED: CallBackReason.CHANGE,
    MessageKind.REPLACED: CallBackReason.REPLACEMENT,
    MessageKind.LAPSED: CallBackReason.REPLACEMENT,
}


@dataclass(frozen=True, slots=True)
class Handed:
    """What is to be remembered of a message that the outside took."""

    provider_ref: str | None = None
    segments: int = 0


Send = Callable[[Outgoing], Handed]


def send_mail(out: Outgoing, mailer: Mailer, chosen: Settings) -> Handed:
    """Write the mail as things stand now and hand it over."""
    if not out.email:
        raise Undeliverable("no address")
    text = text_of(out, chosen, now=now())
    mailer.send(
        Mail(
            to=out.email,
            subject=text.subject,
            text=text.as_text(),
            html=text.as_html(),
            locale=text.locale,
            client_ref=client_ref(out.message_id),
            attachments=_attachments(out, text.locale, chosen),
            proof=link_token("mail", out.message_id),
            thread=_first_mail(out, chosen),
            unsubscribe=opt_out_link(out, chosen) if out.kind in OPTIONAL_KINDS else "",
        )
    )
    return Handed()


def send_text(out: Outgoing, sender: TextSender, chosen: Settings) -> Handed:
    """Write the text message as things stand now and hand it over."""
    if not out.phone:
        raise Undeliverable("no number")
    text = sms_of(out, chosen, now=now())
    home = chosen.base_url.rstrip("/")
    token = link_token("receipt", out.message_id)
    receipt_url = f"{home}{RECEIPT_PATH}/{out.message_id}/{token}"
    ref = sender.send(TextMessage(out.phone, text, client_ref(out.message_id), receipt_url))
    return Handed(ref or None, size(text).segments)


def ask_to_call(out: Outgoing) -> Handed:
    """Put the person on the list of people to call: an agent tells them the news."""
    failed_before = bool(out.failure)
    reason = CallBackReason.MESSAGE_BOUNCED if failed_before else _CALLED_FOR.get(out.kind)
    command = AskCall(reason or CallBackReason.OTHER, request_id=out.request_id, locale=out.locale)
    try:
        with transaction() as session:
            ask_call(session, command, now=now(), zone=ZoneInfo(out.timezone))
    except NoNumber:
        raise Undeliverable("no number") from None
    return Handed()


def client_ref(number: int) -> str:
    """The name of a message towards the outside."""
    return f"message-{number}"


def _first_mail(out: Outgoing, chosen: Settings) -> str:
    if out.first_mail_id is None:
        return ""
    proof = link_token("mail", out.first_mail_id)
    return message_id(client_ref(out.first_mail_id), proof, chosen.mail_from)


def _attachments(out: Outgoing, locale: str, chosen: Settings) -> tuple[Attachment, ...]:
    """The confirmation and the calendar entries; for a cancellation, what takes them out of the calendar."""
    if not out.doses or out.kind in _WITHOUT_PAPERS:
        return ()
    return tuple(file for card in out.cards for file in _files(card, out.kind, locale, chosen))


def _files(
    shown: AppointmentCard, kind: MessageKind, locale: str, chosen: Settings
) -> tuple[Attachment, ...]:
    card = signed_card(shown, chosen, now=now())
    contact = contact_of(chosen)
    entries = calendar.render(card, locale, contact, now=now(), organizer=chosen.mail_from)
    calendar_file = Attachment(f"{card.reference}.ics", "text/calendar", entries)
    if kind is MessageKind.CANCELLED:
        return (calendar_file,)
    sheet = paper.render(card, locale, contact)
    return (Attachment(f"{card.reference}.pdf", "application/pdf", sheet), calendar_file)
