"""Texts of messages that the agency writes itself: what may be put in, and what makes a text no good.

A placeholder is a word in braces: `{reference}`. In mails and letters a paragraph in which one stays empty is
left out, so what every reader needs may not share a paragraph with what may be empty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vaccination.domain.messages import REMINDERS, MessageChannel, MessageKind
from vaccination.domain.sms import MOST_SEGMENTS, plain, size

LONGEST_SUBJECT = 120
LONGEST_BODY = 6000
EDITED_CHANNELS = (MessageChannel.EMAIL, MessageChannel.SMS, MessageChannel.LETTER)

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_EVERYWHERE = ("reference", "home", "link", "phone")
_WRITTEN_ONLY = ("name", "secret", "programme")  # never in a text message nor in a subject
_MAY_BE_EMPTY = ("phone", "next_plan")
_OF_APPOINTMENTS = (
    MessageKind.CONFIRMED, MessageKind.CHANGED, MessageKind.CANCELLED, MessageKind.REPLACED, *REMINDERS,
)  # fmt: skip
_NEEDS_APPOINTMENTS = (MessageKind.CONFIRMED, MessageKind.CHANGED, *REMINDERS)
_NEEDS_LINK = (MessageKind.REPLACED, MessageKind.SAME_DAY, MessageKind.INVITATION, MessageKind.ANSWERED)
_NEEDS_CODES = (MessageKind.RECEIVED, MessageKind.CONFIRMED)
# A lock screen is read by anybody: nothing there tells what the appointment is for.
_TELLING = re.compile(r"vac+in|vacun|impf|\bdos[ei]s?\b|\bshot\b|\bjab\b|لقاح|تطعيم", re.IGNORECASE)


class FaultCode(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    BRACE = "brace"
    UNKNOWN = "unknown"
    MISSING = "missing"
    TELLING = "telling"
    SEGMENTS = "segments"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which field; `detail` names the placeholder, the word or the number."""

    field: str
    code: FaultCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A subject (none for a text message) and a body."""

    subject: str
    body: str


def placeholders(kind: MessageKind, channel: MessageChannel) -> tuple[str, ...]:
    """What may stand in braces in the body of such a message."""
    allowed = list(_EVERYWHERE)
    if channel is not MessageChannel.SMS:
        allowed += _WRITTEN_ONLY
    if kind in _OF_APPOINTMENTS:
        allowed.append("appointments")
    if kind is MessageKind.RECEIVED and channel is not MessageChannel.SMS:
        allowed.append("next_plan")
    return tuple(allowed)


def needed(kind: MessageKind, channel: MessageChannel) -> tuple[str, ...]:
    """Without these a message of this kind would leave its reader helpless."""
    must = ["appointments"] if kind in _NEEDS_APPOINTMENTS else []
    if kind in _NEEDS_LINK:
        must.append("link")
    if channel is not MessageChannel.SMS:
        must += ["reference", *(["secret"] if kind in _NEEDS_CODES else [])]
    return tuple(must)


def faults(
    words: Words, kind: MessageKind, channel: MessageChannel, longest: Mapping[str, str]
) -> tuple[Fault, ...]:
    """Everything that is wrong with a text. `longest`: the longest that each placeholder stands for."""
    found = _of_body(words, kind, channel)
    if channel is MessageChannel.SMS:
        found += _of_sms(words.body, longest)
    else:
        found += _of_subject(words.subject) + _of_paragraphs(words.body, needed(kind, channel))
    return tuple(found)


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with what the placeholders stand for. What is put in is never looked into again."""
    return "\n\n".join(
        fill_line(part, values)
        for part in _paragraphs(body)
        if all(values.get(name) for name in _PLACEHOLDER.findall(part))
    )


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """The same for a subject or a text message: nothing of it is left out."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def _paragraphs(body: str) -> list[str]:
    parts = (part.strip() for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n")))
    return [part for part in parts if part]


def _of_sms(body: str, longest: Mapping[str, str]) -> list[Fault]:
    found = [
        Fault("body", FaultCode.UNKNOWN, name)
        for name in dict.fromkeys(_PLACEHOLDER.findall(body))
        if name in _MAY_BE_EMPTY and not longest.get(name)
    ]
    segments = size(plain(fill_line(body, longest))).segments
    if segments > MOST_SEGMENTS:
        found.append(Fault("body", FaultCode.SEGMENTS, str(segments)))
    return found


def _of_paragraphs(body: str, must: tuple[str, ...]) -> list[Fault]:
    found = []
    for part in _paragraphs(body):
        used = _PLACEHOLDER.findall(part)
        loose = next((name for name in used if name in _MAY_BE_EMPTY), None)
        if loose and set(must) & set(used):
            found.append(Fault("body", FaultCode.TOGETHER, loose))
    return found


def _of_body(words: Words, kind: MessageKind, channel: MessageChannel) -> list[Fault]:
    body = words.body
    found = _of_text("body", body, placeholders(kind, channel), LONGEST_BODY)
    used = set(_PLACEHOLDER.findall(body + words.subject))
    found += [Fault("body", FaultCode.MISSING, name) for name in needed(kind, channel) if name not in used]
    if channel is MessageChannel.SMS and (word := _TELLING.search(body)):
        found.append(Fault("body", FaultCode.TELLING, word.group()))
    return found


def _of_subject(subject: str) -> list[Fault]:
    found = _of_text("subject", subject, ("reference",), LONGEST_SUBJECT)
    if "\n" in subject.strip():
        found.append(Fault("subject", FaultCode.TOO_LONG, "1"))
    if word := _TELLING.search(subject):
        found.append(Fault("subject", FaultCode.TELLING, word.group()))
    return found


def _of_text(field: str, text: str, allowed: tuple[str, ...], longest: int) -> list[Fault]:
    if not text.strip():
        return [Fault(field, FaultCode.EMPTY)]
    if len(text) > longest:
        return [Fault(field, FaultCode.TOO_LONG, str(longest))]
    found = [
        Fault(field, FaultCode.UNKNOWN, name)
        for name in dict.fromkeys(_PLACEHOLDER.findall(text))
        if name not in allowed
    ]
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        found.append(Fault(field, FaultCode.BRACE))
    return found
