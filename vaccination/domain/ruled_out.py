"""Which standing appointments a rule no longer allows, when it was changed after they were made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from vaccination.domain.ages import age_on, fits_age
from vaccination.domain.schedules import Dated, Spaced, interval_holds, may_begin_on


class Rule(Dated, Spaced, Protocol):
    """A schedule as it is now."""

    @property
    def min_age(self) -> int | None: ...
    @property
    def max_age(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Stands:
    """The days of a request's doses, and which of them are still to come. `first_on`: booked or given."""

    first_on: date | None
    second_on: date | None
    to_come: tuple[int, ...]


def broken_by(rule: Rule, stands: Stands) -> tuple[int, ...]:
    """The doses to come that lie outside the rule's dates or interval."""
    found = []
    if 1 in stands.to_come and stands.first_on is not None and not may_begin_on(rule, stands.first_on):
        found.append(1)
    if 2 in stands.to_come and stands.first_on is not None and stands.second_on is not None:
        days = (stands.second_on - stands.first_on).days
        if not interval_holds(rule, days):
            found.append(2)
    return tuple(found)


def allows_age(rule: Rule, birth_date: date, days: Iterable[date]) -> bool:
    """Whether the person has the age on one of these days: when they were booked, or when they come.

    Who has a birthday between the two has not been ruled out by anybody.
    """
    return any(fits_age(age_on(birth_date, day), rule.min_age, rule.max_age) for day in days)
