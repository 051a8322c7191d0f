"""Problems and plans as bytes, to travel between machines: arrays in a zip file (npz), and never a pickle.

What comes from elsewhere is read as numbers of the kinds that the contract names; bytes that are something
else, or of another version, are refused with the reason. Numpy only.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from solver.contract import Bools, Floats, Ints, Plan, PlanStatus, Problem

VERSION = 1
HEAD = "head"
"""The entry that says what the others are; it holds, as JSON, whatever is no array."""
QUICK = 1
"""Compression that costs little time: a million requests in a few seconds."""
KINDS = ((Ints, np.int64), (Floats, np.float64), (Bools, np.bool_))
Arrays = dict[str, NDArray[Any]]


class NotPortable(ValueError):
    """These bytes are no problem, or no plan, of this version."""


def problem_to_bytes(problem: Problem) -> bytes:
    """The problem in a form that `problem_from_bytes` gives back."""
    return _packed(problem)


def problem_from_bytes(packed: bytes) -> Problem:
    """The problem; raises NotPortable. Whether it contradicts itself is for `validated` to say."""
    found: Problem = _unpacked(Problem, packed)
    return found


def plan_to_bytes(plan: Plan) -> bytes:
    """The plan in a form that `plan_from_bytes` gives back."""
    return _packed(plan)


def plan_from_bytes(packed: bytes) -> Plan:
    """The plan; raises NotPortable. Whether it keeps the rules is for `broken_rules` to say."""
    found: Plan = _unpacked(Plan, packed)
    return found


def _packed(whole: Problem | Plan) -> bytes:
    arrays: Arrays = {}
    told: dict[str, Any] = {}
    _take_apart(whole, "", arrays, told)
    head = {"what": type(whole).__name__, "version": VERSION, "told": told}
    arrays[HEAD] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, array, allow_pickle=False)
            # An entry of its own, for it carries no moment: equal problems are equal bytes.
            about = zipfile.ZipInfo(f"{name}.npy")
            file.writestr(about, entry.getbuffer(), zipfile.ZIP_DEFLATED, QUICK)
    return into.getvalue()


def _take_apart(thing: Any, prefix: str, arrays: Arrays, told: dict[str, Any]) -> None:
    for column in fields(thing):
        name, value = prefix + column.name, getattr(thing, column.name)
        if is_dataclass(value):
            _take_apart(value, f"{name}.", arrays, told)
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        elif isinstance(value, Mapping):
            told[name] = {key: float(number) for key, number in value.items()}
        else:
            told[name] = value.value if isinstance(value, PlanStatus) else value


def _unpacked(kind: type, packed: bytes) -> Any:
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as file:
            arrays: Arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays.pop(HEAD).tobytes())
        what, version, told = head["what"], head["version"], dict(head["told"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise NotPortable(f"neither a problem nor a plan: {type(wrong).__name__}") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as wrong:
        raise NotPortable(f"a damaged file: {type(wrong).__name__}") from None
    if (what, version) != (kind.__name__, VERSION):
        raise NotPortable(
            f"{what} of version {version}, where {kind.__name__} of version {VERSION} is wanted"
        )
    found = _put_together(kind, "", arrays, told)
    if arrays or told:
        raise NotPortable(f"unknown columns: {', '.join(sorted(arrays | told)[:5])}")
    return found


def _put_together(kind: type, prefix: str, arrays: Arrays, told: dict[str, Any]) -> Any:
    columns = {}
    for column, wanted in get_type_hints(kind).items():
        name = prefix + column
        if name in told:
            columns[column] = _plain(wanted, name, told.pop(name))
        elif name in arrays:
            columns[column] = _checked(wanted, name, arrays.pop(name))
        else:
            inner = next((part for part in (wanted, *get_args(wanted)) if is_dataclass(part)), None)
            if inner is None:
                raise NotPortable(f"{name} is missing")
            columns[column] = _put_together(inner, f"{name}.", arrays, told)  # type: ignore[arg-type]
    try:
        return kind(**columns)
    except (TypeError, ValueError) as wrong:
        raise NotPortable(f"no {kind.__name__}: {wrong}") from None


def _checked(wanted: Any, name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array, if its numbers are of the kind that the contract names."""
    if not any(wanted == kind and array.dtype == number for kind, number in KINDS):
        raise NotPortable(f"{name} holds {array.dtype}")
    return array


def _plain(wanted: Any, name: str, value: Any) -> Any:
    """What stood in the head, if it is of the kind that the contract names."""
    if wanted is PlanStatus:
        if value not in [status.value for status in PlanStatus]:
            raise NotPortable(f"{name} is {value!r}")
        return PlanStatus(value)
    if wanted in (int, float, str):
        right = isinstance(value, wanted) or (wanted is float and isinstance(value, int))
    elif value is None:
        right = type(None) in get_args(wanted)
    elif isinstance(value, dict):
        right = all(isinstance(number, float) for number in value.values())
    else:
        value, right = tuple(value), all(isinstance(note, str) for note in value)
    if not right or isinstance(value, bool):
        raise NotPortable(f"{name} is {value!r}")
    return value
