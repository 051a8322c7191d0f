"""A list of people as they are pasted from a table or sent as a file: cells by the name of their column.

Between cells stands a tab, a semicolon or a comma, whichever the first line has most of. The first line may
name the columns, in French or in English and in any order; without names the order is that of COLUMNS.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("family_name", "given_name", "birth", "where", "street", "phone", "email")
MOST_LINES = 300
_NAMES: Mapping[str, str] = {
    "nom": "family_name", "nom de famille": "family_name", "last name": "family_name",
    "family name": "family_name", "surname": "family_name", "prenom": "given_name",
    "first name": "given_name", "given name": "given_name", "date de naissance": "birth",
    "ne le": "birth", "nee le": "birth", "naissance": "birth", "date of birth": "birth",
    "birth date": "birth", "born": "birth", "code postal": "where", "commune": "where", "ville": "where",
    "cp": "where", "postcode": "where", "town": "where", "adresse": "street", "rue": "street",
    "address": "street", "street": "street", "telephone": "phone", "tel": "phone", "portable": "phone",
    "phone": "phone", "mail": "email", "email": "email", "courriel": "email", "adresse electronique": "email",
}  # fmt: skip
_DAY = re.compile(r"\s*(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})\s*")
_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?\s*")


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line with its number and its text as it was handed in, and its cells by column."""

    number: int
    text: str
    cells: Mapping[str, str]


def read_list(text: str) -> list[ListLine]:
    """The lines that hold anything; a line with names of columns is none."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;,")]
    if not lines:
        return []
    delimiter = max("\t;,", key=lines[0][1].count)
    head = _head(_cells(lines[0][1], delimiter))
    columns = head or COLUMNS
    return [
        ListLine(number, line, dict(zip(columns, _cells(line, delimiter), strict=False)))
        for number, line in (lines[1:] if head else lines)
    ]


def text_of_file(content: bytes) -> str:
    """A file as spreadsheets save it: UTF-8, with a mark or without, else the old Windows letters."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def day_parts(text: str) -> tuple[str, str, str]:
    """Day, month, year of 27/3/1948 or 1948-03-27; what cannot be read stands in the first part."""
    if found := _ISO.fullmatch(text):
        return found[3], found[2], found[1]
    if found := _DAY.fullmatch(text):
        return found[1], found[2], found[3]
    return (text.strip(), "", "")


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]


def _head(cells: Sequence[str]) -> list[str] | None:
    """The columns, if this line names them: family name, given name and birth date at least."""
    named = [_NAMES.get(_folded(cell), "") for cell in cells]
    needed = {"family_name", "given_name", "birth"}
    return named if needed <= set(named) else None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().strip("*:")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", " ", plain.replace("(e)", "")).strip().replace("n e le", "ne le")
