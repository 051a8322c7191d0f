"""Words of the agency: what may stand in them, what must, and what never."""

import pytest

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.texts import Fault, Words, faults, fill, placeholders

LONGEST = {
    "reference": "7QK4 M2XW 8D", "home": "rdv.example.fr", "link": "rdv.example.fr", "phone": "3939",
    "appointments": "mar. 10/03 9h00 Centre Paris 12; mar. 07/04 9h00 Centre Paris 12",
}  # fmt: skip


def codes(subject: str, body: str, kind: MessageKind, channel: MessageChannel) -> list[tuple[str, str, str]]:
    found: tuple[Fault, ...] = faults(Words(subject, body), kind, channel, LONGEST)
    return [(fault.field, fault.code.value, fault.detail) for fault in found]


def test_a_good_text() -> None:
    body = "Bonjour {name},\n\n{appointments}\n\n{reference}, {secret}, {link}"
    assert codes("RDV {reference}", body, MessageKind.CONFIRMED, MessageChannel.EMAIL) == []
    assert codes("", "RDV {appointments}", MessageKind.REMINDER_DAY, MessageChannel.SMS) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", ("body", "empty", "")),
        ("{appointments} {nmae}", ("body", "unknown", "nmae")),
        ("{appointments} {name}", ("body", "unknown", "name")),
        ("{appointments} {secret}", ("body", "unknown", "secret")),
        ("A demain", ("body", "missing", "appointments")),
        ("{appointments", ("body", "brace", "")),
        ("{appointments} {}", ("body", "brace", "")),
        ("{appointments} { reference }", ("body", "brace", "")),
        ("{appointments} Votre vaccin", ("body", "telling", "vaccin")),
        ("{appointments} 2e dose", ("body", "telling", "dose")),
        ("{appointments} Impfung", ("body", "telling", "Impf")),
        ("{appointments} ç" + "é" * 500, ("body", "segments", "4")),
    ],
)
def test_a_broken_text_message(body: str, fault: tuple[str, str, str]) -> None:
    assert fault in codes("", body, MessageKind.REMINDER_DAY, MessageChannel.SMS)


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("", ("subject", "empty", "")),
        ("Pour {name}", ("subject", "unknown", "name")),
        ("Code {secret}", ("subject", "unknown", "secret")),
        ("Votre vaccination", ("subject", "telling", "vaccin")),
        ("x" * 121, ("subject", "too_long", "120")),
        ("a\nb", ("subject", "too_long", "1")),
    ],
)
def test_a_broken_subject(subject: str, fault: tuple[str, str, str]) -> None:
    body = "{appointments} {reference}"
    assert fault in codes(subject, body, MessageKind.CHANGED, MessageChannel.EMAIL)


def test_a_paragraph_without_its_fact_is_left_out() -> None:
    body = "Bonjour {name},\r\n\r\nAppelez le {phone}.\n\n\n{reference}"
    assert fill(body, {"name": "Léa", "phone": "", "reference": "R"}) == "Bonjour Léa,\n\nR"


@pytest.mark.parametrize("loose", ["phone", "next_plan"])
def test_what_everybody_needs_is_never_left_out_with_what_may_be_empty(loose: str) -> None:
    body = f"{{reference}}\n\n{{secret}}, {{{loose}}}"
    found = codes("Objet", body, MessageKind.RECEIVED, MessageChannel.EMAIL)
    assert found == [("body", "together", loose)]
    apart = body.replace(", ", "\n\n")
    assert codes("Objet", apart, MessageKind.RECEIVED, MessageChannel.EMAIL) == []


def test_a_text_message_names_no_help_line_where_there_is_none() -> None:
    words = Words("", "{link} {phone}")
    for phone, count in (("", 1), ("3939", 0)):
        found = faults(words, MessageKind.ANSWERED, MessageChannel.SMS, {**LONGEST, "phone": phone})
        assert len(found) == count


def test_what_is_put_in_is_not_looked_into_again() -> None:
    assert fill("{name}", {"name": "{secret}", "secret": "S"}) == "{secret}"


def test_no_text_message_may_name_anybody() -> None:
    for kind in MessageKind:
        assert {"name", "secret"}.isdisjoint(placeholders(kind, MessageChannel.SMS))
