"""A planning folder one can read at a glance, its tables as numbers, and ids for problems that have none."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np

from solver.contract import NONE, Problem
from solver.files.folder import REQUESTS, SCHEDULES, Keys

FILES = {
    "schedules.csv": SCHEDULES.replace(" ", ",")
    + """
PF,Pfizer,Pfizer,16,,21,28,49,,
JA,Janssen,,55,,,,,2021-05-12,
""",
    "products.csv": "product,doses_per_vial,colour\nPfizer,6,purple\nJanssen,5,blue\n",
    "centres.csv": """centre,name,lat,lon,wheelchair
A,"Halle, rue du Port",45.0,4.0,1
B,Gymnase,45.1,4.0,0
""",
    "sessions.csv": """centre,date,start,end,slot_minutes,seats
A,2021-05-10,09:00,10:00,20,2
A,2021-05-10,10:00,10:30,10,1
A,2021-06-07,09:00,10:00,20,2
B,2021-05-12,17:00,18:00,30,3
""",
    "stock.csv": """centre,product,lot,doses,available_from,expires_on
A,Pfizer,L1,12,2021-05-10,2021-06-09
B,Janssen,L2,5,2021-05-01,2021-08-01
""",
    "requests.csv": REQUESTS.replace(" ", ",")
    + """
R1,H1,40,1,45.0,4.0,20,,,,,,,111111111111111111111,,0
R2,H1,42,2,45.0,4.0,20,,,,,,,111111111111111111111,,1
R3,,70,2,45.1,4.0,20,,,Janssen,,,,111111111111111111111,2021-05-13|2021-05-11,0
R4,,60,1,45.0,4.0,5,45.04,4.0,Pfizer|Janssen,Pfizer,2021-05-08,,111111111111111111111,,0
""",
    "appointments.csv": """request,dose,centre,product,date,start,pinned
elsewhere,1,A,Pfizer,2021-05-10,10:20,1
""",
    "policy.json": json.dumps(
        {"start": "2021-05-10", "days": 84, "weights": {"1": 16, "2": 8}, "reward": 100, "delay_per_day": 0.5}
        | {"km": 0.2, "interval_per_day": 0.3, "moved": 20, "dropped": 200, "wasted_dose": 1, "lottery": 1}
    ),
}


def write_files(path: Path) -> Path:
    """The folder of `FILES`."""
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def changed(folder: Path, file: str, old: str, new: str) -> None:
    """Put `new` in the place of the first `old`, which must be there."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def columns(problem: Problem) -> dict[str, object]:
    """Every column of every table, by name."""
    found: dict[str, object] = {}
    for table in fields(problem):
        part = getattr(problem, table.name)
        for column in fields(part):
            value = getattr(part, column.name)
            found[f"{table.name}.{column.name}"] = value.tolist() if isinstance(value, np.ndarray) else value
    return found


def keys_of(of: Problem) -> Keys:
    """Plain ids: a letter and the row."""

    def ids(letter: str, many: int) -> list[str]:
        return [f"{letter}{row}" for row in range(many)]

    people = ids("R", len(of.requests))
    return Keys(
        start=date(2021, 5, 10),
        products=ids("P", len(of.products)),
        schedules=ids("S", len(of.schedules)),
        centres=ids("C", len(of.centres)),
        centre_names=ids("Hall ", len(of.centres)),
        lots=ids("L", len(of.lots)),
        requests=people,
        promised=[people[row] if row != NONE else "stranger" for row in of.promised.request.tolist()],
    )
