"""Where the campaign's centres stand, and which communes they serve."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.random import Generator

from seeds.places import Bools, Commune, Floats, communes, great_circle_km

_SITES = 150
"""So many centres are drawn for the whole region; a smaller campaign is a few of them side by side."""
_REQUESTS_A_SITE = 1_000_000 / _SITES
_FEW_SITES, _FEW_UP_TO = 4, 100_000
_UNEVEN = 0.9  # the largest tenth of the centres is ten times as large as the smallest
_STEP_FREE = 0.85
_NEIGHBOURHOOD_KM = 10.0
_KM_A_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Network:
    """Centres with their share of all doses, and the communes whose nearest centre is one of them."""

    names: list[str]
    lat: Floats
    lon: Floats
    wheelchair: Bools
    share: Floats
    communes: list[Commune]
    population: Floats
    density: Floats
    """People in a square kilometre, in the neighbourhood of each commune."""
    nearest_km: Floats
    """From the middle of each commune to the nearest centre."""


def usual_centres(requests: int) -> int:
    """Four crowded ones up to a hundred thousand requests, then one for every seven thousand."""
    if requests <= _FEW_UP_TO:
        return _FEW_SITES
    return max(_FEW_SITES, round(requests / _REQUESTS_A_SITE))


def draw_network(centres: int, rng: Generator) -> Network:
    """`centres` neighbours out of a whole region's centres, more where more people live."""
    towns = communes()
    lat, lon = np.array([town.lat for town in towns]), np.array([town.lon for town in towns])
    population = np.array([town.population for town in towns], dtype=float)
    home = rng.choice(len(towns), max(_SITES, centres), p=population / population.sum())
    site_lat, site_lon = around(lat[home], lon[home], built_km(population[home]), rng)
    # drawn among towns, not centres: the few centres of a city would all be in everybody's reach
    middle = int(np.flatnonzero(home == rng.choice(np.unique(home)))[0])
    from_middle = great_circle_km(site_lat[middle], site_lon[middle], site_lat, site_lon)
    kept = np.sort(np.argsort(from_middle, kind="stable")[:centres])
    km = great_circle_km(lat[:, None], lon[:, None], site_lat, site_lon)
    served = np.isin(km.argmin(axis=1), kept)
    served[home[kept]] = True
    size = np.exp([_UNEVEN * NormalDist().inv_cdf(part) for part in spread(centres, rng).tolist()])
    step_free = rng.random(centres) < _STEP_FREE
    step_free[size.argmax()] = True
    return Network(
        names=[f"{towns[home[site]].name} {number}" for number, site in enumerate(kept.tolist(), 1)],
        lat=site_lat[kept],
        lon=site_lon[kept],
        wheelchair=step_free,
        share=size / size.sum(),
        communes=[towns[row] for row in np.flatnonzero(served)],
        population=population[served],
        density=_density(lat, lon, population)[served],
        nearest_km=km[:, kept].min(axis=1)[served],
    )


def spread(many: int, rng: Generator) -> Floats:
    """Numbers between 0 and 1 in any order, one in each of as many equal parts: few centres differ, too."""
    return np.asarray((rng.permutation(many) + rng.random(many)) / many)


def _density(lat: Floats, lon: Floats, population: Floats) -> Floats:
    near = great_circle_km(lat[:, None], lon[:, None], lat, lon) <= _NEIGHBOURHOOD_KM
    return np.asarray(near @ population / (np.pi * _NEIGHBOURHOOD_KM**2))


def built_km(population: Floats) -> Floats:
    """How far from its middle a commune of this size is built."""
    return np.asarray(1.2 + 4.0 * np.sqrt(population / 100_000))


def around(lat: Floats, lon: Floats, within_km: Floats, rng: Generator) -> tuple[Floats, Floats]:
    """A place in the disc around each of these."""
    km = within_km * np.sqrt(rng.random(len(lat)))
    angle = 2 * np.pi * rng.random(len(lat))
    east = km * np.cos(angle) / (_KM_A_DEGREE * np.cos(np.radians(lat)))
    return lat + km * np.sin(angle) / _KM_A_DEGREE, lon + east
