"""What the campaign's centres receive week by week, and when they are open."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seeds.campaign.network import spread
from seeds.campaign.rules import COM, PRODUCTS, SPI, VAX
from seeds.opening import whole_vials
from seeds.places import Bools, Floats, Ints
from seeds.programme import VACCINES

_DOSES_A_REQUEST = 1.34  # nearly all ask for two: somebody must decide who goes without
_AT_START, _AT_START_DAYS = 0.2, 20
"""Part of a first week's doses that already lies in the fridge, and for how many days more it keeps."""
_SPREAD = 0.15
_SHARES = (0.864, 0.106, 0.027, 0.003)
_CARRIED_BY = (0.93, 0.36, 0.05, 0.05)
# doses by week, as the vaccines came in the spring of 2021; a longer or shorter campaign stretches the curve
_BY_WEEK = (
    (48, 45, 54, 74, 84, 93, 89, 100, 103, 100, 102, 108),
    (35, 70, 50, 58, 100, 112, 51, 100, 92, 85, 122, 124),
    (101, 47, 36, 42, 47, 70, 95, 122, 101, 135, 107, 95),
    (0, 8, 70, 53, 84, 96, 138, 186, 131, 88, 75, 71),
)
SLOT_MINUTES = 10  # short, so that a household finds room for its thirty minutes even at a single station
_PEAK = 1.13
"""Seats for the fullest week, and an eighth more: the hours in which nobody wants to come stay empty."""


@dataclass(frozen=True, slots=True)
class Week:
    """On which weekdays a centre is open and when, in minutes from midnight, and how common that is."""

    weekdays: tuple[int, ...]
    runs: tuple[tuple[int, int], ...]
    share: float


_HOURS = (
    Week((0, 1, 2, 3, 4, 5), ((540, 1020),), 0.20),
    Week((0, 1, 2, 3, 4), ((540, 720), (840, 1080)), 0.18),
    Week((0, 1, 2, 3, 4, 5), ((540, 780), (840, 1080)), 0.16),
    Week((0, 1, 2, 3, 4), ((540, 720), (810, 1050)), 0.12),
    Week((0, 1, 2, 3, 4, 5), ((540, 1140),), 0.12),
    Week((0, 1, 2, 3, 4, 5, 6), ((480, 1200),), 0.08),
    Week((0, 1, 2, 3, 4, 5), ((570, 750), (810, 1110)), 0.08),
    Week((2, 3, 4), ((540, 750), (810, 1020)), 0.03),
    Week((0, 2, 4), ((540, 1080),), 0.03),
)


@dataclass(frozen=True, slots=True)
class Lot:
    """Doses of a product at a centre, by row number, and the first and last day of their use."""

    centre: int
    product: int
    number: int
    doses: int
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Lots; and for each centre its week and the seats of a slot."""

    lots: list[Lot]
    weeks: list[Week]
    seats: Ints


def draw_supply(share: Floats, requests: int, days: int, rng: Generator) -> Supply:
    """Doses in proportion to the centres' shares, and seats enough for the fullest week."""
    doses = _doses(share, requests * _DOSES_A_REQUEST, -(-days // 7), rng)
    up_to = np.cumsum([week.share for week in _HOURS[:-1]])
    weeks = [_HOURS[row] for row in np.searchsorted(up_to, spread(len(share), rng)).tolist()]
    fullest = doses[:, :, 1:].sum(axis=1).max(axis=1)
    slots = np.array([_slots(week) for week in weeks])
    seats = np.maximum(1, np.ceil(fullest * _PEAK / slots)).astype(np.int64)
    return Supply(list(_lots(doses, days)), weeks, seats)


def _doses(share: Floats, wanted: float, weeks: int, rng: Generator) -> Ints:
    """Doses by centre, product and delivery; the first delivery came before the start."""
    carries = _carriers(len(share), rng)
    doses = np.zeros((len(share), len(PRODUCTS), weeks + 1), dtype=np.int64)
    at = np.linspace(0.0, 1.0, weeks)
    for product, (part, by_week) in enumerate(zip(_SHARES, _BY_WEEK, strict=True)):
        curve = np.interp(at, np.linspace(0.0, 1.0, len(by_week)), by_week) + 1.0
        curve = np.concatenate([[_AT_START * curve[0]], curve])
        curve = curve * rng.uniform(1 - _SPREAD, 1 + _SPREAD, (len(share), weeks + 1))
        curve *= np.where(carries[:, product], share, 0.0)[:, None]
        doses[:, product] = whole_vials(
            wanted * part * curve / curve.sum(), VACCINES[product].product.doses_per_vial
        )
    return doses


def _carriers(centres: int, rng: Generator) -> Bools:
    """Which centre has which product: every one some mRNA vaccine, few the others."""
    carries = np.zeros((centres, len(PRODUCTS)), dtype=np.bool_)
    for product, part in enumerate(_CARRIED_BY):
        many = min(centres, max(1, round(part * centres)))
        carries[rng.permutation(centres)[:many], product] = True
    carries[~carries[:, SPI], COM] = True
    # what doctors and pharmacies give elsewhere comes to the same few centres
    carries[:, VAX + 1] = carries[:, VAX]
    return carries


def _slots(week: Week) -> int:
    return len(week.weekdays) * sum((closes - opens) // SLOT_MINUTES for opens, closes in week.runs)


def _lots(doses: Ints, days: int) -> Iterator[Lot]:
    for centre, product, delivery in np.argwhere(doses).tolist():
        first = 7 * max(0, delivery - 1)
        last = _AT_START_DAYS if delivery == 0 else first + VACCINES[product].product.shelf_days
        if first < days:
            yield Lot(centre, product, delivery, int(doses[centre, product, delivery]), first, last)
