"""Every kind of message has its words, and says the same facts, in each language of the papers."""

from datetime import datetime
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from reports.words import MAIL_LOCALES, moment_in_mail
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.sms import Encoding, plain, size
from vaccination.domain.texts import Words, faults, fill_line
from vaccination.settings import Settings
from web import message_text
from web.message_text import standard_words
from web.texts import samples

SETTINGS = Settings(
    database_url="", redis_url="", secret_key="", field_keys="", signing_keys="",
    base_url="https://vaccination.example.fr",
)  # fmt: skip
TEXTS = Path(message_text.__file__).parent / "message_texts"


def facts(path: Path) -> set[str]:
    """What a text says of the person's own case."""
    return meta.find_undeclared_variables(Environment().parse(path.read_text(encoding="utf-8")))  # noqa: S701


@pytest.mark.parametrize("locale", MAIL_LOCALES)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_words(kind: MessageKind, locale: str) -> None:
    subject, _, rest = (TEXTS / locale / f"{kind.value}.txt").read_text(encoding="utf-8").partition("\n\n")
    assert len(subject.strip().splitlines()) == 1
    assert rest.strip()


@pytest.mark.parametrize("locale", MAIL_LOCALES)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_a_short_text_that_costs_little(kind: MessageKind, locale: str) -> None:
    """In letters that cost least; two appointments at places with ordinary names make two segments.

    Arabic has 70 letters to a segment, not 160.
    """
    text = standard_words(kind, MessageChannel.SMS, locale).body
    values = samples.values(kind, MessageChannel.SMS, locale, SETTINGS)
    found = size(plain(fill_line(text, values)))
    assert found.encoding is (Encoding.UCS2 if locale == "ar" else Encoding.GSM7)
    assert found.segments <= (2 if "{appointments}" in text else 1) + (locale == "ar")
    assert faults(Words("", text), kind, MessageChannel.SMS, values) == ()


@pytest.mark.parametrize("locale", MAIL_LOCALES)
def test_short_texts_say_the_same_facts(locale: str) -> None:
    here, french = ({path.name for path in (TEXTS / code / "sms").glob("*.txt")} for code in (locale, "fr"))
    assert here == french == {f"{kind.value}.txt" for kind in MessageKind}
    for name in sorted(here):
        assert facts(TEXTS / locale / "sms" / name) == facts(TEXTS / "fr" / "sms" / name), name


@pytest.mark.parametrize("locale", MAIL_LOCALES)
def test_each_language_says_the_same_facts(locale: str) -> None:
    here, french = ({path.name for path in (TEXTS / code).glob("*.txt")} for code in (locale, "fr"))
    assert here == french
    for name in sorted(here):
        assert facts(TEXTS / locale / name) == facts(TEXTS / "fr" / name), name


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de", "Dienstag, 1. Juni 2027 um 9:05\u00a0Uhr"),
        ("es", "martes, 1 de junio de 2027, a las 9:05"),
        ("ar", "الثلاثاء، 1 يونيو 2027، 9:05"),
    ],
)
def test_mails_say_days_in_their_own_language(locale: str, said: str) -> None:
    assert moment_in_mail(datetime(2027, 6, 1, 9, 5), locale) == said
