"""What units were promised, as options: so that they can be put back where they were."""

from typing import Any

import numpy as np

from solver.classes import Promises, Units, promises_of
from solver.contract import NONE, Bools, Ints, Problem
from solver.crowd import Crowd, Options
from solver.measures import great_circle_km, pieces
from solver.objective import place_of
from solver.pins import REACH_TOLERANCE_KM


def promised_options(problem: Problem, units: Units) -> Options:
    """The option of each unit that keeps all its promises; schedule NONE where no option does.

    That is so where nothing or only half was promised, where members were promised different days, and where
    no schedule allows it any more.
    """
    p = promises_of(problem, units)
    first, second = _promised(problem, units, p, 1), _promised(problem, units, p, 2)
    begun = problem.requests.first_product[units.head] != NONE
    best, of = np.full(len(units), np.inf), np.full(len(units), NONE)
    s = problem.schedules
    start = np.where(begun, problem.requests.first_day[units.head], first[:, 2])
    for row in range(len(s)):
        pair = s.second_product[row] != NONE
        fits = units.allowed[:, row] & (begun == (first[:, 0] == NONE)) & (pair == (second[:, 0] != NONE))
        fits &= begun | (first[:, 1] == s.first_product[row])
        fits &= begun | (start >= s.valid_from[row]) & (start <= s.valid_to[row])
        off = np.zeros(len(units))
        if pair:
            gap = second[:, 2] - start
            fits &= (
                (second[:, 1] == s.second_product[row]) & (gap >= s.min_days[row]) & (gap <= s.max_days[row])
            )
            off = np.abs(gap - s.ideal_days[row]).astype(np.float64)
        better = fits & (off < best)
        best[better], of[better] = off[better], row
    option = np.stack([of, first[:, 0], first[:, 2], second[:, 0], second[:, 2]], axis=1)
    option[~_in_reach(problem, units, option)] = NONE
    option[of == NONE] = NONE
    return option.astype(np.int16)


def _promised(problem: Problem, units: Units, p: Promises, dose: int) -> Ints:
    """Centre, product and day of the dose for each unit; NONE where not all members were promised them."""
    rows = np.flatnonzero((p.dose == dose) & (p.day >= 0) & (p.day < problem.policy.days))
    found = np.full((len(units), 3), NONE)
    where = np.stack([p.centre, p.product, p.day], axis=1)[rows]
    found[p.unit[rows]] = where
    together = np.bincount(p.unit[rows], minlength=len(units)) == units.size
    together[p.unit[rows][(found[p.unit[rows]] != where).any(axis=1)]] = False
    found[~together] = NONE
    return found


def _in_reach(problem: Problem, units: Units, option: Ints) -> Bools:
    """Whether the unit may go to the option's centres, and to one only unless it gave two places."""
    c, q = problem.centres, problem.requests
    fine = np.ones(len(units), dtype=np.bool_)
    for column, second in ((1, False), (3, True)):
        rows = np.flatnonzero(option[:, column] != NONE)
        head, centre = units.head[rows], option[rows, column]
        lat, lon = place_of(problem, head, second)
        km = great_circle_km(lat, lon, c.lat[centre], c.lon[centre])
        fine[rows] &= km <= q.max_km[head] + REACH_TOLERANCE_KM
        fine[rows] &= c.wheelchair[centre] | ~units.wheelchair[rows]
    both = (option[:, 1] != NONE) & (option[:, 3] != NONE) & np.isnan(q.second_lat[units.head])
    return np.asarray(fine & ~(both & (option[:, 1] != option[:, 3])))


def at_promised_centres(crowd: Crowd, rows: Ints) -> Crowd:
    """The same units, of which these reach only the centres that they were promised, and the others none."""
    unit = np.repeat(np.arange(len(crowd.size)), np.diff(crowd.promise_at))
    centres = crowd.near_centre, crowd.far_centre, crowd.promise_centre
    base = 1 + max(int(column.max(initial=0)) for column in centres)
    promised = np.unique(unit * base + crowd.promise_centre)
    columns: dict[str, Any] = {}
    for kind in ("near", "far"):
        at, centre, km = (getattr(crowd, f"{kind}_{part}") for part in ("at", "centre", "km"))
        many = at[rows + 1] - at[rows]
        entry = np.sort(pieces(at[rows], many))
        whose = np.searchsorted(at, entry, "right") - 1
        mine = np.isin(whose * base + centre[entry], promised)
        entry, whose = entry[mine], whose[mine]
        columns[f"{kind}_at"] = np.searchsorted(whose, np.arange(len(at)))
        columns[f"{kind}_centre"], columns[f"{kind}_km"] = centre[entry], km[entry]
    return crowd._replace(**columns)
