"""When people can come: the common patterns of a week, and how common each is below and from 65 years."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAYS, BANDS = 7, 3
OLD_FROM = 65


@dataclass(frozen=True, slots=True)
class Pattern:
    """Monday to Sunday, each morning, afternoon and evening; and its shares among the young and the old."""

    week: str
    young: float
    old: float


PATTERNS = (
    Pattern("111" * DAYS, 0.16, 0.30),
    Pattern("110" * 5 + "000" * 2, 0.03, 0.25),
    Pattern("001" * 5 + "111" * 2, 0.34, 0.01),
    Pattern("000" * 5 + "111" * 2, 0.12, 0.02),
    Pattern("100" * 6 + "000", 0.02, 0.15),
    Pattern("010" * 5 + "110" * 2, 0.06, 0.08),
    Pattern("001" * 5 + "000" * 2, 0.08, 0.01),
    Pattern("111" * 5 + "000" * 2, 0.05, 0.12),
    Pattern("000000111000000111111", 0.04, 0.01),
    Pattern("111111000000000000000", 0.03, 0.02),
    Pattern("000" * 4 + "111" + "110" + "000", 0.04, 0.01),
    Pattern("110000110000110110000", 0.03, 0.02),
)
WEEKS = tuple(pattern.week for pattern in PATTERNS)


def shares(old: bool) -> NDArray[np.float64]:
    """How common each pattern is, in their order; the sum is one."""
    common = np.array([pattern.old if old else pattern.young for pattern in PATTERNS])
    return np.asarray(common / common.sum())
