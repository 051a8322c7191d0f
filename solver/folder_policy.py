"""`policy.json` of the planning folder: the horizon and the prices."""

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from solver.cells import FolderFault
from solver.contract import Policy

FILE = "policy.json"
PRICES = ("reward", "delay_per_day", "km", "interval_per_day", "moved", "dropped", "wasted_dose")
LONGEST_DAYS = 3660


def read_policy(folder: Path, faults: list[FolderFault]) -> tuple[Policy, date]:
    """The policy and the planning start; what is wrong is added to `faults` and replaced by a stand-in."""

    def fault(key: str, reason: str) -> None:
        faults.append(FolderFault(FILE, 0, key, reason))

    stated = _stated(folder, fault)
    start = date(2000, 1, 1)
    try:
        start = date.fromisoformat(str(stated.get("start")))
    except ValueError:
        fault("start", f"{stated.get('start')!r} is not a date as YYYY-MM-DD")
    days, lottery = stated.get("days"), stated.get("lottery", 0)
    if type(days) is not int or not 1 <= days <= LONGEST_DAYS:
        fault("days", f"{days!r} is not a whole number between 1 and {LONGEST_DAYS}")
        days = 1
    if type(lottery) is not int:
        fault("lottery", f"{lottery!r} is not a whole number")
        lottery = 0
    prices: dict[str, Any] = {key: stated.get(key) for key in PRICES}
    for key, value in prices.items():
        if not _is_price(value):
            fault(key, f"{value!r} is not a number of at least 0")
            prices[key] = 0.0
    weights = _weights(stated.get("weights"), fault)
    return Policy(days, start.weekday(), weights, lottery=lottery, **prices), start


def _is_price(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _stated(folder: Path, fault: Any) -> dict[str, Any]:
    try:
        stated = json.loads((folder / FILE).read_text(encoding="utf-8-sig"))
    except OSError as failure:
        fault("", f"cannot be read: {failure.strerror}")
        return {}
    except ValueError as failure:
        fault("", f"is not JSON: {failure}")
        return {}
    if not isinstance(stated, dict):
        fault("", "is not a JSON object")
        return {}
    return stated


def _weights(stated: object, fault: Any) -> Any:
    """Weight by priority 1 to 9; NaN where the policy gives none."""
    weights = np.full(10, np.nan)
    if not isinstance(stated, dict):
        fault("weights", "must give a weight by priority")
        return weights
    for key, value in stated.items():
        if key not in tuple("123456789") or not _is_price(value):
            fault("weights", f"{key!r}: {value!r} is not a priority 1 to 9 with a weight of at least 0")
        else:
            weights[int(key)] = value
    return weights
