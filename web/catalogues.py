"""Compile the catalogues (`*.po`) that pages read as `*.mo`: at set-up, at release, before tests.

`python -m web.catalogues [compile]`, and for whoever writes pages `extract [feature…]` and `check`.
For whoever translates: `extract --further [feature…]` makes the catalogues of the further languages,
`check --strict` tells what they lack.
"""

import os
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web import catalogue_words

_OPTIONS = {"extract": {"--further"}, "check": {"--strict"}}


def compile_catalogues(root: Path = Path(__file__).parent) -> int:
    """Compile every catalogue whose `.mo` is out of date; returns how many."""
    stale = [path for path in sorted(root.glob("**/translations/*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    made_of = max(path.stat().st_mtime, Path(__file__).stat().st_mtime)  # a new way of mending counts too
    return not compiled.exists() or compiled.stat().st_mtime < made_of


def _compile(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3], abort_invalid=True)
    _mend(catalogue)
    # several test processes may compile at once: each writes its own file, the last rename wins
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as target:
        write_mo(target, catalogue)
    partial.replace(path.with_suffix(".mo"))


def _mend(catalogue: Catalog) -> None:
    """Do to every text of a language what nobody wants to type into each of them."""
    own = _MENDED.get(str(catalogue.locale), str)
    for message in catalogue:
        if not message.id:
            continue  # the head of the file is no text
        if isinstance(message.string, str):
            message.string = own(bind_figures(message.string))
        elif message.string is not None:
            message.string = tuple(own(bind_figures(text)) for text in message.string)


def bind_french_signs(text: str) -> str:
    """French sets a space before : ; ? ! » and after «; a line must not break there."""
    return re.sub(r"« ", "«\u00a0", re.sub(r" ([:;?!»])", "\u00a0\\1", text))


def bind_figures(text: str) -> str:
    """A number stays on the line of its unit; the groups of a phone number or a reference stay together."""
    text = re.sub(r"(\d|\)s) (?=(?:km|h|min|Uhr)\b)", "\\1\u00a0", text)
    return re.sub(r"(?<=\d) (?=\d)|(?<=\b[0-9A-Z]{4}) (?=[0-9A-Z]{2,4}\b)", "\u00a0", text)


def isolate_parts(text: str) -> str:
    """What is put into an Arabic text keeps its own order: a phone number is not read from its end."""
    return re.sub(r"%\(\w+\)s", "\u2068\\g<0>\u2069", text)


_MENDED = {"fr": bind_french_signs, "ar": isolate_parts}


def main(command: str = "compile", *arguments: str) -> int:
    """Do one of the three; returns 1 when `check` found something."""
    options = {word for word in arguments if word.startswith("--")}
    if unknown := options - _OPTIONS.get(command, set()):
        print(f"{command} has no option {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if command == "extract":
        features = [word for word in arguments if word not in options]
        catalogue_words.extract(features, further="--further" in options)
    elif command == "check":
        found = catalogue_words.faults() + (catalogue_words.lacks() if "--strict" in options else [])
        print("\n".join(found))
        return 1 if found else 0
    else:
        compile_catalogues()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
