"""A problem written as a planning folder."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE, Bools, Floats, Ints, Policy, Problem, Requests
from solver.files.csv_out import Dates, clock, write_rows
from solver.files.folder import APPOINTMENTS, CENTRES, PRODUCTS, REQUESTS, SCHEDULES, SESSIONS, STOCK, Keys
from solver.files.folder_policy import PRICES

MIDNIGHT = 24 * 60
Rows = Iterable[Sequence[Any]]


def write_problem(path: Path, problem: Problem, keys: Keys) -> None:
    """The whole planning folder; read again it gives the same problem."""
    path.mkdir(parents=True, exist_ok=True)
    dates = Dates(keys.start)
    centres = problem.centres
    write_rows(path / "schedules.csv", SCHEDULES, _schedules(problem, keys, dates))
    doses = problem.products.doses_per_vial.tolist()
    write_rows(path / "products.csv", PRODUCTS, zip(keys.products, doses, strict=True))
    places = (centres.lat.tolist(), centres.lon.tolist(), centres.wheelchair.astype(int).tolist())
    write_rows(path / "centres.csv", CENTRES, zip(keys.centres, keys.centre_names, *places, strict=True))
    write_rows(path / "sessions.csv", SESSIONS, _sessions(problem, keys, dates))
    write_rows(path / "stock.csv", STOCK, _stock(problem, keys, dates))
    write_rows(path / "requests.csv", REQUESTS, _requests(problem, keys, dates))
    if len(problem.promised):
        write_rows(path / "appointments.csv", APPOINTMENTS, _appointments(problem, keys, dates))
    stated = json.dumps(_policy(problem.policy, keys), indent=1)
    (path / "policy.json").write_text(stated + "\n", encoding="utf-8")


def _policy(policy: Policy, keys: Keys) -> dict[str, Any]:
    return {
        "start": keys.start.isoformat(),
        "days": policy.days,
        "weights": {str(k): w for k, w in enumerate(policy.weights.tolist()) if w == w},
        **{name: getattr(policy, name) for name in PRICES},
        "lottery": policy.lottery,
    }


def _bound(value: int) -> Any:
    return "" if value in (NEVER_BEFORE, NEVER_AFTER) else value


def _schedules(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    s, names = problem.schedules, [*keys.products, ""]
    for i in range(len(s)):
        days = (int(column[i]) for column in (s.min_days, s.ideal_days, s.max_days))
        yield (
            keys.schedules[i],
            names[s.first_product[i]],
            names[s.second_product[i]],
            _bound(int(s.min_age[i])),
            _bound(int(s.max_age[i])),
            *("" if s.second_product[i] == NONE else day for day in days),
            dates[int(s.valid_from[i])],
            dates[int(s.valid_to[i])],
        )


def _sessions(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    """Slots joined to sessions again: a session is a run of equal steps with equal seats."""
    slots = problem.slots
    for run in _runs(problem):
        first, last = run[0], run[-1]
        step = int(slots.minute[run[1]] - slots.minute[first]) if len(run) > 1 else 1
        yield (
            keys.centres[slots.centre[first]],
            dates[int(slots.day[first])],
            clock(int(slots.minute[first])),
            clock(int(slots.minute[last]) + step),
            step,
            int(slots.seats[first]),
        )


def _runs(problem: Problem) -> Iterator[range]:
    """Rows of slots that one session can hold, longest first from the left.

    A session ends one step after its last slot: neither past the next slot of the centre, for sessions may
    not overlap, nor past midnight.
    """
    slots = problem.slots
    n, gap = len(slots), np.diff(slots.minute)
    same_day = (np.diff(slots.centre) == 0) & (np.diff(slots.day) == 0)
    step = np.where(same_day & (np.diff(slots.seats) == 0), gap, 0).tolist()
    room = np.where(np.append(same_day, False), np.append(gap, 0), MIDNIGHT - slots.minute).tolist()
    at = 0
    while at < n:
        end = at + 1
        while end < n and step[end - 1] and step[end - 1] == step[at]:
            end += 1
        if end > at + 1 and room[end - 1] < step[at]:
            end -= 1  # the slot before it has a whole step of room
        yield range(at, end)
        at = end


def _stock(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    lots = problem.lots
    for i in range(len(lots)):
        where, what = keys.centres[lots.centre[i]], keys.products[lots.product[i]]
        span = dates[int(lots.first_day[i])], dates[int(lots.last_day[i])]
        yield where, what, keys.lots[i], int(lots.doses[i]), *span


def _requests(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    """Columns made one by one: what repeats itself is made once, for a region has a million rows."""
    q, products = problem.requests, len(keys.products)
    second, given = ~np.isnan(q.second_lat), q.first_product != NONE
    days = dates.__getitem__
    return zip(
        keys.requests,
        _texts(q.household, lambda home: f"H{home}", q.household != NONE),
        q.age.tolist(),
        q.priority.tolist(),
        q.lat.tolist(),
        q.lon.tolist(),
        q.max_km.tolist(),
        _texts(q.second_lat, str, second),
        _texts(q.second_lon, str, second),
        _texts(q.products, lambda some: _joined(some, keys.products), q.products != (1 << products) - 1),
        _texts(q.first_product, keys.products.__getitem__, given),
        _texts(q.first_day, days, given),
        _texts(q.earliest, days, q.earliest != 0),
        _texts(q.availability, lambda week: f"{week:021b}"[::-1]),
        _away(q, dates),
        q.wheelchair.astype(int).tolist(),
        strict=True,
    )


def _texts(column: Ints | Floats, text_of: Callable[[Any], str], where: Bools | None = None) -> list[str]:
    """The column's values as texts; empty cells elsewhere."""
    values, which = np.unique(column if where is None else column[where], return_inverse=True)
    made = [text_of(value) for value in values.tolist()]
    if where is None:
        return [made[i] for i in which.tolist()]
    which_or_none = np.full(len(column), len(made))
    which_or_none[where] = which
    made.append("")
    return [made[i] for i in which_or_none.tolist()]


def _joined(some: int, products: list[str]) -> str:
    return "|".join(name for p, name in enumerate(products) if some >> p & 1)


def _away(q: Requests, dates: Dates) -> Iterator[str]:
    """The days on which each cannot come."""
    days, at = [dates[day] for day in q.unavailable_days.tolist()], q.unavailable_at.tolist()
    return ("|".join(days[start:end]) for start, end in pairwise(at))


def _appointments(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    p = problem.promised
    for i in range(len(p)):
        place = keys.centres[p.centre[i]], keys.products[p.product[i]]
        when = dates[int(p.day[i])], clock(int(p.minute[i]))
        yield keys.promised[i], int(p.dose[i]), *place, *when, int(p.pinned[i])
