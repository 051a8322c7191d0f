"""What a schedule says of days: on which a course may begin, and how far apart its doses are."""

from datetime import date
from typing import Protocol


class Dated(Protocol):
    """A rule that holds for first doses between two dates, both inclusive; None: no bound."""

    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class Spaced(Protocol):
    """A rule on the days between two doses; both None where there is one dose only."""

    @property
    def min_days(self) -> int | None: ...
    @property
    def max_days(self) -> int | None: ...


def may_begin_on(rule: Dated, day: date) -> bool:
    """Whether a first dose may be given on this day."""
    after = rule.valid_from is None or rule.valid_from <= day
    return after and (rule.valid_to is None or day <= rule.valid_to)


def interval_holds(rule: Spaced, days: int) -> bool:
    """Whether two doses may be so many days apart."""
    return (rule.min_days or 0) <= days <= (rule.max_days or 0)
