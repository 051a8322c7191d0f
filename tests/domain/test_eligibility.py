"""Whether there is a way to vaccinate somebody, and what bars it."""

from dataclasses import replace
from datetime import date

import pytest

from vaccination.domain.eligibility import Asker, Way, WhyNot, assess

TODAY, UNTIL = date(2027, 5, 3), date(2027, 7, 26)
RED, BLUE = 1, 2
RED_PAIR = Way(RED, RED, min_age=12, max_days=49)
BLUE_SINGLE = Way(BLUE, None, min_age=55)
WAYS = (RED_PAIR, BLUE_SINGLE)
ADULT = Asker(birth_date=date(1990, 1, 1))


def test_one_open_way_is_enough() -> None:
    assert assess(ADULT, WAYS, TODAY, UNTIL).is_eligible
    assert assess(replace(ADULT, accepted=frozenset({RED})), WAYS, TODAY, UNTIL).is_eligible


@pytest.mark.parametrize(
    ("asker", "bar"),
    [
        (Asker(date(2020, 1, 1)), WhyNot.TOO_YOUNG),
        (replace(ADULT, accepted=frozenset({BLUE})), WhyNot.PRODUCT_REFUSED),
        (replace(ADULT, first_product_id=BLUE, first_given_on=date(2027, 4, 1)), WhyNot.OTHER_FIRST_PRODUCT),
        (replace(ADULT, first_product_id=RED, first_given_on=date(2027, 1, 1)), WhyNot.INTERVAL_PASSED),
    ],
)
def test_the_most_telling_bar_comes_first(asker: Asker, bar: WhyNot) -> None:
    verdict = assess(asker, WAYS, TODAY, UNTIL)
    assert not verdict.is_eligible
    assert verdict.bars[0] is bar


def test_who_reaches_the_age_before_the_end_may_ask_now() -> None:
    assert assess(Asker(date(2015, 7, 20)), WAYS, TODAY, UNTIL).is_eligible
    assert not assess(Asker(date(2015, 7, 27)), WAYS, TODAY, UNTIL).is_eligible


def test_who_is_too_old_today_is_too_old() -> None:
    verdict = assess(ADULT, (replace(RED_PAIR, max_age=36),), TODAY, UNTIL)
    assert verdict.bars == (WhyNot.TOO_OLD,)


def test_a_second_dose_follows_the_rule_of_the_day_of_the_first() -> None:
    dated = replace(RED_PAIR, valid_from=date(2027, 4, 10))
    waiting = replace(ADULT, first_product_id=RED, first_given_on=date(2027, 4, 9))
    assert assess(waiting, (dated,), TODAY, UNTIL).bars == (WhyNot.NOT_FOR_THAT_DATE,)
    assert assess(replace(waiting, first_given_on=date(2027, 4, 10)), (dated,), TODAY, UNTIL).is_eligible


def test_the_last_day_of_the_interval_still_counts() -> None:
    waiting = replace(ADULT, first_product_id=RED, first_given_on=date(2027, 3, 15))  # 49 days ago
    assert assess(waiting, WAYS, TODAY, UNTIL).is_eligible
    assert not assess(replace(waiting, first_given_on=date(2027, 3, 14)), WAYS, TODAY, UNTIL).is_eligible


def test_a_programme_without_rules_has_no_way() -> None:
    assert assess(ADULT, (), TODAY, UNTIL).bars == (WhyNot.NO_RULE,)


def test_a_rule_that_has_ended_is_no_way() -> None:
    ended = replace(RED_PAIR, valid_to=date(2027, 5, 2))
    assert assess(ADULT, (ended,), TODAY, UNTIL).bars == (WhyNot.NO_RULE,)


def test_who_needs_one_dose_only_needs_a_way_of_one_dose() -> None:
    enough = replace(ADULT, one_dose_enough=True)
    only = Way(RED, None, min_age=12, only_if_enough=True)
    assert assess(enough, WAYS, TODAY, UNTIL).bars[0] is WhyNot.NO_SINGLE_DOSE
    assert assess(enough, (*WAYS, only), TODAY, UNTIL).is_eligible


def test_a_way_for_those_to_whom_one_dose_is_enough_is_for_nobody_else() -> None:
    assert not assess(ADULT, (Way(RED, None, only_if_enough=True),), TODAY, UNTIL).is_eligible
