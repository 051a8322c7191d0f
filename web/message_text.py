"""The words of a message, once for e-mail, its HTML and the letter: a subject and paragraphs.

The texts lie in `message_texts/<language>/<kind>.txt`: the first line is the subject, empty lines part the
paragraphs, lines with a dash make a list.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.words import known, moment_in_words
from vaccination.domain.messages import MessageChannel
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import DoseCard
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.requests import secret_of
from vaccination.settings import Settings
from web.cards import contact_of
from web.next_plan import next_plan_at

_TEXTS = Path(__file__).parent / "message_texts"
_LINK = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)]")


@dataclass(frozen=True, slots=True)
class MessageText:
    """What somebody is told, ready to be set as text, as HTML or on paper."""

    locale: str
    subject: str
    paragraphs: tuple[str, ...]

    def as_text(self) -> str:
        """Plain text."""
        return "\n\n".join(self.paragraphs) + "\n"

    def as_html(self) -> str:
        """A small HTML page without anything from elsewhere: no picture, no script, no tracking."""
        body = "\n".join(_html(paragraph) for paragraph in self.paragraphs)
        return (
            f'<!doctype html>\n<html lang="{self.locale}"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head>\n<body>\n{body}\n</body></html>\n"
        )


def text_of(outgoing: Outgoing, settings: Settings, *, now: datetime) -> MessageText:
    """Write the message in its reader's language, with the facts as they are now."""
    locale = known(outgoing.locale)
    card = outgoing.card
    secret = secret_of(card.reference)
    is_letter = outgoing.channel is MessageChannel.LETTER
    home = settings.base_url.rstrip("/")
    planned_at = next_plan_at(settings, now)
    written = _texts().get_template(f"{locale}/{outgoing.kind.value}.txt").render(
        name=card.person_name,
        reference=grouped(card.reference),
        secret=grouped(secret),
        # After "#": browsers keep it to themselves, so the secret is in no server's log.
        link=contact_of(settings).web if is_letter else f"{home}/appointments#{card.reference}.{secret}",
        home=home,
        doses=[_dose(dose, locale) for dose in card.doses],
        is_letter=is_letter,
        next_plan=moment_in_words(planned_at, locale) if planned_at else "",
        phone=settings.help_phone,
        programme=card.programme(locale),
    )  # fmt: skip
    parts = (_lines(part) for part in re.split(r"\n\s*\n", written))
    subject, *paragraphs = ("\n".join(lines) for lines in parts if lines)
    return MessageText(locale, subject, tuple(paragraphs))


def _lines(part: str) -> list[str]:
    return [line.strip() for line in part.splitlines() if line.strip()]


def _dose(dose: DoseCard, locale: str) -> dict[str, str]:
    when = moment_in_words(dose.starts_at, locale)
    return {"when": when, "where": ", ".join((dose.centre_name, *dose.address))}


def _html(paragraph: str) -> str:
    lines = paragraph.split("\n")
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_linked(line[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(_linked(line) for line in lines) + "</p>"


def _linked(line: str) -> str:
    """Escaped, with our own addresses as links."""
    parts, end = [], 0
    for found in _LINK.finditer(line):
        address = escape(found.group())
        parts += [escape(line[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


@cache
def _texts() -> Environment:
    # Plain text: what is put in is escaped when HTML is made of it, not before.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(_TEXTS), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
