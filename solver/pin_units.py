"""Pins of one person or household that contradict each other, or every schedule. Numpy only."""

from dataclasses import dataclass

import numpy as np

from solver.contract import HOUSEHOLD_MINUTES, NONE, Bools, Fault, Ints, Problem


@dataclass(frozen=True, slots=True)
class _Units:
    """One row a person, or a household that comes together, with something pinned."""

    head: Ints
    """A member's request; where they come from and what they accept is the same for all."""
    youngest: Ints
    oldest: Ints
    first: Ints
    second: Ints
    """Rows of `Promised`: what is pinned for each dose, or NONE."""


def unit_faults(problem: Problem, rows: Ints) -> list[Fault]:
    """Why these pins of people in the problem cannot all stand, whatever else is planned."""
    if not len(rows):
        return []
    q = problem.requests
    lone = q.household == NONE
    number = np.where(lone, q.household.max() + 1 + np.arange(len(q)), q.household)
    unit = number[problem.promised.request[rows]]
    faults, torn = _torn(problem, rows, unit)
    rows, unit = rows[~torn], unit[~torn]
    return faults + _impossible(problem, rows, _units(problem, rows, number), unit)


def _torn(problem: Problem, rows: Ints, unit: Ints) -> tuple[list[Fault], Bools]:
    """Members of a household who are pinned apart, and which rows are theirs."""
    p = problem.promised
    order = np.argsort(unit * 2 + p.dose[rows], kind="stable")
    begins = np.diff((unit * 2 + p.dose[rows])[order], prepend=NONE) != 0
    start, group = np.flatnonzero(begins), np.cumsum(begins) - 1
    faults: list[Fault] = []
    torn = np.zeros(len(rows), dtype=np.bool_)
    tests = (("centre", "centre", 0), ("product", "product", 0), ("day", "date", 0))
    for name, column, most in (*tests, ("minute", "start", HOUSEHOLD_MINUTES)):
        values = getattr(p, name)[rows][order]
        spread = np.maximum.reduceat(values, start) - np.minimum.reduceat(values, start)
        bad = order[spread[group] > most]
        torn[bad] = True
        faults += _faults(rows[np.sort(bad)], column, "household_apart", "the household is pinned apart")
    return faults, torn | np.isin(unit, unit[torn])


def _units(problem: Problem, rows: Ints, number: Ints) -> _Units:
    p, q = problem.promised, problem.requests
    found, which = np.unique(number[p.request[rows]], return_inverse=True)
    head, first, second = (np.full(len(found), NONE) for _ in range(3))
    head[which] = p.request[rows]
    for dose, pins in ((1, first), (2, second)):
        mine = p.dose[rows] == dose
        pins[which[mine]] = rows[mine]
    youngest, oldest = np.full(number.max() + 1, 10**6), np.full(number.max() + 1, NONE)
    np.minimum.at(youngest, number, q.age)
    np.maximum.at(oldest, number, q.age)
    return _Units(head, youngest[found], oldest[found], first, second)


def _impossible(problem: Problem, rows: Ints, units: _Units, unit: Ints) -> list[Fault]:
    """Units whose pins no schedule allows; each is told the first obstacle that leaves no schedule."""
    p, q = problem.promised, problem.requests
    which = np.unique(unit, return_inverse=True)[1]
    both = (units.first != NONE) & (units.second != NONE) & np.isnan(q.second_lat[units.head])
    apart = both & (p.centre[units.first] != p.centre[units.second]) if len(p) else both
    faults = _faults(
        rows[apart[which]], "centre", "two_centres", "both doses are at one centre, but for a second place"
    )
    left = np.ones((len(units.head), len(problem.schedules)), dtype=np.bool_)
    told = np.zeros(len(units.head), dtype=np.bool_)
    obstacles = (
        (_products_fit, "product", "no_schedule", "no schedule has these products"),
        (_interval_fits, "date", "interval", "no schedule allows so many days between the doses"),
        (_ages_fit, "product", "age", "no schedule of these products is allowed at this age"),
        (_days_fit, "date", "days", "no schedule holds on these days and leaves days for the other dose"),
    )
    for fits, column, code, words in obstacles:
        left &= fits(problem, units)
        stuck = ~left.any(axis=1) & ~told
        told |= stuck
        faults += _faults(rows[stuck[which]], column, code, words)
    return faults


def _faults(rows: Ints, column: str, code: str, words: str) -> list[Fault]:
    return [Fault("promised", row, column, code, words) for row in rows.tolist()]


def _products_fit(problem: Problem, units: _Units) -> Bools:
    """Unit × schedule: the pinned products, or the one given before, are its own; the others are accepted."""
    s, q = problem.schedules, problem.requests
    given = q.first_product[units.head]
    first = np.where(units.first != NONE, _pinned(problem.promised.product, units.first), given)[:, None]
    second = _pinned(problem.promised.product, units.second)[:, None]
    accepted, given = q.products[units.head][:, None], given[:, None]
    pair = s.second_product != NONE
    own = ((first == NONE) | (first == s.first_product)) & ((second == NONE) | (second == s.second_product))
    takes_first = (given != NONE) & pair | (given == NONE) & (accepted >> s.first_product & 1 == 1)
    takes_second = ~pair | (accepted >> np.maximum(s.second_product, 0) & 1 == 1)
    return np.asarray(own & takes_first & takes_second)


def _pinned(column: Ints, pins: Ints) -> Ints:
    """The column's value at each pin; NONE where nothing is pinned."""
    return np.append(column, NONE)[pins]


def _days(problem: Problem, units: _Units) -> tuple[Ints, Bools, Ints, Bools]:
    """Days of the first and of the second dose, and whether they are known."""
    q, day = problem.requests, problem.promised.day
    given = q.first_product[units.head] != NONE
    day_1 = np.where(given, q.first_day[units.head], _pinned(day, units.first))[:, None]
    known_1, known_2 = given | (units.first != NONE), units.second != NONE
    return day_1, known_1[:, None], _pinned(day, units.second)[:, None], known_2[:, None]


def _interval_fits(problem: Problem, units: _Units) -> Bools:
    s = problem.schedules
    day_1, known_1, day_2, known_2 = _days(problem, units)
    gap = day_2 - day_1
    return np.asarray(~(known_1 & known_2) | (s.min_days <= gap) & (gap <= s.max_days))


def _ages_fit(problem: Problem, units: _Units) -> Bools:
    s = problem.schedules
    return (units.youngest[:, None] >= s.min_age) & (units.oldest[:, None] <= s.max_age)


def _days_fit(problem: Problem, units: _Units) -> Bools:
    """Whether some day is left for the dose that is not pinned, while the schedule holds."""
    s, last = problem.schedules, problem.policy.days - 1
    day_1, known_1, day_2, known_2 = _days(problem, units)
    earliest = np.maximum(problem.requests.earliest[units.head], 0)[:, None]
    low = np.maximum(np.where(known_1, day_1, earliest), s.valid_from)
    high = np.minimum(np.where(known_1, day_1, last), s.valid_to)
    # The second dose, where it is owed, lies on its pinned day or on any from `earliest` to the last.
    soonest, latest = np.where(known_2, day_2, earliest), np.where(known_2, day_2, last)
    pair = s.second_product != NONE
    low = np.where(pair, np.maximum(low, soonest - s.max_days), low)
    high = np.where(pair, np.minimum(high, latest - s.min_days), high)
    return np.asarray(low <= high)
