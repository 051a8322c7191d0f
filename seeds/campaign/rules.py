"""The campaign's rules: intervals that change twice while it runs, a mixed schedule, a single dose.

Days count from the first day of the campaign, so that the whole calendar moves with it.
"""

from dataclasses import dataclass
from datetime import date

from seeds.programme import VACCINES
from vaccination.domain.rules import Policy

START = date(2021, 4, 12)
HORIZON_DAYS = 84
POLICY = Policy(
    weights={str(rank): w for rank, w in enumerate((16.0, 12.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0), 1)}
)
PRODUCTS = tuple(one.product.code for one in VACCINES)
COM, SPI, VAX, JCO = range(len(PRODUCTS))
MRNA, ALL = 1 << COM | 1 << SPI, (1 << len(PRODUCTS)) - 1
"""Sets of products, bit by bit: what everybody may have, and what only those from VECTOR_FROM_AGE may."""
VECTOR_FROM_AGE = 55
VECTOR_FOR_ALL_UNTIL = -24
"""Until this day the younger got a vector vaccine, too; they now owe themselves a second dose of another."""
_FIRST_CHANGE, _SECOND_CHANGE, _THIRD_CHANGE = 2, 28, 45
"""Sooner than they came in 2021: each rule holds for pairs that end within the twelve weeks."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A schedule: products, ages, days between the doses, first-dose days for which it holds."""

    code: str
    first: int
    second: int | None
    ages: tuple[int | None, int | None]
    days: tuple[int, int, int] | None = None  # least, ideal, most
    valid: tuple[int | None, int | None] = (None, None)


def _mrna(code: str, product: int, free: tuple[int, int, int], ages: tuple[int, int]) -> tuple[Rule, ...]:
    """The interval is stretched while vials are short, then given free step by step."""
    least, ideal, most = free
    young, youngest = ages
    return (
        Rule(f"{code}-early", product, product, (young, None), free, (None, _FIRST_CHANGE - 1)),
        Rule(
            f"{code}-long", product, product, (young, None), (39, 42, 42), (_FIRST_CHANGE, _SECOND_CHANGE - 1)
        ),
        Rule(
            f"{code}-wide", product, product, (young, None), (35, 42, 49), (_SECOND_CHANGE, _THIRD_CHANGE - 1)
        ),
        Rule(f"{code}-free", product, product, (youngest, None), (least, ideal, 49), (_THIRD_CHANGE, None)),
    )


RULES = (
    *_mrna("COM", COM, (21, 28, 28), (16, 12)),
    *_mrna("SPI", SPI, (28, 28, 35), (18, 18)),
    Rule("VAX-VAX", VAX, VAX, (VECTOR_FROM_AGE, None), (63, 77, 84)),
    Rule("VAX-COM", VAX, COM, (18, VECTOR_FROM_AGE - 1), (84, 84, 91), (None, VECTOR_FOR_ALL_UNTIL)),
    Rule("VAX-SPI", VAX, SPI, (18, VECTOR_FROM_AGE - 1), (84, 84, 91), (None, VECTOR_FOR_ALL_UNTIL)),
    Rule("JCO", JCO, None, (VECTOR_FROM_AGE, None), None, (12, None)),
)
