"""The region's places: real communes with their people, and invented centres in ten of them."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

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


def distances_km(froms: list[Commune], tos: list[Site]) -> Floats:
    """Great-circle distances, communes by centres."""
    lat, lon, to_lat, to_lon = (
        np.array([getattr(place, axis) for place in places])
        for places in (froms, tos)
        for axis in ("lat", "lon")
    )
    return great_circle_km(lat[:, None], lon[:, None], to_lat, to_lon)


def great_circle_km(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Haversine distance; the arguments broadcast against each other."""
    lat, lon, to_lat, to_lon = (np.radians(degrees) for degrees in (lat, lon, to_lat, to_lon))
    chord = np.sin((lat - to_lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(chord)))


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
