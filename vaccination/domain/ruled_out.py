"""Which standing appointments a rule no longer allows, when it was changed after they were made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from vaccination.domain.ages import age_on, fits_age


class Rule(Protocol):
    """A schedule as it is now."""

    @property
    def min_age(self) -> int | None: ...
    @property
    def max_age(self) -> int | None: ...
    @property
    def min_days(self) -> int | None: ...
    @property
    def max_days(self) -> int | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Stands:
    """The days of a request's doses, and which of them are still to come. `first_on`: booked or given."""

    first_on: date | None
    second_on: date | None
    to_come: tuple[int, ...]


def broken_by(rule: Rule, stands: Stands) -> tuple[int, ...]:
    """The doses to come that lie outside the rule's dates or interval."""
    found = []
    if 1 in stands.to_come and stands.first_on is not None and not _is_valid(rule, stands.first_on):
        found.append(1)
    if 2 in stands.to_come and stands.first_on is not None and stands.second_on is not None:
        days = (stands.second_on - stands.first_on).days
        if not (rule.min_days or 0) <= days <= (days if rule.max_days is None else rule.max_days):
            found.append(2)
    return tuple(found)


def allows_age(rule: Rule, birth_date: date, days: Iterable[date]) -> bool:
    """Whether the person has the age on one of these days: when they were booked, or when they come.

    Who has a birthday between the two has not been ruled out by anybody.
    """
    return any(fits_age(age_on(birth_date, day), rule.min_age, rule.max_age) for day in days)


def _is_valid(rule: Rule, day: date) -> bool:
    after = rule.valid_from is None or rule.valid_from <= day
    return after and (rule.valid_to is None or day <= rule.valid_to)
