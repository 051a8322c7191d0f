"""Who asks in the campaign: age, urgency, home and household, as columns."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seeds.campaign.network import Network, around, built_km
from seeds.campaign.rules import ALL, COM, MRNA, SPI, VAX, VECTOR_FOR_ALL_UNTIL, VECTOR_FROM_AGE
from seeds.places import Bools, Floats, Ints

NOBODY, NOTHING = -1, -1
# youngest, oldest, share: who had no dose yet in April 2021 and was vaccinated in the end
_AGES = (
    (18, 24, 0.099), (25, 29, 0.081), (30, 39, 0.163), (40, 49, 0.175), (50, 59, 0.184), (60, 64, 0.084),
    (65, 69, 0.077), (70, 74, 0.067), (75, 79, 0.026), (80, 97, 0.044),
)  # fmt: skip
# share with an illness that makes Covid-19 worse, by the age bands above
_ILL = np.array((0.05, 0.06, 0.08, 0.12, 0.20, 0.27, 0.33, 0.40, 0.47, 0.55))
_VERY_ILL = 0.05  # of those
_CARERS = 0.045
_CARE_UNTIL = 64
_CONTACTS = 0.12  # of the very ill and of people in homes: as urgent as they
_SECOND_ONLY = 0.09
_FIRST_GIVEN = ((COM, 0.79), (SPI, 0.10), (VAX, 0.11))
_GIVEN_SINCE, _VECTOR_GIVEN_SINCE, _YOUNG_VECTOR_GIVEN_SINCE = -25, -74, -83
_ACCEPT_VECTOR = 0.75
_HOUSEHOLD_SIZES = ((2, 0.807), (3, 0.151), (4, 0.035), (5, 0.006), (6, 0.001))
_IN_HOUSEHOLD = 0.28
_FRAIL = (0.02, 0.12, 0.35)  # below 70, below 80, above
_REACH_KM = (6.0, 12.0, 25.0)
_CROWDED, _SETTLED = 400.0, 100.0  # people in a square kilometre, over whole neighbourhoods
_REACH_SPREAD, _LEAST_KM, _MOST_KM = 0.45, 2.0, 80.0
_STRETCHED = 0.9


@dataclass(frozen=True, slots=True)
class People:
    """One row a person. `lead` is the row whose answers count: the household's first member, or the own."""

    age: Ints
    priority: Ints
    lead: Ints
    together: Bools
    commune: Ints
    lat: Floats
    lon: Floats
    max_km: Floats
    frail: Bools
    products: Ints
    first_product: Ints
    first_day: Ints


def draw_people(count: int, network: Network, rng: Generator) -> People:
    """`count` people of the communes that the network serves."""
    age, ill = _ages(count, rng)
    first_product, first_day = _first_doses(age, rng)
    lead = _households(first_product == NOTHING, rng)
    together = np.bincount(lead, minlength=count)[lead] > 1
    age = _ages_of_relatives(age, lead, rng)
    commune = rng.choice(len(network.communes), count, p=network.population / network.population.sum())
    middle_lat = np.array([town.lat for town in network.communes])[commune]
    middle_lon = np.array([town.lon for town in network.communes])[commune]
    lat, lon = around(middle_lat, middle_lon, built_km(network.population[commune]), rng)
    frail = rng.random(count) < np.select([age < 70, age < 80], _FRAIL[:2], _FRAIL[2])
    takes_all = (age >= VECTOR_FROM_AGE) & (rng.random(count) < _ACCEPT_VECTOR)
    products = np.where(takes_all, ALL, MRNA)
    np.bitwise_and.at(products, lead, products.copy())
    return People(
        age=age,
        priority=_priorities(age, ill, first_product != NOTHING, rng),
        lead=lead,
        together=together,
        commune=commune,
        lat=lat,
        lon=lon,
        max_km=_reach(age, frail, commune, network, rng),
        frail=frail,
        products=products,
        first_product=first_product,
        first_day=first_day,
    )


def _ages(count: int, rng: Generator) -> tuple[Ints, Ints]:
    """Years; and 0, 1 or 2 for healthy, ill, very ill."""
    low, high, share = np.array(_AGES).T
    band = rng.choice(len(_AGES), count, p=share / share.sum())
    drawn = rng.random(count)
    ill = (drawn < _ILL[band]).astype(np.int64) + (drawn < _VERY_ILL * _ILL[band])
    return rng.integers(low[band].astype(np.int64), high[band].astype(np.int64) + 1), ill


def _first_doses(age: Ints, rng: Generator) -> tuple[Ints, Ints]:
    """Product and day of a first dose that some already had, just so long ago that the second is due."""
    count = len(age)
    codes, share = (np.array(column) for column in zip(*_FIRST_GIVEN, strict=True))
    product = rng.choice(codes, count, p=share / share.sum())
    vector, young = product == VAX, age < VECTOR_FROM_AGE
    since = np.select(
        [vector & young, vector], [_YOUNG_VECTOR_GIVEN_SINCE, _VECTOR_GIVEN_SINCE], _GIVEN_SINCE
    )
    until = np.where(vector & young, VECTOR_FOR_ALL_UNTIL, -1)
    day = rng.integers(since, until + 1)
    had = rng.random(count) < _SECOND_ONLY
    return np.where(had, product, NOTHING), np.where(had, day, 0)


def _households(free: Bools, rng: Generator) -> Ints:
    """Each person's lead. Those who come together asked one by one, hence are scattered over the rows."""
    lead = np.arange(len(free))
    rows = rng.permutation(np.flatnonzero(free))[: round(_IN_HOUSEHOLD * len(free))]
    sizes, share = np.array(_HOUSEHOLD_SIZES).T
    drawn = rng.choice(sizes.astype(np.int64), len(rows) // 2, p=share / share.sum())
    ends = np.cumsum(drawn)
    whole = int(np.searchsorted(ends, len(rows), side="right"))
    drawn, ends = drawn[:whole], ends[:whole]
    members = rows[: int(ends[-1]) if whole else 0]
    lead[members] = np.repeat(members[ends - drawn], drawn)
    return lead


def _ages_of_relatives(age: Ints, lead: Ints, rng: Generator) -> Ints:
    """Most bring somebody of their own age, some a grown-up child."""
    partner = age[lead] + np.rint(rng.normal(0.0, 4.0, len(age))).astype(np.int64)
    child = age[lead] - rng.integers(20, 40, len(age))
    kin = np.where((rng.random(len(age)) < 0.2) & (child >= 18), child, partner)
    return np.where(lead == np.arange(len(age)), age, np.clip(kin, 18, 97))


def _priorities(age: Ints, ill: Ints, second_only: Bools, rng: Generator) -> Ints:
    """The first of these groups to which somebody belongs."""
    cares = (age <= _CARE_UNTIL) & (rng.random(len(age)) < _CARERS)
    contact = rng.random(len(age)) < _CONTACTS
    ranks = (
        (1, second_only | (age >= 75) | (ill == 2) | contact),
        (2, cares),
        (3, (age >= 50) & (ill > 0)),
        (4, age >= 70),
        (5, age >= 60),
        (6, age >= 55),
        (7, ill > 0),
        (8, age >= 50),
    )
    return np.select([who for _, who in ranks], [rank for rank, _ in ranks], 9)


def _reach(age: Ints, frail: Bools, commune: Ints, network: Network, rng: Generator) -> Floats:
    """How far people would go: less in a town, less when frail, but nearly all as far as to some centre."""
    count = len(age)
    usual = np.select([network.density > _CROWDED, network.density > _SETTLED], _REACH_KM[:2], _REACH_KM[2])
    km = usual[commune] * np.exp(rng.normal(0.0, _REACH_SPREAD, count))
    km *= np.where(frail, 0.6, 1.0) * np.where(age >= 75, 0.8, 1.0)
    least = 1.1 * network.nearest_km[commune] + built_km(network.population[commune]) + 0.3
    km = np.where(rng.random(count) < _STRETCHED, np.maximum(km, least), km)
    return np.asarray(np.clip(km, _LEAST_KM, _MOST_KM))
