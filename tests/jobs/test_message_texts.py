"""Every kind of message has its words, and says the same facts, in each language of the papers."""

from pathlib import Path

import pytest
from jinja2 import Environment, meta

from reports.words import LOCALES
from vaccination.domain.messages import MessageKind
from web import message_text

TEXTS = Path(message_text.__file__).parent / "message_texts"


def facts(path: Path) -> set[str]:
    """What a text says of the person's own case."""
    return meta.find_undeclared_variables(Environment().parse(path.read_text(encoding="utf-8")))  # noqa: S701


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_words(kind: MessageKind, locale: str) -> None:
    subject, _, rest = (TEXTS / locale / f"{kind.value}.txt").read_text(encoding="utf-8").partition("\n\n")
    assert len(subject.strip().splitlines()) == 1
    assert rest.strip()


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_says_the_same_facts(locale: str) -> None:
    here, french = ({path.name for path in (TEXTS / code).glob("*.txt")} for code in (locale, "fr"))
    assert here == french
    for name in sorted(here):
        assert facts(TEXTS / locale / name) == facts(TEXTS / "fr" / name), name
