"""What contradicts itself in a planning folder, told with the file and the line."""

from dataclasses import replace

import numpy as np

from solver.checks import check_problem
from solver.contract import NONE, Fault, Problem
from solver.files.cells import Faults
from solver.files.csv_table import CsvTable

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
COLUMN_OF = {"first_day": "first_date"}
LEANS_ON = {
    "schedules": {"products.csv"},
    "slots": {"sessions.csv", "centres.csv"},
    "lots": {"products.csv", "centres.csv"},
    "requests": {"policy.json", "products.csv"},
    "promised": set(FILE_OF.values()),
}
"""Files that must be without fault before a contradiction of the table can be believed."""


def add_contradictions(problem: Problem, tables: tuple[CsvTable, ...], faults: Faults) -> None:
    """Add what is wrong between cells, as far as it does not hang on a cell that could not be read."""
    by_file = {table.file: table for table in tables}
    faulty = faults.files()
    for fault in check_problem(_without_spoilt(problem, by_file["requests.csv"])):
        file = FILE_OF[fault.table]
        if faulty.isdisjoint(LEANS_ON.get(fault.table, ())):
            _add(fault, file, by_file.get(file), faults)


def _add(fault: Fault, file: str, table: CsvTable | None, faults: Faults) -> None:
    column = COLUMN_OF.get(fault.column, fault.column)
    # A slot has no line of its own: sessions are cut into slots and sorted.
    if table is None or fault.table == "slots":
        faults.add(file, 0, column, fault.words)
    elif not table.spoilt[fault.row]:
        faults.add(file, int(table.lines[fault.row]), column, fault.words)


def _without_spoilt(problem: Problem, requests: CsvTable) -> Problem:
    """The same problem, but who has a cell that could not be read belongs to no household."""
    if not requests.spoilt.any():
        return problem
    alone = np.where(requests.spoilt, NONE, problem.requests.household)
    return replace(problem, requests=replace(problem.requests, household=alone))
