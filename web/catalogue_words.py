"""Bring the words of each folder into its own French catalogue, and tell what is wrong with the catalogues.

One catalogue a feature folder and one (`web/translations`) for what all share: people do not collide.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent
LOCALE = "fr"  # English is the language of the message ids
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{\w*\}")
# the catalogue's own clock stands still, else every extraction would change every file
_NO_DATE = datetime(2020, 1, 1, tzinfo=UTC)


def extract(features: Sequence[str] = ()) -> None:
    """Write new words into the catalogues (or those of a few features), drop what no page says any more."""
    for folder in folders():
        if features and folder.name not in features:
            continue
        words = words_of(folder)
        path = po_path(folder)
        if not words and not path.exists():
            continue
        catalogue = read(path)
        catalogue.update(_template(words), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = "# French words of this folder; the English ones are the message ids."
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            write_po(target, catalogue, width=100, sort_output=True, include_lineno=False)


def faults() -> list[str]:
    """What is missing, stale, unsure or contradictory, a line each."""
    found: list[str] = []
    said: dict[object, tuple[object, Path]] = {}
    for folder in folders():
        path = po_path(folder)
        catalogue = read(path)
        known = {_key(message): message for message in catalogue if message.id}
        for key in words_of(folder):
            if key not in known:
                found.append(f"{path}: {key[0]!r} is not in the catalogue: extract and translate it")
        for key, message in known.items():
            found += [f"{path}: {fault}" for fault in _faults_of(message)]
            first, where = said.setdefault(key, (message.string, path))
            if first != message.string:
                found.append(f"{path}: {message.id!r} is translated otherwise in {where}")
    return found


def folders() -> list[Path]:
    """`web` itself first (what is shared), then each folder in it which holds code."""
    return [WEB, *sorted(path.parent for path in WEB.glob("*/__init__.py"))]


def po_path(folder: Path) -> Path:
    """Where a folder's French catalogue is."""
    return folder / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"


def read(path: Path) -> Catalog:
    """A catalogue, empty when it is not yet there."""
    if not path.exists():
        return _template({})
    with path.open("rb") as source:
        return read_po(source, locale=LOCALE, abort_invalid=True)


def words_of(folder: Path) -> dict[tuple[object, str | None], list[str]]:
    """What the code and templates of a folder say, with the files; a feature leaves out what is shared."""
    own: dict[tuple[object, str | None], list[str]] = {}
    for name, _line, key, context in _said_in(folder):
        own.setdefault((key, context), []).append(name)
    if folder == WEB:
        return own
    shared = words_of(WEB)
    return {key: files for key, files in own.items() if key not in shared}


def _said_in(folder: Path) -> Iterator[tuple[str, int, object, str | None]]:
    entries = extract_from_dir(
        folder,
        _METHODS,
        keywords=_KEYWORDS,
        directory_filter=lambda path: folder != WEB or not (Path(path) / "__init__.py").exists(),
    )
    for name, line, key, _comments, context in entries:
        yield name, line, key, context


def _template(words: dict[tuple[object, str | None], list[str]]) -> Catalog:
    catalogue = Catalog(LOCALE, project="Paire", creation_date=_NO_DATE, revision_date=_NO_DATE, fuzzy=False)
    for (key, context), files in words.items():
        catalogue.add(key, locations=[(name, 0) for name in sorted(set(files))], context=context)  # type: ignore[arg-type]
    return catalogue


def _key(message: Message) -> tuple[object, str | None]:
    return (tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id, message.context)


def _faults_of(message: Message) -> list[str]:
    ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    faults = []
    if not all(strings):
        faults.append(f"{message.id!r} is not translated")
    if message.fuzzy:
        faults.append(f"{message.id!r} is marked as unsure (fuzzy)")
    said = [text for text in strings if text]
    if len(said) == len(strings) and not _same_placeholders(ids, said):
        faults.append(f"{message.id!r} and its translation have different placeholders")
    return faults


def _same_placeholders(ids: Sequence[str], strings: Sequence[str]) -> bool:
    """The plural must have all of them; a singular may say "one" instead."""
    wanted = _placeholders(ids[-1])
    return _placeholders(strings[-1]) == wanted and all(_placeholders(s) <= wanted for s in strings)


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in _PLACEHOLDER.finditer(text)}
