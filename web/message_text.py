"""The words of a message, for e-mail, its HTML and the letter: a subject and paragraphs; or a short text.

The agency's own words come first (`vaccination/domain/texts.py`). Without them the texts of
`message_texts/<language>/<kind>.txt` are sent: the first line is the subject, empty lines part the
paragraphs, lines with a dash make a list. `message_texts/<language>/sms/<kind>.txt` is one paragraph without
a subject.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.words import known, written
from vaccination.domain import texts
from vaccination.domain.messages import OPTIONAL_KINDS, MessageChannel, MessageKind
from vaccination.domain.sms import plain
from vaccination.domain.texts import Words
from vaccination.readmodels.outgoing import Outgoing
from vaccination.settings import Settings
from web.message_values import opt_out_link, values_of

_TEXTS = Path(__file__).parent / "message_texts"
_LINK = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)]")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_OF_DOSES = re.compile(r"(^- \{appointments\}.*$\n?)+", re.MULTILINE)
_RIGHT_TO_LEFT = ("ar",)
# Latin names and numbers in a text that is written from right to left
_IN_THEIR_OWN_ORDER = ("name", "reference", "secret", "phone")
_PAIRS = (MessageKind.CONFIRMED, MessageKind.CHANGED, MessageKind.CANCELLED)


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
        side = ' dir="rtl"' if self.locale in _RIGHT_TO_LEFT else ""
        return (
            f'<!doctype html>\n<html lang="{self.locale}"{side}><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head>\n<body>\n{body}\n</body></html>\n"
        )


def text_of(outgoing: Outgoing, settings: Settings, *, now: datetime) -> MessageText:
    """Write the mail or the letter in its reader's language, with the facts as they are now."""
    on_paper = outgoing.channel is MessageChannel.LETTER
    locale = known(outgoing.locale) if on_paper else written(outgoing.locale)
    values = values_of(outgoing, settings, locale, now=now)
    if locale in _RIGHT_TO_LEFT:
        values |= {name: f"\u2068{values[name]}\u2069" for name in _IN_THEIR_OWN_ORDER if values[name]}
    if outgoing.words:
        subject = texts.fill_line(outgoing.words.subject, values)
        body = texts.fill(outgoing.words.body, values)
    else:
        subject, body = _parted(_rendered(f"{locale}/{outgoing.kind.value}.txt", values))
    if outgoing.kind in OPTIONAL_KINDS and outgoing.channel is MessageChannel.EMAIL:
        link = opt_out_link(outgoing, settings)
        body += "\n\n" + _rendered(f"{locale}/fewer.txt", {"link": link})
    return MessageText(locale, subject, tuple(_paragraphs(body)))


def sms_of(outgoing: Outgoing, settings: Settings, *, now: datetime) -> str:
    """Write the text message, in letters that every phone knows and that cost least."""
    locale = written(outgoing.locale)
    values = values_of(outgoing, settings, locale, now=now)
    if outgoing.words:
        said = texts.fill_line(outgoing.words.body, values)
    else:
        said = _rendered(f"{locale}/sms/{outgoing.kind.value}.txt", values)
    return plain(" ".join(said.split()))


def standard_words(kind: MessageKind, channel: MessageChannel, locale: str) -> Words:
    """The text of the files as the agency may edit it, with placeholders where the facts come."""
    values: dict[str, Any] = {name: f"{{{name}}}" for name in texts.placeholders(kind, channel)}
    dose = {"when": "{appointments}", "where": ""}
    values |= {
        "doses": [dose, dose] if kind in _PAIRS else [dose],
        "is_letter": channel is MessageChannel.LETTER,
        "is_direct": False,
        "can_answer": True,
        "can_be_called": True,
    }
    if channel is MessageChannel.SMS:
        return Words("", " ".join(_rendered(f"{locale}/sms/{kind.value}.txt", values).split()))
    subject, body = _parted(_rendered(f"{locale}/{kind.value}.txt", values))
    marked = _OF_DOSES.sub("{appointments}\n", body)
    return Words(subject, "\n\n".join(_paragraphs(marked)))


def preview(words: Words, channel: MessageChannel, locale: str, values: dict[str, str]) -> MessageText:
    """How words would read with the facts of an invented person."""
    if channel is MessageChannel.SMS:
        text = texts.fill_line(words.body, values)
        return MessageText(locale, "", (plain(" ".join(text.split())),))
    subject = texts.fill_line(words.subject, values)
    return MessageText(locale, subject, tuple(_paragraphs(texts.fill(words.body, values))))


def _rendered(name: str, values: dict[str, Any]) -> str:
    return _texts().get_template(name).render(values)


def _parted(written: str) -> tuple[str, str]:
    """The subject and the rest."""
    subject, *paragraphs = _paragraphs(written)
    return subject, "\n\n".join(paragraphs)


def _paragraphs(written: str) -> list[str]:
    parts = (_lines(part) for part in _EMPTY_LINES.split(written))
    return ["\n".join(lines) for lines in parts if lines]


def _lines(part: str) -> list[str]:
    return [line.strip() for line in part.splitlines() if line.strip()]


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
