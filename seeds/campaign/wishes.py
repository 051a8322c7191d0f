"""When and where the campaign's people can come, as columns."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seeds.availability import BANDS, DAYS, OLD_FROM, WEEKS, shares
from seeds.campaign.people import NOTHING, People
from seeds.places import Bools, Ints

NOWHERE = -1
_RAW = 0.12  # tick the half-days one by one
# chance of a tick in the morning, afternoon and evening: on a weekday, on Saturday, on Sunday
_TICKS = np.array(
    (
        ((0.12, 0.40, 0.75), (0.85, 0.94, 0.50), (0.55, 0.72, 0.35)),  # office hours
        ((0.50, 0.75, 0.50), (0.50, 0.75, 0.50), (0.50, 0.75, 0.50)),  # shifts
        ((0.92, 0.96, 0.35), (0.70, 0.76, 0.20), (0.35, 0.44, 0.10)),  # at home
    )
)
_LIVES, _OLD_LIVES = (0.64, 0.21, 0.15), (0.05, 0.01, 0.94)
_LATER, _AWAY, _ELSEWHERE = 0.15, 0.12, 0.03
_WHEELCHAIR = 0.15  # of the frail
SHORTEST_AWAY, LONGEST_AWAY = 3, 14


@dataclass(frozen=True, slots=True)
class Wishes:
    """One row a person; where a household comes together, its lead's row counts."""

    week: Ints
    """21 bits, Monday morning the highest."""
    earliest: Ints
    """Days from the start; 0 is at once."""
    away_from: Ints
    away_days: Ints
    """0 for those who are not away."""
    second_commune: Ints
    wheelchair: Bools


def draw_wishes(people: People, communes: int, days: int, rng: Generator) -> Wishes:
    """What each of these people answers; `days` is the horizon."""
    count = len(people.age)
    free = people.first_product == NOTHING
    later = free & (rng.random(count) < _LATER)
    away = rng.random(count) < _AWAY
    elsewhere = free & (rng.random(count) < _ELSEWHERE)
    return Wishes(
        week=_weeks(people.age >= OLD_FROM, rng),
        earliest=np.where(later, rng.integers(1, max(2, days // 2), count), 0),
        away_from=rng.integers(0, days, count),
        away_days=np.where(away, rng.integers(SHORTEST_AWAY, LONGEST_AWAY + 1, count), 0),
        second_commune=np.where(elsewhere, rng.integers(0, communes, count), NOWHERE),
        wheelchair=people.frail & (rng.random(count) < _WHEELCHAIR),
    )


def _weeks(old: Bools, rng: Generator) -> Ints:
    count = len(old)
    common = np.array([int(week, 2) for week in WEEKS])
    young_choice = rng.choice(common, count, p=shares(old=False))
    week = np.where(old, rng.choice(common, count, p=shares(old=True)), young_choice)
    raw = np.flatnonzero(rng.random(count) < _RAW)
    week[raw] = _ticked(old[raw], rng)
    return week


def _ticked(old: Bools, rng: Generator) -> Ints:
    """Weeks as people fill them in; who ticks nothing can always come."""
    lives = np.where(
        old, rng.choice(len(_TICKS), len(old), p=_OLD_LIVES), rng.choice(len(_TICKS), len(old), p=_LIVES)
    )
    chance = np.repeat(_TICKS, (DAYS - 2, 1, 1), axis=1).reshape(len(_TICKS), DAYS * BANDS)
    ticks = rng.random((len(old), DAYS * BANDS)) < chance[lives]
    bits = ticks @ (1 << np.arange(DAYS * BANDS - 1, -1, -1))
    return np.where(bits == 0, (1 << DAYS * BANDS) - 1, bits)
