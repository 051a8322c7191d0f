"""The slot grid, on ordinary days and on the two nights of the year when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.slots import OpeningHours, local_instant, overlapping, slot_starts, start_minutes

PARIS = "Europe/Paris"
SPRING = date(2027, 3, 28)  # 02:00 becomes 03:00
AUTUMN = date(2027, 10, 31)  # 03:00 becomes 02:00
ZONES = (
    PARIS,
    "Indian/Reunion",
    "America/Cayenne",
    "Pacific/Noumea",
    "America/Miquelon",
    "Australia/Lord_Howe",
)

minutes = st.integers(0, 23 * 60 + 59)
runs = st.builds(
    lambda a, b, stations, dose, slot: OpeningHours(
        0, time(*divmod(min(a, b), 60)), time(*divmod(max(a, b), 60)), stations, dose, slot
    ),
    minutes, minutes, st.integers(1, 40), st.integers(1, 60), st.integers(1, 120),
)  # fmt: skip


def a_day(opens: str, closes: str, **named: int) -> OpeningHours:
    ordinary = dict(stations=2, minutes_per_dose=5, slot_minutes=10)
    hours = {**ordinary, **named}
    return OpeningHours(0, time.fromisoformat(opens), time.fromisoformat(closes), **hours)


def test_two_stations_of_five_minutes_seat_four_people_in_ten() -> None:
    assert a_day("09:00", "12:00").seats == 4
    assert a_day("09:00", "12:00").seats_a_day == 4 * 18


def test_part_of_a_person_is_nobody() -> None:
    assert a_day("09:00", "12:00", stations=1, minutes_per_dose=7).seats == 1
    assert a_day("09:00", "12:00", stations=1, minutes_per_dose=11).seats == 0


@pytest.mark.parametrize(
    ("closes", "last"), [("09:29", 9 * 60 + 10), ("09:30", 9 * 60 + 20), ("09:31", 9 * 60 + 20)]
)
def test_a_slot_that_would_end_after_closing_is_not_opened(closes: str, last: int) -> None:
    assert max(start_minutes(time(9), time.fromisoformat(closes), 10)) == last


def test_the_same_wall_clock_is_another_moment_in_summer() -> None:
    winter = slot_starts(date(2027, 1, 15), a_day("09:00", "09:10"), PARIS)
    summer = slot_starts(date(2027, 7, 15), a_day("09:00", "09:10"), PARIS)
    assert [s.starts_at for s in winter] == [datetime(2027, 1, 15, 8, 0, tzinfo=UTC)]
    assert [s.starts_at for s in summer] == [datetime(2027, 7, 15, 7, 0, tzinfo=UTC)]


def test_an_hour_that_the_clock_skips_has_no_slots() -> None:
    starts = slot_starts(SPRING, a_day("01:30", "03:30", slot_minutes=30), PARIS)
    assert [s.minute for s in starts] == [90, 180]
    assert starts[1].starts_at - starts[0].starts_at == timedelta(minutes=30)


def test_an_hour_that_comes_twice_has_its_slots_once() -> None:
    starts = slot_starts(AUTUMN, a_day("01:30", "03:30", slot_minutes=30), PARIS)
    assert [s.minute for s in starts] == [90, 120, 150, 180]
    assert starts[1].starts_at == datetime(2027, 10, 31, 0, 0, tzinfo=UTC)
    assert starts[3].starts_at - starts[2].starts_at == timedelta(minutes=90)


@given(run=runs, zone=st.sampled_from(ZONES), day=st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_every_slot_is_shown_by_the_clock_on_the_wall(run: OpeningHours, zone: str, day: date) -> None:
    starts = slot_starts(day, run, zone)
    for start in starts:
        seen = start.starts_at.astimezone(ZoneInfo(zone))
        assert (seen.date(), seen.hour * 60 + seen.minute) == (day, start.minute)
    instants = [start.starts_at for start in starts]
    assert instants == sorted(set(instants))


@given(run=runs, zone=st.sampled_from(ZONES), day=st.sampled_from((SPRING, AUTUMN, date(2027, 5, 3))))
def test_no_slot_is_lost_but_those_the_clock_skips(run: OpeningHours, zone: str, day: date) -> None:
    wanted = start_minutes(run.opens, run.closes, run.slot_minutes)
    skipped = [m for m in wanted if local_instant(day, m, ZoneInfo(zone)) is None]
    assert [s.minute for s in slot_starts(day, run, zone)] == [m for m in wanted if m not in skipped]
    if day == date(2027, 5, 3):
        assert not skipped


def test_touching_runs_do_not_overlap() -> None:
    morning, noon, late = a_day("09:00", "12:00"), a_day("12:00", "14:00"), a_day("13:59", "18:00")
    assert overlapping([noon, morning]) == []
    assert overlapping([morning, noon, late]) == [(noon, late)]
