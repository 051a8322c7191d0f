"""Which promised doses will not be there."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import TODAY
from vaccination.domain.drawing import Supply, can_draw
from vaccination.domain.shortfall import shortfalls, there_by

VIAL = 6


def day(n: int) -> date:
    return TODAY + timedelta(n)


def lot(doses: int, first: int = 0, last: int = 9, lot_id: int = 1) -> Supply:
    return Supply(lot_id, doses, day(first), day(last))


def test_enough_is_no_shortfall() -> None:
    assert shortfalls([lot(12)], {day(1): 6, day(2): 6}, TODAY, VIAL) == {}


def test_each_day_opens_its_own_vials() -> None:
    assert shortfalls([lot(12)], {day(1): 1, day(2): 1, day(3): 1}, TODAY, VIAL) == {day(3): 1}


def test_todays_open_vial_serves_today() -> None:
    assert shortfalls([lot(4)], {TODAY: 4}, TODAY, VIAL) == {}
    assert shortfalls([lot(4)], {day(1): 4}, TODAY, VIAL) == {day(1): 4}


def test_a_lot_serves_inside_its_days_only() -> None:
    supplies = [lot(6, 0, 2), lot(6, 5, 9, 2)]
    assert shortfalls(supplies, {day(2): 6, day(3): 2, day(5): 6}, TODAY, VIAL) == {day(3): 2}


def test_what_came_stays_counted_when_its_lot_expires() -> None:
    supplies = [lot(6, 0, 2), lot(6, 5, 9, 2)]
    assert [there_by(supplies, day(n)) for n in (0, 3, 5)] == [6, 6, 12]


@given(
    st.lists(
        st.builds(lot, st.integers(0, 20), st.integers(0, 3), st.integers(3, 6), st.integers(1, 9)),
        max_size=4,
    ),
    st.dictionaries(st.integers(0, 7).map(day), st.integers(1, 9), max_size=4),
)
def test_nothing_is_missing_exactly_where_all_can_be_drawn(
    supplies: list[Supply], promised: dict[date, int]
) -> None:
    assert (not shortfalls(supplies, promised, TODAY, VIAL)) is can_draw(supplies, promised, TODAY, VIAL)
