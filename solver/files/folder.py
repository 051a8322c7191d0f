"""The planning folder: CSV files and a policy, to `Problem` and back; `Plan` to CSV and back.

A folder with a bad value is refused whole, with every fault's file, line, column and reason. Columns that the
format does not name are ignored.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from solver.contract import (
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Centres,
    Ints,
    Lots,
    Problem,
    Products,
    Promised,
    Requests,
    Schedules,
    Slots,
)
from solver.files.cells import (
    Faults,
    FolderRefused,
    Names,
    day_from,
    flag,
    joined,
    member_of,
    minute,
    number,
    or_none,
    shown,
    whole,
)
from solver.files.csv_table import CsvTable
from solver.files.folder_faults import add_contradictions
from solver.files.folder_policy import read_policy
from solver.measures import pieces

SCHEDULES = (
    "schedule first_product second_product min_age max_age min_days ideal_days max_days valid_from valid_to"
)
PRODUCTS = "product doses_per_vial"
CENTRES = "centre name lat lon wheelchair"
SESSIONS = "centre date start end slot_minutes seats"
STOCK = "centre product lot doses available_from expires_on"
REQUESTS = (
    "request household age priority lat lon max_km second_lat second_lon products first_product first_date"
    " earliest availability unavailable wheelchair"
)
APPOINTMENTS = "request dose centre product date start pinned"


@dataclass(frozen=True)
class Keys:
    """The names that belong to row numbers; they never enter the planner."""

    start: date
    products: list[str]
    schedules: list[str]
    centres: list[str]
    centre_names: list[str]
    lots: list[str]
    requests: list[str]
    promised: list[str]
    """The request of each promised appointment, also where it is not among `requests`."""


Day = Callable[[str], int]


def read_problem(folder: Path) -> tuple[Problem, Keys]:
    """The folder's problem and names. Raises FolderRefused with every fault."""
    faults = Faults()
    policy, start = read_policy(folder, faults)
    day = day_from(start)

    def table(file: str, columns: str) -> CsvTable:
        return CsvTable.read(folder, file, columns, faults)

    products, centres = table("products.csv", PRODUCTS), table("centres.csv", CENTRES)
    schedules, requests = table("schedules.csv", SCHEDULES), table("requests.csv", REQUESTS)
    product, centre = products.keys("product"), centres.keys("centre")
    schedule, request = schedules.keys("schedule"), requests.keys("request")
    promised = _promised_table(folder, faults)
    sessions, lots = table("sessions.csv", SESSIONS), table("stock.csv", STOCK)
    problem = Problem(
        policy,
        Products(products.parsed("doses_per_vial", whole(1, 10_000), 1)),
        _schedules(schedules, product, day),
        _centres(centres),
        _slots(sessions, centre, day),
        _lots(lots, centre, product, day),
        _requests(requests, product, day),
        _promised(promised, request, centre, product, day),
    )
    add_contradictions(problem, (products, centres, schedules, sessions, lots, requests, promised), faults)
    if len(faults):
        raise FolderRefused(faults)
    names = centres.text("name"), lots.text("lot"), list(request), promised.text("request")
    return problem, Keys(start, list(product), list(schedule), list(centre), *names)


def _schedules(table: CsvTable, product: Names, day: Day) -> Schedules:
    known = member_of(product, "product")
    age, days = whole(0, 150), or_none(whole(0, 3660), 0)
    second = table.parsed("second_product", or_none(known, NONE), NONE)
    for column in ("min_days", "ideal_days", "max_days"):
        empty = np.array([not text for text in table.text(column)], dtype=np.bool_)
        table.faults_at(
            np.flatnonzero(empty & (second != NONE)), column, "is empty, yet there is a second dose"
        )
    return Schedules(
        table.parsed("first_product", known, 0),
        second,
        table.parsed("min_age", or_none(age, NEVER_BEFORE), NEVER_BEFORE),
        table.parsed("max_age", or_none(age, NEVER_AFTER), NEVER_AFTER),
        table.parsed("min_days", days, 0),
        table.parsed("ideal_days", days, 0),
        table.parsed("max_days", days, 0),
        table.parsed("valid_from", or_none(day, NEVER_BEFORE), NEVER_BEFORE),
        table.parsed("valid_to", or_none(day, NEVER_AFTER), NEVER_AFTER),
    )


def _centres(table: CsvTable) -> Centres:
    return Centres(
        table.parsed("lat", number(-90, 90), 0.0),
        table.parsed("lon", number(-180, 180), 0.0),
        table.parsed("wheelchair", flag, False),
    )


def _slots(table: CsvTable, centre: Names, day: Day) -> Slots:
    """Sessions cut into slots."""
    where = table.parsed("centre", member_of(centre, "centre"), 0).astype(np.int64)
    on = table.parsed("date", day, 0).astype(np.int64)
    opens = table.parsed("start", minute, 0).astype(np.int64)
    closes = table.parsed("end", minute, 24 * 60).astype(np.int64)
    step = table.parsed("slot_minutes", whole(1, 24 * 60), 60).astype(np.int64)
    seats = table.parsed("seats", whole(0, 100_000), 0).astype(np.int64)
    table.faults_at(np.flatnonzero(closes <= opens), "end", "the session ends before it begins")
    order = np.lexsort((opens, on, where))
    _no_overlap(table, order[~table.spoilt[order]], (where * 10**6 + on) * 10**4, opens, closes)
    n = np.maximum(0, -(-(closes - opens) // step))[order]
    turn = pieces(np.zeros(len(n), dtype=np.int64), n)
    minutes = np.repeat(opens[order], n) + turn * np.repeat(step[order], n)
    return Slots(np.repeat(where[order], n), np.repeat(on[order], n), minutes, np.repeat(seats[order], n))


def _no_overlap(table: CsvTable, order: Ints, midnight: Ints, opens: Ints, closes: Ints) -> None:
    """Sessions of one centre and day may touch but not overlap; `order` is by centre, day and opening."""
    # The latest end so far, for a short session may hide a long one that still runs.
    until = np.maximum.accumulate((midnight + closes)[order])[:-1]
    late = np.flatnonzero(until > (midnight + opens)[order][1:])
    table.faults_at(order[late + 1], "start", "the session overlaps another of the same centre")


def _lots(table: CsvTable, centre: Names, product: Names, day: Day) -> Lots:
    return Lots(
        table.parsed("centre", member_of(centre, "centre"), 0),
        table.parsed("product", member_of(product, "product"), 0),
        table.parsed("doses", whole(0, 10**9), 0),
        table.parsed("available_from", day, 0),
        table.parsed("expires_on", day, 0),
    )


def _availability(text: str) -> int:
    if len(text) != 21 or set(text) - {"0", "1"}:
        raise ValueError(f"{shown(text)} is not 21 characters 0 or 1")
    return int(text[::-1], 2)


def _requests(table: CsvTable, product: Names, day: Day) -> Requests:
    known, some = member_of(product, "product"), joined(member_of(product, "product"))
    # More than 62 products do not fit; that fault is told of products.csv.
    everything = (1 << min(len(product), 62)) - 1
    lat2 = table.parsed("second_lat", or_none(number(-90, 90), math.nan), math.nan)
    lon2 = table.parsed("second_lon", or_none(number(-180, 180), math.nan), math.nan)
    first_product = table.parsed("first_product", or_none(known, NONE), NONE)
    first_day = table.parsed("first_date", or_none(day, NEVER_AFTER), NEVER_AFTER)
    _both_or_none(table, "second_lon", np.isnan(lat2) != np.isnan(lon2), "second_lat and second_lon")
    half = (first_product == NONE) != (first_day == NEVER_AFTER)
    _both_or_none(table, "first_date", half, "first_product and first_date")
    away: list[tuple[int, ...]] = table.distinct("unavailable", joined(day), ())
    many = np.array([len(days) for days in away], dtype=np.int64)
    mine = table.codes["unavailable"]
    flat = np.array([d for days in away for d in days], dtype=np.int64)
    return Requests(
        _household(table),
        table.parsed("age", whole(0, 150), 0),
        table.parsed("priority", whole(1, 9), 1),
        table.parsed("lat", number(-90, 90), 0.0),
        table.parsed("lon", number(-180, 180), 0.0),
        table.parsed("max_km", number(0, 50_000), 0.0),
        lat2,
        lon2,
        table.parsed("products", lambda text: _bits(some(text)) or everything, everything),
        first_product,
        np.where(first_day == NEVER_AFTER, 0, first_day),
        table.parsed("earliest", or_none(day, 0), 0),
        table.parsed("availability", _availability, 0),
        np.concatenate([[0], np.cumsum(many[mine])]),
        flat[pieces((np.cumsum(many) - many)[mine], many[mine])],
        table.parsed("wheelchair", flag, False),
    )


def _bits(products: tuple[int, ...]) -> int:
    return sum(1 << product for product in products if product < 62)


def _both_or_none(table: CsvTable, column: str, half: Ints, pair: str) -> None:
    # A cell that could not be read has been told of already.
    table.faults_at(np.flatnonzero(half & ~table.spoilt), column, f"{pair} go together")


def _household(table: CsvTable) -> Ints:
    """Numbers of households in the order of the file; NONE for who comes alone."""
    texts = table.texts["household"]
    numbers = np.arange(len(texts), dtype=np.int64)
    if "" in texts:
        numbers[texts[""] :] -= 1
        numbers[texts[""]] = NONE
    return np.asarray(numbers[table.codes["household"]])


def _promised_table(folder: Path, faults: Faults) -> CsvTable:
    """The appointments already promised; the file may be absent."""
    if (folder / "appointments.csv").exists():
        return CsvTable.read(folder, "appointments.csv", APPOINTMENTS, faults)
    return CsvTable.empty("appointments.csv", APPOINTMENTS, faults)


def _promised(table: CsvTable, request: Names, centre: Names, product: Names, day: Day) -> Promised:
    return Promised(
        table.parsed("request", lambda key: request.get(key, NONE), NONE),
        table.parsed("dose", whole(1, 2), 1),
        table.parsed("centre", member_of(centre, "centre"), 0),
        table.parsed("product", member_of(product, "product"), 0),
        table.parsed("date", day, 0),
        table.parsed("start", minute, 0),
        table.parsed("pinned", flag, False),
    )
