"""The town list: by postcode or by name, without asking any other service."""

import csv
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vaccination.security.fields import normalise
from vaccination.services.asking.command import Place

_LIST = Path(__file__).parent / "data" / "towns.csv.gz"
_SOME = 20
_POSTCODE = re.compile(r"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Town:
    """A commune, or an arrondissement of the three largest."""

    name: str
    postcodes: tuple[str, ...]
    lat: float
    lon: float
    folded: str

    @property
    def key(self) -> str:
        """What a form sends back to choose it: a postcode and a name are unique together."""
        return f"{self.postcodes[0]} {self.name}"

    @property
    def pair(self) -> tuple[str, str]:
        """Key and label, for a list to choose from."""
        return self.key, f"{self.name} ({self.postcodes[0]})"

    def place(self, postcode: str = "") -> Place:
        """As a starting point, under the postcode that was typed if it is the town's."""
        shown = postcode if postcode in self.postcodes else self.postcodes[0]
        return Place(self.name, shown, self.lat, self.lon)


@cache
def towns() -> tuple[Town, ...]:
    """All towns, most populous first."""
    with gzip.open(_LIST, "rt", encoding="utf-8", newline="") as source:
        return tuple(
            Town(
                row["name"],
                tuple(row["postcodes"].split(" ")),
                float(row["lat"]),
                float(row["lon"]),
                normalise(_written_out(row["name"])),
            )
            for row in csv.DictReader(source)
        )


@cache
def _by_code() -> dict[str, tuple[Town, ...]]:
    """The towns of each postcode, most populous first."""
    found: dict[str, list[Town]] = defaultdict(list)
    for town in towns():
        for code in town.postcodes:
            found[code].append(town)
    return {code: tuple(those) for code, those in found.items()}


def find(typed: str) -> tuple[Town, ...]:
    """The towns that fit what somebody typed: a postcode, a name, or both.

    One town: that is it. Several: the person chooses among twenty, or all of a postcode. A postcode that the
    list does not have (a firm's, a town's further one) gives the towns nearest to it by number.
    """
    postcode = next(iter(_POSTCODE.findall(re.sub(r"(?<=\d)\s(?=\d)", "", typed))), "")
    name = normalise(_written_out(re.sub(r"[0-9]", " ", typed)))
    if postcode:
        return _by_postcode(postcode, name)
    if re.search(r"[0-9]", typed):
        return _by_name(normalise(_written_out(typed)))  # "Lyon 3", "Paris 15e"
    return _by_name(name)


def by_key(key: str, among: tuple[Town, ...]) -> Town | None:
    """The town that was chosen among those offered."""
    return next((town for town in among if town.key == key), None)


def _by_postcode(postcode: str, name: str) -> tuple[Town, ...]:
    exact = _by_code().get(postcode, ())
    named = tuple(town for town in exact if name and name in town.folded)
    same = tuple(town for town in named if town.folded == name)
    if exact:
        return same or named or exact
    if name and (elsewhere := _by_name(name)):
        return elsewhere
    department = [town for town in towns() if town.postcodes[0][:2] == postcode[:2]]
    nearest = sorted(department, key=lambda town: abs(int(town.postcodes[0]) - int(postcode)))
    return tuple(dict.fromkeys(nearest[: _SOME - 2] + department[:2]))


def _by_name(name: str) -> tuple[Town, ...]:
    if len(name) < 2:
        return ()
    exact = tuple(town for town in towns() if town.folded == name)
    if exact:
        return exact[:_SOME]
    begins = [town for town in towns() if town.folded.startswith(name)]
    inside = [town for town in towns() if name in town.folded and not town.folded.startswith(name)]
    return tuple((begins + inside)[:_SOME])


def _written_out(name: str) -> str:
    """St and Ste as people write them, and the ordinals of arrondissements."""
    name = re.sub(r"\bste\b\.?", "sainte", name, flags=re.IGNORECASE)
    name = re.sub(r"\bst\b\.?", "saint", name, flags=re.IGNORECASE)
    return re.sub(r"(?<=[0-9])(er|e|ème|eme)\b", "", name, flags=re.IGNORECASE)
