"""Every message that something may write has its words in each language of the papers."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from reports.words import LOCALES
from tests.architecture.tree import modules
from vaccination.domain.messages import MessageKind
from web import message_text

TEXTS = Path(message_text.__file__).parent / "message_texts"
_NO_WRITERS = ("vaccination.domain.", "vaccination.migrations.")


def written_kinds() -> dict[MessageKind, str]:
    """Each kind that the code names outside the rules, with a module which does."""
    return {
        MessageKind[name]: module
        for module, path in modules().items()
        if not module.startswith(_NO_WRITERS)
        for name in re.findall(r"\bMessageKind\.([A-Z_]+)\b", path.read_text(encoding="utf-8"))
    }


def facts(path: Path) -> set[str]:
    """What a text says of the person's own case."""
    return meta.find_undeclared_variables(Environment().parse(path.read_text(encoding="utf-8")))  # noqa: S701


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_written_has_words(locale: str) -> None:
    kinds = written_kinds()
    assert {MessageKind.RECEIVED, MessageKind.CONFIRMED, MessageKind.CANCELLED} <= kinds.keys()
    lacking = [
        f"{module} writes {kind.name}: message_texts/{locale}/{kind.value}.txt is not there"
        for kind, module in kinds.items()
        if not (TEXTS / locale / f"{kind.value}.txt").exists()
    ]
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_language_says_the_same_facts(locale: str) -> None:
    for path in sorted((TEXTS / LOCALES[0]).glob("*.txt")):
        assert facts(TEXTS / locale / path.name) == facts(path), f"{locale}/{path.name}"
    here = {path.name for path in (TEXTS / locale).glob("*.txt")}
    assert here == {path.name for path in (TEXTS / LOCALES[0]).glob("*.txt")}
