"""Frozen tables of numpy columns, read-only from birth."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Options: TypeAlias = NDArray[np.int16]
"""One row a unit: schedule, centre, day, second centre, day; -1 where there is none."""


def freeze(table: Any, kinds: Mapping[str, type]) -> None:
    """Turn the named columns into read-only arrays of one length."""
    length = None
    for name, kind in kinds.items():
        column: NDArray[Any] = np.array(getattr(table, name), dtype=kind)
        if column.ndim != 1:
            raise ValueError(f"{type(table).__name__}.{name} is not one column")
        if length is not None and len(column) != length:
            raise ValueError(f"{type(table).__name__}.{name} has {len(column)} rows, not {length}")
        length = len(column)
        column.setflags(write=False)
        object.__setattr__(table, name, column)


class Table:
    """A frozen table whose annotations say what its columns hold."""

    __slots__ = ()

    def __post_init__(self) -> None:
        kinds: dict[Any, type] = {Ints: np.int64, Floats: np.float64, Bools: np.bool_}
        freeze(self, {f.name: kinds[f.type] for f in fields(self) if f.type in kinds})  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]
