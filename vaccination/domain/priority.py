"""Which priority group a person is in, by the published rule, with the reason for every group.

The rule: of all groups whose ages hold, and whose category the person declares where one must be declared,
the best-ranked. Nobody proves a category when asking and no medical reason is kept: a tick is enough, and
the doctor at the centre looks again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from vaccination.domain.ages import fits_age


class WhyGroup(StrEnum):
    """Why somebody is in a group or not."""

    BY_AGE = "by_age"
    BY_CATEGORY = "by_category"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    NOT_DECLARED = "not_declared"


_FITS = (WhyGroup.BY_AGE, WhyGroup.BY_CATEGORY)


@dataclass(frozen=True, slots=True)
class Group:
    """A published priority group; rank 1 is the most urgent."""

    id: int
    code: str
    rank: int
    min_age: int | None = None
    max_age: int | None = None
    needs_declaration: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a group, and why."""

    group: Group
    why: WhyGroup

    @property
    def fits(self) -> bool:
        return self.why in _FITS


def standings(groups: Iterable[Group], age: int, declared: Collection[str]) -> tuple[Standing, ...]:
    """How a person of that age, with the categories they declare, stands to every group, best rank first."""
    ordered = sorted(groups, key=lambda group: (group.rank, group.code))
    return tuple(Standing(group, _why(group, age, declared)) for group in ordered)


def choose_group(groups: Iterable[Group], age: int, declared: Collection[str]) -> Standing | None:
    """The best-ranked group that fits; None when the programme has no group for this person."""
    return next((standing for standing in standings(groups, age, declared) if standing.fits), None)


def can_declare(group: Group, age: int) -> bool:
    """Whether it is of use to ask a person of that age about the group's category."""
    return group.needs_declaration and fits_age(age, group.min_age, group.max_age)


def _why(group: Group, age: int, declared: Collection[str]) -> WhyGroup:
    if not fits_age(age, group.min_age, None):
        return WhyGroup.TOO_YOUNG
    if not fits_age(age, None, group.max_age):
        return WhyGroup.TOO_OLD
    if not group.needs_declaration:
        return WhyGroup.BY_AGE
    return WhyGroup.BY_CATEGORY if group.code in declared else WhyGroup.NOT_DECLARED
