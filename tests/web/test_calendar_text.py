"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.public.calendar_text import MOST_DAYS, TooManyDays, UnreadableDay, read_days

BASTILLE = date(2027, 7, 14)


@pytest.mark.parametrize(
    "typed",
    [
        "14 7 2027", "14/07/2027", "14.7.2027", "14-7-2027", "14 juillet 2027", "14 July 2027",
        "le 14 juil. 2027",
        "14 JUILLET 2027 ", "14th July 2027", "the 14 july, 2027", "14 7 2027\n14/7/2027", "14 7 2027;",
    ],
)  # fmt: skip
def test_one_day(typed: str) -> None:
    assert read_days(typed) == (BASTILLE,)


@pytest.mark.parametrize(
    "typed",
    [
        "1 8 2027 - 3 8 2027", "du 1er août 2027 au 3 août 2027", "from 1 August 2027 to 3 August 2027",
        "1/8/2027 – 3/8/2027", "1 8 2027 au 3 8 2027", "1 8 2027 until 3 8 2027",
        "3 8 2027\n1 8 2027\n2 8 2027",
        "1er août 2027 jusqu’au 3 août 2027",
    ],
)  # fmt: skip
def test_a_run_of_days(typed: str) -> None:
    assert read_days(typed) == (date(2027, 8, 1), date(2027, 8, 2), date(2027, 8, 3))


def test_nothing() -> None:
    assert read_days(" \n ") == ()


@pytest.mark.parametrize(
    "typed",
    ["tomorrow", "31 2 2027", "14 7", "14 7 27", "3 8 2027 - 1 8 2027", "14 7 2027 maybe", "14 ma 2027"],
)
def test_what_cannot_be_read_is_named(typed: str) -> None:
    with pytest.raises(UnreadableDay) as refused:
        read_days(typed)
    assert refused.value.line == typed


def test_who_is_always_away_is_asked_for_less() -> None:
    with pytest.raises(TooManyDays):
        read_days("1/1/2027 - 31/12/2027")
    assert len(read_days("1/1/2027 - 30/4/2027")) == MOST_DAYS


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        days = read_days(typed)
    except (UnreadableDay, TooManyDays):
        return
    assert list(days) == sorted(set(days))


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["%d/%m/%Y", "%d %m %Y", "%d.%m.%Y"]))
def test_every_day_is_read_as_it_is_written(day: date, shape: str) -> None:
    assert read_days(day.strftime(shape)) == (day,)
