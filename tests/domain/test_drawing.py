"""Drawing whole vials: what the greedy rule says against every way there is."""

from datetime import date, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.drawing import Supply, can_draw, draw, reserve, unopened, whole_vials

DAY = date(2027, 5, 3)


def day(number: int) -> date:
    return DAY + timedelta(number)


def lot(doses: int, first: int, last: int, lot_id: int = 1) -> Supply:
    return Supply(lot_id, doses, day(first), day(last))


def test_vials_are_opened_whole() -> None:
    assert [whole_vials(n, 6) for n in (0, 1, 6, 7)] == [0, 6, 6, 12]
    assert unopened([lot(13, 0, 9), lot(5, 0, 9)], 6) == [lot(12, 0, 9)]


def test_what_expires_first_goes_first() -> None:
    left = draw([lot(6, 0, 9, 2), lot(6, 0, 3, 1)], {day(1): 6})
    assert left == [lot(6, 0, 9, 2)]


def test_a_day_outside_every_lot_gets_nothing() -> None:
    assert draw([lot(6, 2, 3)], {day(1): 1}) is None
    assert draw([lot(6, 2, 3)], {day(4): 1}) is None


def test_the_rest_of_todays_vials_lasts_for_today_only() -> None:
    ten_left = [lot(10, 0, 9)]
    assert can_draw(ten_left, {day(0): 4, day(1): 6}, day(0), 6)
    assert not can_draw(ten_left, {day(0): 5, day(1): 6}, day(0), 6)


def test_later_doses_are_put_aside_from_what_arrives_last() -> None:
    early, late = lot(6, 0, 9, 1), lot(6, 5, 9, 2)
    assert reserve([early, late], {day(8): 6}) == [early]


LOTS = st.lists(
    st.builds(
        lambda doses, first, length: lot(doses, first, first + length),
        st.integers(1, 3), st.integers(0, 4), st.integers(0, 3),
    ),
    max_size=4,
)  # fmt: skip
NEEDS = st.dictionaries(st.integers(0, 5).map(day), st.integers(1, 3), max_size=3)


def possible(lots: list[Supply], needs: dict[date, int]) -> bool:
    """Whether any way of giving each dose of each day a lot's dose serves them all."""
    doses = [on for on, n in needs.items() for _ in range(n)]
    for choice in product(range(len(lots)), repeat=len(doses)):
        left = [supply.doses for supply in lots]
        for at, on in zip(choice, doses, strict=True):
            left[at] -= lots[at].first <= on <= lots[at].last
            if not lots[at].first <= on <= lots[at].last:
                left[at] = -1
        if min(left, default=0) >= 0:
            return True
    return not doses


@given(LOTS, NEEDS)
def test_first_expired_first_out_serves_whatever_can_be_served(
    lots: list[Supply], needs: dict[date, int]
) -> None:
    if sum(needs.values()) > 6:
        return
    answer = possible(lots, needs)
    assert (draw(lots, needs) is not None) == answer
    assert (reserve(lots, needs) is not None) == answer


@given(LOTS, NEEDS, NEEDS)
def test_putting_aside_first_loses_nothing(
    lots: list[Supply], early: dict[date, int], late: dict[date, int]
) -> None:
    last = max(early, default=day(-1))
    late = {on: n for on, n in late.items() if on > last}
    aside = reserve(lots, late)
    assert (draw(lots, early | late) is not None) == (aside is not None and draw(aside, early) is not None)
