"""What makes a problem nonsense: found, all of it, before any planning begins. Numpy only."""

import numpy as np

from solver.contract import ALWAYS, NONE, Bools, Fault, Ints, Problem, ProblemRefused
from solver.measures import pieces
from solver.pins import pin_faults


def check_problem(problem: Problem) -> list[Fault]:
    """Every fault of the problem; an empty list where it can be planned."""
    faults = _table_faults(problem)
    faults += _household_faults(problem)
    # Pins cannot be judged on rows that point nowhere, nor on sessions and stock that are nonsense.
    blind = {"slots", "lots", "products", "centres", "promised"}
    if not any(f.table in blind or f.code == "unknown_row" for f in faults):
        faults += pin_faults(problem)
    return faults


def validated(problem: Problem) -> Problem:
    """The problem itself, or ProblemRefused with every fault."""
    faults = check_problem(problem)
    if faults:
        raise ProblemRefused(faults)
    return problem


def _table_faults(problem: Problem) -> list[Fault]:
    found: list[Fault] = []

    def refuse(table: str, column: str, bad: Bools, code: str, words: str) -> None:
        found.extend(Fault(table, int(row), column, code, words) for row in np.flatnonzero(bad))

    def refuse_unknown(table: str, column: str, rows: Ints, many: int, none: bool = False) -> None:
        bad = ((rows < 0) & ~(none & (rows == NONE))) | (rows >= many)
        refuse(table, column, bad, "unknown_row", "points to a row that is not there")

    _policy_faults(problem, found)
    _schedule_faults(problem, refuse, refuse_unknown)
    _place_faults(problem, refuse, refuse_unknown)
    _stock_faults(problem, refuse, refuse_unknown)
    _request_faults(problem, refuse, refuse_unknown)
    _promise_faults(problem, refuse, refuse_unknown)
    return found


def _policy_faults(problem: Problem, found: list[Fault]) -> None:
    p = problem.policy
    prices = (p.reward, p.delay_per_day, p.km, p.interval_per_day, p.moved, p.dropped, p.wasted_dose)
    if p.days < 1 or not 0 <= p.first_weekday <= 6:
        found.append(Fault("policy", 0, "days", "horizon", "the horizon has at least one day"))
    if not all(np.isfinite(x) and x >= 0 for x in prices) or (p.weights[~np.isnan(p.weights)] < 0).any():
        found.append(Fault("policy", 0, "weights", "price", "weights and prices are numbers of at least 0"))


def _schedule_faults(problem: Problem, refuse, refuse_unknown) -> None:  # type: ignore[no-untyped-def]
    s, many = problem.schedules, len(problem.products)
    vial = problem.products.doses_per_vial
    refuse("products", "doses_per_vial", vial < 1, "vial", "a vial holds at least one dose")
    if many > 62:
        refuse("products", "product", np.arange(many) > 61, "too_many", "no more than 62 products")
    refuse_unknown("schedules", "first_product", s.first_product, many)
    refuse_unknown("schedules", "second_product", s.second_product, many, True)
    pair = s.second_product != NONE
    refuse("schedules", "max_days", pair & (s.min_days > s.max_days), "interval", "min_days is over max_days")
    refuse("schedules", "min_days", pair & (s.min_days < 0), "interval", "the interval is negative")
    refuse("schedules", "max_age", s.min_age > s.max_age, "age", "min_age is over max_age")
    refuse("schedules", "valid_to", s.valid_from > s.valid_to, "validity", "ends before it begins")


def _place_faults(problem: Problem, refuse, refuse_unknown) -> None:  # type: ignore[no-untyped-def]
    c, z = problem.centres, problem.slots
    on_earth = (np.abs(c.lat) <= 90) & (np.abs(c.lon) <= 180)
    refuse("centres", "lat", ~on_earth, "place", "is not a place on earth")
    refuse_unknown("slots", "centre", z.centre, len(c))
    refuse("slots", "seats", z.seats < 0, "seats", "seats are negative")
    refuse("slots", "minute", (z.minute < 0) | (z.minute >= 24 * 60), "minute", "is no time of day")
    if len(z) > 1:
        keys = np.stack([z.centre, z.day, z.minute])
        step = np.diff(keys, axis=1)
        rises = (step[0] > 0) | ((step[0] == 0) & ((step[1] > 0) | ((step[1] == 0) & (step[2] > 0))))
        late = np.concatenate([[False], ~rises])
        refuse("slots", "centre", late, "order", "slots are sorted by centre, day, minute, each once")


def _stock_faults(problem: Problem, refuse, refuse_unknown) -> None:  # type: ignore[no-untyped-def]
    lots = problem.lots
    refuse_unknown("lots", "centre", lots.centre, len(problem.centres))
    refuse_unknown("lots", "product", lots.product, len(problem.products))
    refuse("lots", "expires_on", lots.first_day > lots.last_day, "validity", "expires before it can be used")
    refuse("lots", "doses", lots.doses < 0, "doses", "doses are negative")
    known = (lots.product >= 0) & (lots.product < len(problem.products))
    vial = np.ones(len(lots), dtype=np.int64)
    vial[known] = np.maximum(problem.products.doses_per_vial[lots.product[known]], 1)
    refuse(
        "lots", "doses", lots.doses % vial != 0, "whole_vials", "doses are not a multiple of doses_per_vial"
    )


def _request_faults(problem: Problem, refuse, refuse_unknown) -> None:  # type: ignore[no-untyped-def]
    q, weights = problem.requests, problem.policy.weights
    out = (q.priority < 1) | (q.priority >= len(weights))
    no_weight = np.isnan(weights[np.where(out, 0, q.priority)]) | out
    refuse("requests", "priority", no_weight, "priority", "has no weight in the policy")
    refuse("requests", "age", (q.age < 0) | (q.age > 150), "age", "is no age")
    refuse("requests", "lat", ~((np.abs(q.lat) <= 90) & (np.abs(q.lon) <= 180)), "place", "not on earth")
    half = np.isnan(q.second_lat) != np.isnan(q.second_lon)
    refuse("requests", "second_lon", half, "place", "second_lat and second_lon go together")
    off = (np.abs(q.second_lat) > 90) | (np.abs(q.second_lon) > 180)
    refuse("requests", "second_lat", off, "place", "not on earth")
    refuse("requests", "max_km", ~((q.max_km >= 0) & np.isfinite(q.max_km)), "reach", "is no distance")
    accepted = (q.products <= 0) | (q.products >> min(len(problem.products), 62) != 0)
    refuse("requests", "products", accepted, "unknown_row", "accepts no product, or one that is not there")
    refuse_unknown("requests", "first_product", q.first_product, len(problem.products), True)
    future = (q.first_product != NONE) & (q.first_day > 0)
    refuse("requests", "first_date", future, "future", "a first dose already given lies in the future")
    week = (q.availability < 0) | (q.availability > ALWAYS)
    refuse("requests", "availability", week, "availability", "is not 21 bits")


def _promise_faults(problem: Problem, refuse, refuse_unknown) -> None:  # type: ignore[no-untyped-def]
    p = problem.promised
    refuse_unknown("promised", "request", p.request, len(problem.requests), True)
    refuse_unknown("promised", "centre", p.centre, len(problem.centres))
    refuse_unknown("promised", "product", p.product, len(problem.products))
    refuse("promised", "dose", (p.dose < 1) | (p.dose > 2), "dose", "is neither 1 nor 2")
    loose = (p.request == NONE) & ~p.pinned & (p.day >= 0)
    refuse("promised", "pinned", loose, "must_pin", "of a request that is not in the problem: must be pinned")
    again = np.ones(len(p), dtype=np.bool_)
    again[np.unique(p.request * 2 + p.dose, return_index=True)[1]] = False
    again &= p.request != NONE
    refuse("promised", "dose", again, "twice", "the request has this dose promised twice")


def _household_faults(problem: Problem) -> list[Fault]:
    """Members who differ in anything but age, priority and wheelchair cannot come together."""
    q = problem.requests
    rows = np.flatnonzero(q.household != NONE)
    _, first, which = np.unique(q.household[rows], return_index=True, return_inverse=True)
    head = rows[first[which]]
    faults = []
    same = ("lat", "lon", "max_km", "second_lat", "second_lon", "products")
    for name in (*same, "first_product", "first_day", "earliest", "availability"):
        column = getattr(q, name)
        mine, theirs = column[rows], column[head]
        differs = (mine != theirs) & ~((mine != mine) & (theirs != theirs))
        faults += _differs(name, rows[differs])
    n = np.diff(q.unavailable_at)
    differs = n[rows] != n[head]
    alike, heads = rows[~differs], head[~differs]
    mine, theirs = pieces(q.unavailable_at[alike], n[alike]), pieces(q.unavailable_at[heads], n[heads])
    unlike = q.unavailable_days[mine] != q.unavailable_days[theirs]
    bad = np.unique(np.repeat(alike, n[alike])[unlike])
    return faults + _differs("unavailable", np.concatenate([rows[differs], bad]))


def _differs(column: str, rows: Ints) -> list[Fault]:
    words = "differs from that of another member of the household"
    return [Fault("requests", int(row), column, "household_differs", words) for row in rows]
