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

from solver.cells import (
    CsvTable,
    FolderFault,
    FolderRefused,
    day_from,
    flag,
    joined,
    member_of,
    minute,
    number,
    or_none,
    whole,
)
from solver.checks import check_problem
from solver.contract import (
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Centres,
    Fault,
    Lots,
    Problem,
    Products,
    Promised,
    Requests,
    Schedules,
    Slots,
)
from solver.folder_policy import read_policy

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
FILE_OF = {
    "policy": "policy.json",
    "schedules": "schedules.csv",
    "products": "products.csv",
    "centres": "centres.csv",
    "slots": "sessions.csv",
    "lots": "stock.csv",
    "requests": "requests.csv",
    "promised": "appointments.csv",
}


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
    faults: list[FolderFault] = []
    policy, start = read_policy(folder, faults)
    day = day_from(start)

    def table(file: str, columns: str) -> CsvTable:
        return CsvTable.read(folder, file, columns, faults)

    products, centres = table("products.csv", PRODUCTS), table("centres.csv", CENTRES)
    schedules, requests = table("schedules.csv", SCHEDULES), table("requests.csv", REQUESTS)
    product, centre = products.keys("product"), centres.keys("centre")
    schedule, request = schedules.keys("schedule"), requests.keys("request")
    promised = _promised_table(folder, faults)
    lots = table("stock.csv", STOCK)
    problem = Problem(
        policy,
        Products(np.array(products.parsed("doses_per_vial", whole(1, 10_000), 1))),
        _schedules(schedules, product, day),
        _centres(centres),
        _slots(table("sessions.csv", SESSIONS), centre, day),
        _lots(lots, centre, product, day),
        _requests(requests, product, day),
        _promised(promised, request, centre, product, day),
    )
    if not faults:
        tables = {"requests": requests, "promised": promised, "lots": lots, "schedules": schedules}
        faults.extend(_located(check_problem(problem), tables))
    if faults:
        raise FolderRefused(sorted(set(faults)))
    names = centres.columns["name"], lots.columns["lot"], list(request), promised.columns["request"]
    return problem, Keys(start, list(product), list(schedule), list(centre), *names)


def _located(faults: list[Fault], tables: dict[str, CsvTable]) -> list[FolderFault]:
    """Faults of the problem's rows, as faults of the files' lines."""
    lines = {name: table.lines for name, table in tables.items()}
    return [
        FolderFault(
            FILE_OF.get(f.table, f.table), lines[f.table][f.row] if f.table in lines else 0, f.column, f.words
        )
        for f in faults
    ]


def _schedules(table: CsvTable, product: dict[str, int], day: Day) -> Schedules:
    known = member_of(product, "product")
    age, days = whole(0, 150), or_none(whole(0, 3660), 0)
    second = table.parsed("second_product", or_none(known, NONE), NONE)
    for row, other in enumerate(second):
        for column in ("min_days", "ideal_days", "max_days"):
            if other != NONE and not table.columns[column][row]:
                table.fault_at(row, column, "is empty, yet there is a second dose")
    return Schedules(
        np.array(table.parsed("first_product", known, 0)),
        np.array(second),
        np.array(table.parsed("min_age", or_none(age, NEVER_BEFORE), 0)),
        np.array(table.parsed("max_age", or_none(age, NEVER_AFTER), 0)),
        np.array(table.parsed("min_days", days, 0)),
        np.array(table.parsed("ideal_days", days, 0)),
        np.array(table.parsed("max_days", days, 0)),
        np.array(table.parsed("valid_from", or_none(day, NEVER_BEFORE), 0)),
        np.array(table.parsed("valid_to", or_none(day, NEVER_AFTER), 0)),
    )


def _centres(table: CsvTable) -> Centres:
    return Centres(
        np.array(table.parsed("lat", number(-90, 90), 0.0)),
        np.array(table.parsed("lon", number(-180, 180), 0.0)),
        np.array(table.parsed("wheelchair", flag, False)),
    )


def _slots(table: CsvTable, centre: dict[str, int], day: Day) -> Slots:
    """Sessions cut into slots. Sessions of one centre and day may touch but not overlap."""
    where = np.array(table.parsed("centre", member_of(centre, "centre"), 0), dtype=np.int64)
    on = np.array(table.parsed("date", day, 0), dtype=np.int64)
    opens = np.array(table.parsed("start", minute, 0), dtype=np.int64)
    closes = np.array(table.parsed("end", minute, 24 * 60), dtype=np.int64)
    step = np.array(table.parsed("slot_minutes", whole(1, 24 * 60), 60), dtype=np.int64)
    seats = np.array(table.parsed("seats", whole(0, 100_000), 0), dtype=np.int64)
    for row in np.flatnonzero(closes <= opens):
        table.fault_at(int(row), "end", "the session ends before it begins")
    order = np.lexsort((opens, on, where))
    same = (np.diff(where[order]) == 0) & (np.diff(on[order]) == 0)
    for i in np.flatnonzero(same & (closes[order][:-1] > opens[order][1:])):
        table.fault_at(int(order[i + 1]), "start", "the session overlaps another of the same centre")
    n = np.maximum(0, -(-(closes - opens) // step))[order]
    turn = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    minutes = np.repeat(opens[order], n) + turn * np.repeat(step[order], n)
    return Slots(np.repeat(where[order], n), np.repeat(on[order], n), minutes, np.repeat(seats[order], n))


def _lots(table: CsvTable, centre: dict[str, int], product: dict[str, int], day: Day) -> Lots:
    return Lots(
        np.array(table.parsed("centre", member_of(centre, "centre"), 0)),
        np.array(table.parsed("product", member_of(product, "product"), 0)),
        np.array(table.parsed("doses", whole(0, 10**9), 0)),
        np.array(table.parsed("available_from", day, 0)),
        np.array(table.parsed("expires_on", day, 0)),
    )


def _availability(text: str) -> int:
    if len(text) != 21 or set(text) - {"0", "1"}:
        raise ValueError(f"{text!r} is not 21 characters 0 or 1")
    return int(text[::-1], 2)


def _requests(table: CsvTable, product: dict[str, int], day: Day) -> Requests:
    known = member_of(product, "product")
    everything = (1 << len(product)) - 1
    accepted: list[tuple[int, ...]] = table.parsed("products", joined(known), ())
    away: list[tuple[int, ...]] = table.parsed("unavailable", joined(day), ())
    lat2 = table.parsed("second_lat", or_none(number(-90, 90), math.nan), math.nan)
    lon2 = table.parsed("second_lon", or_none(number(-180, 180), math.nan), math.nan)
    first_product = table.parsed("first_product", or_none(known, NONE), NONE)
    first_day = table.parsed("first_date", or_none(day, NEVER_AFTER), 0)
    for row in range(len(table)):
        if math.isnan(lat2[row]) != math.isnan(lon2[row]):
            table.fault_at(row, "second_lon", "second_lat and second_lon go together")
        if (first_product[row] == NONE) != (first_day[row] == NEVER_AFTER):
            table.fault_at(row, "first_date", "first_product and first_date go together")
    names = {"": NONE}
    return Requests(
        np.array([names.setdefault(h, len(names) - 1) for h in table.columns["household"]]),
        np.array(table.parsed("age", whole(0, 150), 0)),
        np.array(table.parsed("priority", whole(1, 9), 1)),
        np.array(table.parsed("lat", number(-90, 90), 0.0)),
        np.array(table.parsed("lon", number(-180, 180), 0.0)),
        np.array(table.parsed("max_km", number(0, 50_000), 0.0)),
        np.array(lat2),
        np.array(lon2),
        np.array([sum(1 << p for p in some) or everything for some in accepted]),
        np.array(first_product),
        np.array([0 if d == NEVER_AFTER else d for d in first_day]),
        np.array(table.parsed("earliest", or_none(day, 0), 0)),
        np.array(table.parsed("availability", _availability, 0)),
        np.concatenate([[0], np.cumsum([len(days) for days in away])]),
        np.array([d for days in away for d in days]),
        np.array(table.parsed("wheelchair", flag, False)),
    )


def _promised_table(folder: Path, faults: list[FolderFault]) -> CsvTable:
    """The appointments already promised; the file may be absent."""
    if (folder / "appointments.csv").exists():
        return CsvTable.read(folder, "appointments.csv", APPOINTMENTS, faults)
    return CsvTable("appointments.csv", faults, {name: [] for name in APPOINTMENTS.split()})


def _promised(
    table: CsvTable, request: dict[str, int], centre: dict[str, int], product: dict[str, int], day: Day
) -> Promised:
    return Promised(
        np.array([request.get(key, NONE) for key in table.columns["request"]]),
        np.array(table.parsed("dose", whole(1, 2), 1)),
        np.array(table.parsed("centre", member_of(centre, "centre"), 0)),
        np.array(table.parsed("product", member_of(product, "product"), 0)),
        np.array(table.parsed("date", day, 0)),
        np.array(table.parsed("start", minute, 0)),
        np.array(table.parsed("pinned", flag, False)),
    )
