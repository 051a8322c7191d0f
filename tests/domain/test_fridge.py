"""Days with a dose left, found in one go, are those that a trial of every day finds."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.drawing import Supply
from vaccination.domain.fridge import Fridge, day_of

TODAY = date(2027, 5, 3)
DAYS = 9


@st.composite
def fridges(draw: st.DrawFn) -> Fridge:
    lots = [
        Supply(
            n, draw(st.integers(1, 14)), day_of(TODAY, first), day_of(TODAY, first + draw(st.integers(0, 6)))
        )
        for n, first in enumerate(draw(st.lists(st.integers(-2, 6), max_size=4)))
    ]
    promised = draw(st.dictionaries(st.integers(0, DAYS - 1), st.integers(0, 7), max_size=5))
    return Fridge(
        lots,
        draw(st.sampled_from((1, 3, 6))),
        TODAY,
        Counter({day_of(TODAY, d): n for d, n in promised.items()}),
    )


@given(fridges())
def test_days_with_a_dose(fridge: Fridge) -> None:
    one_by_one = [n for n in range(1, DAYS) if fridge.holds({TODAY + timedelta(n): 1})]
    spare = fridge.spare(DAYS)
    assert [n for n in range(DAYS) if spare.days >> n & 1] == one_by_one
    assert spare.vials > 0 or spare.days == spare.opened


@given(fridges(), st.integers(2, 6))
def test_no_day_with_doses_for_a_household_is_missed(fridge: Fridge, doses: int) -> None:
    one_by_one = {n for n in range(1, DAYS) if fridge.holds({TODAY + timedelta(n): doses})}
    spare = fridge.spare(DAYS, doses)
    assert one_by_one <= {n for n in range(DAYS) if spare.days >> n & 1}
    opened = {n for n in range(DAYS) if spare.opened >> n & 1}
    assert opened <= one_by_one
