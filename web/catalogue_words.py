"""Bring the words of each folder into its own catalogues, and tell what is wrong with them.

Each feature has its own and `web/translations` has what all share, so people do not collide. French is
everywhere; what citizens read may be there in further languages; English is the language of the message ids.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent
LOCALE = "fr"
FURTHER = ("ar", "de", "es")
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
_FOR_CITIZENS = re.compile(r"^FOR_CITIZENS = True$", re.MULTILINE)
Words = dict[tuple[object, str | None], list[str]]
"""What is said, with its context, and the files which say it."""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{\w*\}")
# the catalogue's own clock stands still, else every extraction would change every file
_NO_DATE = datetime(2020, 1, 1, tzinfo=UTC)


def extract(features: Sequence[str] = (), *, further: bool = False) -> None:
    """Write new words into the catalogues (or those of a few features), drop what no page says any more.

    A catalogue in a further language is kept up once it is there; `further` makes those that are not.
    """
    for folder in folders():
        if features and folder.name not in features:
            continue
        words = words_of(folder)
        for locale in locales_of(folder):
            path = po_path(folder, locale)
            if path.exists() or (words and (further or locale == LOCALE)):
                _write(path, words, locale)


def _write(path: Path, words: Words, locale: str) -> None:
    catalogue = read(path, locale)
    catalogue.update(_template(words, locale), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    language = Locale.parse(locale).english_name
    catalogue.header_comment = f"# {language} words of this folder; the English ones are the message ids."
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=100, sort_output=True, include_lineno=False)


def faults() -> list[str]:
    """What is missing in French, and what is stale, unsure or contradictory in any language, a line each."""
    found: list[str] = []
    for locale in (LOCALE, *FURTHER):
        said: dict[object, tuple[object, Path]] = {}
        for folder in folders():
            path = po_path(folder, locale)
            if locale not in locales_of(folder):
                if path.exists():
                    found.append(f"{path}: only what is for citizens is in this language")
                continue
            found += _faults_in(folder, locale, said)
    return found


def _faults_in(folder: Path, locale: str, said: dict[object, tuple[object, Path]]) -> list[str]:
    path = po_path(folder, locale)
    known = _messages(path, locale)
    found = []
    if locale == LOCALE:
        found += [
            f"{path}: {key[0]!r} is not in the catalogue: extract and translate it"
            for key in words_of(folder)
            if key not in known
        ]
    for key, message in known.items():
        if locale != LOCALE and not _is_said(message):
            continue  # see `lacks`
        found += [f"{path}: {fault}" for fault in _faults_of(message)]
        first, where = said.setdefault(key, (message.string, path))
        if first != message.string:
            found.append(f"{path}: {message.id!r} is translated otherwise in {where}")
    return found


def lacks() -> list[str]:
    """How much is not yet there in the further languages, a line for each catalogue."""
    found = []
    for folder in folders():
        words = words_of(folder)
        for locale in locales_of(folder)[1:]:
            path = po_path(folder, locale)
            known = _messages(path, locale)
            silent = [key[0] for key in words if key not in known or not _is_said(known[key])]
            if silent:
                found.append(f"{path}: {len(silent)} of {len(words)} not translated, such as {silent[0]!r}")
    return found


def locales_of(folder: Path) -> tuple[str, ...]:
    """The languages, beside English, which the words of a folder are for."""
    views = folder / "views.py"
    for_citizens = folder == WEB or (views.exists() and bool(_FOR_CITIZENS.search(views.read_text("utf-8"))))
    return (LOCALE, *FURTHER) if for_citizens else (LOCALE,)


def folders() -> list[Path]:
    """`web` itself first (what is shared), then each folder in it which holds code."""
    return [WEB, *sorted(path.parent for path in WEB.glob("*/__init__.py"))]


def po_path(folder: Path, locale: str = LOCALE) -> Path:
    """Where a folder's catalogue of a language is."""
    return folder / "translations" / locale / "LC_MESSAGES" / "messages.po"


def read(path: Path, locale: str = LOCALE) -> Catalog:
    """A catalogue, empty when it is not yet there."""
    if not path.exists():
        return _template({}, locale)
    with path.open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def _messages(path: Path, locale: str) -> dict[tuple[object, str | None], Message]:
    return {_key(message): message for message in read(path, locale) if message.id}


def words_of(folder: Path) -> Words:
    """What the code and templates of a folder say, with the files; a feature leaves out what is shared."""
    own: Words = {}
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


def _template(words: Words, locale: str) -> Catalog:
    catalogue = Catalog(locale, project="Paire", creation_date=_NO_DATE, revision_date=_NO_DATE, fuzzy=False)
    for (key, context), files in words.items():
        catalogue.add(key, locations=[(name, 0) for name in sorted(set(files))], context=context)  # type: ignore[arg-type]
    return catalogue


def _key(message: Message) -> tuple[object, str | None]:
    return (tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id, message.context)


def _is_said(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


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
