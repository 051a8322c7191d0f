"""The region's places: real communes with their people, and invented centres in ten of them."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_DATA = Path(__file__).parent / "data"
_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Commune:
    """A real commune."""

    name: str
    postcode: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True, slots=True)
class Site:
    """An invented centre; `kind` says how large it is and thus when it is open."""

    code: str
    name: str
    street: str
    postcode: str
    town: str
    phone: str
    wheelchair: bool
    kind: str
    lat: float
    lon: float


def communes() -> list[Commune]:
    """The region's communes, largest first."""
    return [
        Commune(row["name"], row["postcode"], float(row["lat"]), float(row["lon"]), int(row["population"]))
        for row in _rows("communes.csv")
    ]


def sites() -> list[Site]:
    """The ten centres, each where its town lies."""
    places = {commune.name: commune for commune in communes()}
    return [_site(row, places[row["town"]]) for row in _rows("centres.csv")]


def _site(row: dict[str, str], town: Commune) -> Site:
    return Site(
        code=row["code"],
        name=row["name"],
        street=row["street"],
        postcode=row["postcode"],
        town=row["town"],
        phone=row["phone"],
        wheelchair=row["wheelchair"] == "1",
        kind=row["kind"],
        lat=town.lat,
        lon=town.lon,
    )


def words(name: str) -> list[str]:
    """A list of names; a name of two words is written with an underscore."""
    return [word.replace("_", " ") for word in (_DATA / name).read_text(encoding="utf-8").split()]


def distances_km(froms: list[Commune], tos: list[Site]) -> NDArray[np.float64]:
    """Great-circle distances, communes by centres."""
    lat_a, lon_a = (np.radians([getattr(c, axis) for c in froms])[:, None] for axis in ("lat", "lon"))
    lat_b, lon_b = (np.radians([getattr(s, axis) for s in tos])[None, :] for axis in ("lat", "lon"))
    chord = (
        np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    distances: NDArray[np.float64] = 2 * _EARTH_KM * np.arcsin(np.sqrt(chord))
    return distances


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
