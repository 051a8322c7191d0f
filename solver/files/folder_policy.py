"""`policy.json` of the planning folder: the horizon and the prices."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from solver.contract import Floats, Policy
from solver.files.cells import Faults, iso_date, shown
from solver.files.json_file import OnFault, is_number, read_object

FILE = "policy.json"
PRICES = ("reward", "delay_per_day", "km", "interval_per_day", "moved", "dropped", "wasted_dose")
LONGEST_DAYS = 3660
FIRST_START, LAST_START = date(1900, 1, 1), date(2200, 1, 1)
LARGEST = 1e12
"""Prices beyond this would drown each other in rounding."""


def read_policy(folder: Path, faults: Faults) -> tuple[Policy, date]:
    """The policy and the planning start; what is wrong is added to `faults` and replaced by a stand-in."""

    def fault(key: str, reason: str) -> None:
        faults.add(FILE, 0, key, reason)

    stated = read_object(folder / FILE, fault)
    if stated is None:
        return Policy(1, 0, np.ones(10), **dict.fromkeys(PRICES, 0.0), lottery=0), date(2000, 1, 1)
    for key in ("start", "days", "weights", "lottery", *PRICES):
        if key not in stated:
            fault(key, "is missing")
    start = _start(stated, fault)
    days = _whole(stated, "days", 1, LONGEST_DAYS, fault)
    lottery = _whole(stated, "lottery", 0, 2**63 - 1, fault)
    prices = {key: _price(stated, key, fault) for key in PRICES}
    weights = _weights(stated.get("weights", {}), fault)
    return Policy(days, start.weekday(), weights, lottery=lottery, **prices), start


def _start(stated: dict[str, Any], fault: OnFault) -> date:
    value = stated.get("start", "2000-01-01")
    try:
        start = iso_date(value if isinstance(value, str) else json.dumps(value))
    except ValueError as refusal:
        fault("start", str(refusal))
        return date(2000, 1, 1)
    if not FIRST_START <= start <= LAST_START:
        fault("start", f"{start} is absurd as a planning start")
        return date(2000, 1, 1)
    return start


def _whole(stated: dict[str, Any], key: str, low: int, high: int, fault: OnFault) -> int:
    value = stated.get(key, low)
    # True and False are whole numbers to Python.
    if type(value) is int and low <= value <= high:
        return value
    fault(key, f"{_told(value)} is not a whole number between {low} and {high}")
    return low


def _price(stated: dict[str, Any], key: str, fault: OnFault) -> float:
    value = stated.get(key, 0.0)
    if is_number(value, 0, LARGEST):
        return float(value)
    fault(key, f"{_told(value)} is not a number between 0 and {LARGEST:g}")
    return 0.0


def _told(value: Any) -> str:
    """A JSON value for a sentence."""
    # Python does not print a number of thousands of digits.
    if type(value) is int and not -LARGEST <= value <= LARGEST * LARGEST:
        return "a number far too large"
    return shown(value) if isinstance(value, str) else shown(json.dumps(value)).strip("'")


def _weights(stated: object, fault: OnFault) -> Floats:
    """Weight by priority 1 to 9; NaN where the policy gives none."""
    weights = np.full(10, np.nan)
    if not isinstance(stated, dict):
        fault("weights", "must give a weight by priority")
        return weights
    for key, value in stated.items():
        if key not in tuple("123456789") or not is_number(value, 0, LARGEST):
            fault("weights", f"{shown(key)}: {_told(value)} is not a priority 1 to 9 with its weight")
        else:
            weights[int(key)] = value
    return weights
