"""Names of kinds and channels of message, and sentences for what is wrong with a text."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_babel import gettext, lazy_gettext

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.sms import MOST_SEGMENTS
from vaccination.domain.texts import Fault, FaultCode
from vaccination.services.telling.texts import BrokenText
from web.forms import InvalidForm

KIND_NAMES = {
    MessageKind.RECEIVED: lazy_gettext("Request received"),
    MessageKind.CONFIRMED: lazy_gettext("Confirmation"),
    MessageKind.CHANGED: lazy_gettext("Appointment changed"),
    MessageKind.CANCELLED: lazy_gettext("Cancellation"),
    MessageKind.REMINDER_WEEK: lazy_gettext("Reminder, 7 days before"),
    MessageKind.REMINDER_TWO_DAYS: lazy_gettext("Reminder, 2 days before"),
    MessageKind.REMINDER_DAY: lazy_gettext("Reminder, the day before"),
    MessageKind.REPLACED: lazy_gettext("New proposal after a cut"),
    MessageKind.LAPSED: lazy_gettext("Proposal not answered"),
    MessageKind.SAME_DAY: lazy_gettext("Place free today"),
    MessageKind.INVITATION: lazy_gettext("Invitation of a group"),
    MessageKind.ANSWERED: lazy_gettext("Answer in the inbox"),
}
CHANNEL_NAMES = {
    MessageChannel.EMAIL: lazy_gettext("E-mail"),
    MessageChannel.SMS: lazy_gettext("Text message"),
    MessageChannel.LETTER: lazy_gettext("Letter"),
    MessageChannel.PHONE: lazy_gettext("Phone call"),
}
PLACEHOLDER_NAMES = {
    "appointments": lazy_gettext("date, time and place of each appointment, a line each"),
    "home": lazy_gettext("the address of this site"),
    "link": lazy_gettext("the link to the person's own page; in a text message the address of this site"),
    "name": lazy_gettext("given name and family name"),
    "next_plan": lazy_gettext("when the next plan is made"),
    "phone": lazy_gettext("the help line's number"),
    "programme": lazy_gettext("the programme's name"),
    "reference": lazy_gettext("the request's reference"),
    "secret": lazy_gettext("the secret code"),
}


@contextmanager
def beside_fields() -> Iterator[None]:
    """Say what is wrong with a text beside its fields."""
    try:
        yield
    except BrokenText as broken:
        raise InvalidForm(sentences(broken.faults)) from None


def sentences(faults: Iterable[Fault]) -> dict[str, str]:
    """What is wrong, a sentence a field: the first fault of each."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(fault.field, _sentence(fault))
    return found


def _sentence(fault: Fault) -> str:
    in_braces = f"{{{fault.detail}}}"
    words: dict[FaultCode, str] = {
        FaultCode.EMPTY: gettext("Write something"),
        FaultCode.TOO_LONG: _too_long(fault),
        FaultCode.BRACE: gettext("A brace stands alone: write placeholders as {reference}, without spaces"),
        FaultCode.UNKNOWN: gettext("%(placeholder)s cannot stand here", placeholder=in_braces),
        FaultCode.MISSING: gettext(
            "Put %(placeholder)s in: without it the reader cannot do what the message is for",
            placeholder=in_braces,
        ),
        FaultCode.TELLING: gettext(
            "“%(word)s” tells strangers what the appointment is for: choose another word", word=fault.detail
        ),
        FaultCode.TOGETHER: gettext(
            "Put %(placeholder)s in a paragraph of its own: where it is empty the paragraph is left out",
            placeholder=in_braces,
        ),
        FaultCode.SEGMENTS: gettext(
            "With a long place name this is %(count)s text messages: shorten it to %(most)s at most",
            count=fault.detail,
            most=MOST_SEGMENTS,
        ),
    }
    return words[fault.code]


def _too_long(fault: Fault) -> str:
    one_line: str = gettext("The subject is one line")
    too_long: str = gettext("Write at most %(count)s characters", count=fault.detail)
    return one_line if fault.detail == "1" else too_long
