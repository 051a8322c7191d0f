"""Problems one can draw: everything has a plain default, and a test names only what it is about.

The default world: one centre at the origin, one product in single-dose vials, one schedule of two doses 21 to
49 days apart (ideal 28), and no slot, no lot, no request. Day 0 is a Monday.
"""

import math
from typing import Any

import numpy as np

from solver.contract import (
    ALWAYS,
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Centres,
    Lots,
    Params,
    Plan,
    PlanStatus,
    Policy,
    Problem,
    Products,
    Promised,
    Requests,
    Schedules,
    Slots,
)
from solver.objective import terms_of

ENGINES: list[str | None] = [None]
"""What `Params.engine` is asked for in every test that plans; None leaves the choice to the planner."""
TIME_LIMIT_S = 20.0
"""Far more than a problem that one can draw needs: where it bites, a test is wrong."""
NINE = 9 * 60
KM_A_DEGREE = 111.195
"""On the equator and on every meridian."""

SCHEDULE = {
    "first_product": 0,
    "second_product": 0,
    "min_age": NEVER_BEFORE,
    "max_age": NEVER_AFTER,
    "min_days": 21,
    "ideal_days": 28,
    "max_days": 49,
    "valid_from": NEVER_BEFORE,
    "valid_to": NEVER_AFTER,
}
SINGLE_DOSE = {"second_product": NONE, "min_days": 0, "ideal_days": 0, "max_days": 0}
REQUEST = {
    "household": NONE,
    "age": 50,
    "priority": 1,
    "lat": 0.0,
    "lon": 0.0,
    "max_km": 10.0,
    "second_lat": math.nan,
    "second_lon": math.nan,
    "products": None,
    "first_product": NONE,
    "first_day": 0,
    "earliest": 0,
    "availability": ALWAYS,
    "unavailable": (),
    "wheelchair": False,
}
POLICY = {
    "days": 84,
    "first_weekday": 0,
    "weights": [math.nan, 16, 8, 4, 2, 1, math.nan, math.nan, math.nan, 0.5],
    "reward": 100,
    "delay_per_day": 0.5,
    "km": 0.2,
    "interval_per_day": 0.3,
    "moved": 20,
    "dropped": 200,
    "wasted_dose": 1,
    "lottery": 1,
}


def slot(day: int, minute: int = NINE, seats: int = 1, centre: int = 0) -> tuple[int, int, int, int]:
    return centre, day, minute, seats


def lot(
    doses: int, first_day: int = 0, last_day: int = 400, product: int = 0, centre: int = 0
) -> tuple[int, int, int, int, int]:
    return centre, product, doses, first_day, last_day


def promise(
    request: int,
    dose: int,
    day: int,
    *,
    minute: int = NINE,
    pinned: bool = False,
    centre: int = 0,
    product: int = 0,
) -> tuple[int, int, int, int, int, int, bool]:
    return request, dose, centre, product, day, minute, pinned


def _columns(rows: list[dict[str, Any]], names: dict[str, Any]) -> dict[str, Any]:
    return {name: [row[name] for row in rows] for name in names}


def problem(
    *,
    requests: list[dict[str, Any]] | None = None,
    slots: list[tuple[int, int, int, int]] | None = None,
    lots: list[tuple[int, int, int, int, int]] | None = None,
    schedules: list[dict[str, Any]] | None = None,
    centres: list[tuple[float, float, bool]] | None = None,
    vials: tuple[int, ...] = (1,),
    promised: list[tuple[int, int, int, int, int, int, bool]] | None = None,
    **policy: Any,
) -> Problem:
    """The default world with what the test is about."""
    asked = [REQUEST | row for row in requests or []]
    away = [sorted(set(row["unavailable"])) for row in asked]
    columns = _columns(asked, REQUEST)
    del columns["unavailable"]
    everything = (1 << len(vials)) - 1
    columns["products"] = [everything if p is None else sum(1 << x for x in p) for p in columns["products"]]
    columns["unavailable_at"] = np.cumsum([0, *map(len, away)])
    columns["unavailable_days"] = [day for days in away for day in days]
    rows = [SCHEDULE | row for row in (schedules if schedules is not None else [{}])]
    return Problem(
        Policy(**(POLICY | policy)),
        Products(list(vials)),  # type: ignore[arg-type]
        Schedules(**_columns(rows, SCHEDULE)),
        Centres(*_turned(centres or [(0.0, 0.0, True)], 3)),
        Slots(*_turned(sorted(slots or []), 4)),
        Lots(*_turned(lots or [], 5)),
        Requests(**columns),
        Promised(*_turned(promised or [], 7)),
    )


def _turned(rows: list[Any], many: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(many)]


Chosen = tuple[int, int, int]
"""Schedule, first slot and second slot of a request; NONE where there is none."""
NOTHING: Chosen = (NONE, NONE, NONE)


def by_hand(of: Problem, chosen: list[Chosen], **claims: Any) -> Plan:
    """A plan made by hand, with its true score and no bound worth the name, or with what it claims."""
    columns = tuple(np.array([row[i] for row in chosen], dtype=np.int64) for i in range(3))
    terms = terms_of(of, *columns)
    stated = {"score": sum(terms.values()), "bound": math.inf} | claims
    reasons = np.zeros(len(chosen), dtype=np.int64)
    return Plan(
        *columns, reasons, terms, stated["score"], stated["bound"], PlanStatus.FEASIBLE, engine="by hand"
    )


def choices(made: Plan) -> list[Chosen]:
    """The plan as rows."""
    return list(zip(made.schedule.tolist(), made.first_slot.tolist(), made.second_slot.tolist(), strict=True))


def params(engine: str | None = None, **chosen: Any) -> Params:
    """What a test allows the planner."""
    named = {} if engine is None else {"engine": engine}
    return Params(**({"time_limit_s": TIME_LIMIT_S} | named | chosen))


def pair_world(gap: int, **request: Any) -> Problem:
    """One person, a slot on day 0 and one `gap` days later, two doses."""
    return problem(requests=[request], slots=[slot(0), slot(gap)], lots=[lot(2)])


def dose_world(schedule: dict[str, Any] | None = None, minute: int = NINE, **request: Any) -> Problem:
    """One person, one slot on day 3 (a Thursday), one dose, a schedule of one dose."""
    return problem(
        requests=[request],
        slots=[slot(3, minute)],
        lots=[lot(1)],
        schedules=[SINGLE_DOSE | (schedule or {})],
    )
