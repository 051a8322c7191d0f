"""A problem written as a planning folder."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE, Policy, Problem
from solver.csv_out import Dates, clock, write_rows
from solver.folder import APPOINTMENTS, CENTRES, PRODUCTS, REQUESTS, SCHEDULES, SESSIONS, STOCK, Keys
from solver.folder_policy import PRICES

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
    """Rows of slots that one session can hold, longest first from the left."""
    slots = problem.slots
    n = len(slots)
    same = (np.diff(slots.centre) == 0) & (np.diff(slots.day) == 0) & (np.diff(slots.seats) == 0)
    step = np.where(same, np.diff(slots.minute), 0).tolist()
    at = 0
    while at < n:
        end = at + 1
        while end < n and step[end - 1] and step[end - 1] == step[at]:
            end += 1
        if end < n and step[end - 1] and step[end - 1] < step[at]:
            end -= 1  # the last slot of this run would reach into the next session
        yield range(at, end)
        at = end


def _stock(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    lots = problem.lots
    for i in range(len(lots)):
        where, what = keys.centres[lots.centre[i]], keys.products[lots.product[i]]
        span = dates[int(lots.first_day[i])], dates[int(lots.last_day[i])]
        yield where, what, keys.lots[i], int(lots.doses[i]), *span


def _requests(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    q = problem.requests
    everything = (1 << len(keys.products)) - 1
    lat2, lon2 = q.second_lat.tolist(), q.second_lon.tolist()
    for i in range(len(q)):
        accepted = int(q.products[i])
        some = [name for p, name in enumerate(keys.products) if accepted >> p & 1]
        given = int(q.first_product[i])
        away = q.unavailable_days[q.unavailable_at[i] : q.unavailable_at[i + 1]].tolist()
        yield (
            keys.requests[i],
            "" if q.household[i] == NONE else f"H{q.household[i]}",
            int(q.age[i]),
            int(q.priority[i]),
            float(q.lat[i]),
            float(q.lon[i]),
            float(q.max_km[i]),
            *(("", "") if lat2[i] != lat2[i] else (lat2[i], lon2[i])),
            "" if accepted == everything else "|".join(some),
            *(("", "") if given == NONE else (keys.products[given], dates[int(q.first_day[i])])),
            dates[int(q.earliest[i])] if q.earliest[i] else "",
            f"{int(q.availability[i]):021b}"[::-1],
            "|".join(dates[day] for day in away),
            int(q.wheelchair[i]),
        )


def _appointments(problem: Problem, keys: Keys, dates: Dates) -> Rows:
    p = problem.promised
    for i in range(len(p)):
        place = keys.centres[p.centre[i]], keys.products[p.product[i]]
        when = dates[int(p.day[i])], clock(int(p.minute[i]))
        yield keys.promised[i], int(p.dose[i]), *place, *when, int(p.pinned[i])
