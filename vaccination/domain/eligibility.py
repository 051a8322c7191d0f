"""Whether the programme has any way to vaccinate a person, and if not, why not.

Asking early is welcome: a rule counts when its age is reached before the programme ends. Who is eligible may
still wait for the phase of their group; that is a date, not a refusal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from vaccination.domain.ages import age_on
from vaccination.domain.schedules import may_begin_on


class WhyNot(StrEnum):
    """What stands between a person and a way to be vaccinated."""

    PRODUCT_REFUSED = "product_refused"
    NO_SINGLE_DOSE = "no_single_dose"
    INTERVAL_PASSED = "interval_passed"
    NOT_FOR_THAT_DATE = "not_for_that_date"
    OTHER_FIRST_PRODUCT = "other_first_product"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    NO_GROUP = "no_group"
    NO_RULE = "no_rule"


# When every way is barred, what the person could change comes first.
_TELLING = tuple(WhyNot)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be vaccinated: a schedule's products, ages, longest interval and dates."""

    first_product_id: int
    second_product_id: int | None
    min_age: int | None = None
    max_age: int | None = None
    max_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    only_if_enough: bool = False  # one dose, for people to whom one is enough

    @property
    def products(self) -> frozenset[int]:
        return frozenset(p for p in (self.first_product_id, self.second_product_id) if p is not None)


@dataclass(frozen=True, slots=True)
class Asker:
    """What the rules look at. `accepted` empty: every product; `first_product_id`: a dose already given."""

    birth_date: date
    accepted: frozenset[int] = field(default_factory=frozenset)
    first_product_id: int | None = None
    first_given_on: date | None = None
    one_dose_enough: bool = False


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Eligible when some way is open; else every bar that was met, the most telling first."""

    is_eligible: bool
    bars: tuple[WhyNot, ...] = ()


def assess(asker: Asker, ways: Iterable[Way], today: date, until: date) -> Eligibility:
    """Try every way between today and the programme's last day."""
    bars = [_bar(asker, way, today, until) for way in ways]
    if None in bars:
        return Eligibility(True)
    met = set(bars) or {WhyNot.NO_RULE}
    return Eligibility(False, tuple(why for why in _TELLING if why in met))


def _bar(asker: Asker, way: Way, today: date, until: date) -> WhyNot | None:
    if way.max_age is not None and age_on(asker.birth_date, today) > way.max_age:
        return WhyNot.TOO_OLD
    if way.min_age is not None and age_on(asker.birth_date, until) < way.min_age:
        return WhyNot.TOO_YOUNG
    if asker.first_product_id is None:
        return _bar_to_course(asker, way, today, until)
    return _bar_to_second_dose(asker, way, today)


def _bar_to_course(asker: Asker, way: Way, today: date, until: date) -> WhyNot | None:
    if asker.one_dose_enough and way.second_product_id is not None:
        return WhyNot.NO_SINGLE_DOSE
    if way.only_if_enough and not asker.one_dose_enough:
        return WhyNot.NO_RULE
    if (way.valid_to is not None and way.valid_to < today) or (
        way.valid_from is not None and way.valid_from > until
    ):
        return WhyNot.NO_RULE
    return WhyNot.PRODUCT_REFUSED if _refuses(asker, way.products) else None


def _bar_to_second_dose(asker: Asker, way: Way, today: date) -> WhyNot | None:
    given_on = asker.first_given_on or today
    if way.second_product_id is None or way.first_product_id != asker.first_product_id:
        return WhyNot.OTHER_FIRST_PRODUCT
    if not may_begin_on(way, given_on):
        return WhyNot.NOT_FOR_THAT_DATE
    if way.max_days is not None and given_on + timedelta(way.max_days) < today:
        return WhyNot.INTERVAL_PASSED
    return WhyNot.PRODUCT_REFUSED if _refuses(asker, frozenset({way.second_product_id})) else None


def _refuses(asker: Asker, products: frozenset[int]) -> bool:
    return bool(asker.accepted) and not products <= asker.accepted
