"""Invented people and what they ask for, drawn from a fixed seed: the same seed, the same people."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from seeds.availability import OLD_FROM, WEEKS, shares
from seeds.places import Commune, Site, distances_km, words
from seeds.programme import GROUPS, HORIZON_DAYS
from vaccination.domain.ages import fits_age
from vaccination.domain.priority import Group, choose_group

_AGE_BANDS = ((12, 17, 0.04), (18, 29, 0.14), (30, 49, 0.27), (50, 64, 0.24), (65, 74, 0.18), (75, 97, 0.13))
_RADII_KM = ((10.0, 0.25), (20.0, 0.35), (30.0, 0.25), (50.0, 0.15))
_OUT_OF_REACH = 0.02  # live too far from any centre for how far they would go
_FIRST_DOSE_GIVEN = 0.04
_SECOND_ELSEWHERE = 0.02


@dataclass(frozen=True, slots=True)
class Wish:
    """One invented person with what they ask for; places are row numbers of communes."""

    given_name: str
    family_name: str
    birth_date: date
    age: int
    declared: frozenset[str]
    priority: int
    commune: int
    max_km: float
    second_commune: int | None
    products: tuple[str, ...]
    first_given_on: date | None  # of Comirnaty, elsewhere
    earliest: date | None
    availability: str
    unavailable: tuple[date, ...]
    wheelchair: bool
    locale: str
    contact: str
    serial: int

    @property
    def email(self) -> str | None:
        """An address in the domain that is kept for examples."""
        return f"personne{self.serial}@example.org" if self.contact == "email" else None

    @property
    def phone(self) -> str | None:
        """A number from the range that is kept for fiction."""
        return f"+3363998{self.serial % 10_000:04d}" if self.contact == "sms" else None


def draw_people(
    count: int, start: date, communes: list[Commune], sites: list[Site], rng: Generator
) -> list[Wish]:
    """`count` people of the region, more where more live."""
    population = np.array([commune.population for commune in communes], dtype=float)
    homes = rng.choice(len(communes), count, p=population / population.sum())
    nearest = distances_km(communes, sites).min(axis=1)
    ages = _ages(count, rng)
    radii = _radii(nearest[homes], rng)
    given, family = words("given_names.txt"), words("family_names.txt")
    draw = _Draw(start, rng)
    called = [(given[rng.integers(len(given))], family[rng.integers(len(family))]) for _ in range(count)]
    return [
        draw.wish(
            serial, called[serial], int(ages[serial]), int(homes[serial]), float(radii[serial]), len(communes)
        )
        for serial in range(count)
    ]


def _ages(count: int, rng: Generator) -> NDArray[np.int64]:
    shares = np.array([share for _, _, share in _AGE_BANDS])
    bands = rng.choice(len(_AGE_BANDS), count, p=shares / shares.sum())
    low = np.array([band[0] for band in _AGE_BANDS])[bands]
    high = np.array([band[1] for band in _AGE_BANDS])[bands]
    return rng.integers(low, high + 1)


def _radii(nearest_km: NDArray[np.float64], rng: Generator) -> NDArray[np.float64]:
    """How far people would go: nearly everybody at least to the nearest centre."""
    sizes, shares = np.array(_RADII_KM).T
    drawn = rng.choice(sizes, len(nearest_km), p=shares)
    far = rng.random(len(nearest_km)) < _OUT_OF_REACH
    radii: NDArray[np.float64] = np.where(far, drawn, np.maximum(drawn, np.ceil(nearest_km / 5 + 0.5) * 5))
    return radii


class _Draw:
    """Draws the rest of a person from their age."""

    def __init__(self, start: date, rng: Generator) -> None:
        self.start, self.rng = start, rng
        facts = [group.facts for group in GROUPS]
        self.groups = tuple(
            Group(number, one.code, one.rank, one.min_age, one.max_age, one.needs_declaration)
            for number, one in enumerate(facts)
        )

    def wish(
        self, serial: int, names: tuple[str, str], age: int, home: int, max_km: float, places: int
    ) -> Wish:
        """One person of this age who lives there."""
        declared = self._declared(age)
        standing = choose_group(self.groups, age, declared)
        second_only = self._happens(_FIRST_DOSE_GIVEN)
        elsewhere = self._happens(_SECOND_ELSEWHERE) and not second_only
        contacts = [0.2, 0.2, 0.6] if age >= 75 else [0.6, 0.3, 0.1]
        return Wish(
            given_name=names[0],
            family_name=names[1],
            birth_date=self._birth_date(age),
            age=age,
            declared=declared,
            priority=standing.group.rank if standing else 9,
            commune=home,
            max_km=max_km,
            second_commune=self._whole(0, places) if elsewhere else None,
            products=() if second_only else self._products(age),
            first_given_on=self._day(-25, -5) if second_only else None,
            earliest=self._day(1, 40) if self._happens(0.15) else None,
            availability=self._availability(age),
            unavailable=self._away(),
            wheelchair=self._happens(0.05 if age >= 75 else 0.005),
            locale="en" if self._happens(0.06) else "fr",
            contact=str(self.rng.choice(["email", "sms", "letter"], p=contacts)),
            serial=serial,
        )

    def _happens(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def _whole(self, least: int, below: int) -> int:
        return int(self.rng.integers(least, below))

    def _day(self, least: int, below: int) -> date:
        return self.start + timedelta(self._whole(least, below))

    def _declared(self, age: int) -> frozenset[str]:
        fitting = [group for group in GROUPS if fits_age(age, group.facts.min_age, group.facts.max_age)]
        return frozenset(group.facts.code for group in fitting if self._happens(group.declared_by))

    def _birth_date(self, age: int) -> date:
        birthday = date(self.start.year - age, self.start.month, min(self.start.day, 28))
        return birthday - timedelta(self._whole(1, 330))

    def _products(self, age: int) -> tuple[str, ...]:
        """Most take what they are offered; some want one kind only."""
        if self._happens(0.85):
            return ()
        return ("COM", "SPI") if age >= 30 and self._happens(0.7) else ("COM",)

    def _availability(self, age: int) -> str:
        return WEEKS[int(self.rng.choice(len(WEEKS), p=shares(age >= OLD_FROM)))]

    def _away(self) -> tuple[date, ...]:
        """A holiday, for some."""
        if not self._happens(0.10):
            return ()
        first = self._day(0, HORIZON_DAYS)
        return tuple(first + timedelta(day) for day in range(self._whole(2, 14)))
