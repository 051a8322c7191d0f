"""The whole invented region as plain values, drawn once: what `python -m seeds region` stores."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from seeds.opening import Delivered, deliveries, week_of
from seeds.people import Wish, draw_people
from seeds.places import Commune, Site, communes, distances_km, sites
from vaccination.domain.slots import OpeningHours


@dataclass(frozen=True, slots=True)
class Region:
    """Places, hours, vials and wishes from `start` on."""

    start: date
    communes: list[Commune]
    sites: list[Site]
    weeks: list[list[OpeningHours]]
    deliveries: list[Delivered]
    wishes: list[Wish]


def draw_region(requests: int, seed: int, start: date) -> Region:
    """The same arguments, the same region."""
    rng = np.random.default_rng(seed)
    places, centres = communes(), sites()
    wishes = draw_people(requests, start, places, centres, rng)
    nearest = distances_km(places, centres).argmin(axis=1)
    homes = nearest[[wish.commune for wish in wishes]]
    demand = np.bincount(homes, minlength=len(centres)).astype(float) + 1.0
    asked = sum(1 if wish.first_given_on else 2 for wish in wishes)
    vials = deliveries(demand, asked, start, rng)
    return Region(start, places, centres, [week_of(site, requests) for site in centres], vials, wishes)
