"""Reminders by the calendar, and phones that stay quiet, through the nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from vaccination.domain.messages import MessageKind
from vaccination.domain.quiet import allowed_from, is_quiet, timezone_of_postcode
from vaccination.domain.reminders import Due, comes_too_soon, due, is_in_time, send_at

PARIS = "Europe/Paris"
ALL = (7, 2, 1)


def test_the_day_before_comes_after_two_in_the_afternoon() -> None:
    at_noon = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)  # 12:00 in Paris
    assert due(at_noon, PARIS, ALL) == [
        Due(MessageKind.REMINDER_TWO_DAYS, date(2027, 5, 5)),
        Due(MessageKind.REMINDER_WEEK, date(2027, 5, 10)),
    ]
    at_two = datetime(2027, 5, 3, 12, 0, tzinfo=UTC)
    assert due(at_two, PARIS, ALL)[0] == Due(MessageKind.REMINDER_DAY, date(2027, 5, 4))
    assert due(at_two, PARIS, ()) == []
    assert due(datetime(2027, 5, 3, 18, 0, tzinfo=UTC), PARIS, ALL) == []  # eight in the evening


@pytest.mark.parametrize("changes_on", [date(2026, 10, 25), date(2027, 3, 28)])
def test_every_reminder_is_due_on_one_day_around_a_change_of_clocks(changes_on: date) -> None:
    for offset in range(10):
        of_day = changes_on + timedelta(offset)
        for kind, days in ((MessageKind.REMINDER_DAY, 1), (MessageKind.REMINDER_TWO_DAYS, 2)):
            written_on = set()
            start = datetime(of_day.year, of_day.month, of_day.day, tzinfo=UTC) - timedelta(5)
            for step in range(6 * 24 * 6):  # every ten minutes for six days
                moment = start + timedelta(minutes=10 * step)
                if Due(kind, of_day) in due(moment, PARIS, ALL):
                    written_on.add(moment.date())
                    assert is_in_time(kind, moment, of_day, PARIS)
            assert written_on == {of_day - timedelta(days)}


def test_a_late_booking_needs_no_reminder_of_what_it_has_just_been_told() -> None:
    booked = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)
    assert comes_too_soon(MessageKind.REMINDER_WEEK, booked, date(2027, 5, 10), PARIS)
    assert not comes_too_soon(MessageKind.REMINDER_WEEK, booked, date(2027, 5, 11), PARIS)
    assert comes_too_soon(MessageKind.REMINDER_DAY, booked, date(2027, 5, 4), PARIS)
    assert not comes_too_soon(MessageKind.REMINDER_DAY, booked, date(2027, 5, 5), PARIS)


def test_many_are_spread_over_their_hours_and_late_ones_go_at_once() -> None:
    at_two = datetime(2027, 5, 3, 12, 0, tzinfo=UTC)
    moments = [send_at(MessageKind.REMINDER_DAY, at_two, PARIS, number) for number in range(200)]
    assert min(moments) == at_two
    assert max(moments) < at_two + timedelta(hours=2)
    late = datetime(2027, 5, 3, 17, 0, tzinfo=UTC)
    assert send_at(MessageKind.REMINDER_DAY, late, PARIS, 59) == late


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (datetime(2027, 5, 3, 18, 0, tzinfo=UTC), datetime(2027, 5, 4, 6, 0, tzinfo=UTC)),
        (datetime(2027, 5, 4, 3, 0, tzinfo=UTC), datetime(2027, 5, 4, 6, 0, tzinfo=UTC)),
        (datetime(2027, 5, 4, 6, 0, tzinfo=UTC), datetime(2027, 5, 4, 6, 0, tzinfo=UTC)),
        # the clocks go back in this night: eight in the morning is an hour later
        (datetime(2026, 10, 24, 18, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 19, 30, tzinfo=UTC), datetime(2027, 3, 28, 6, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_local_clock(moment: datetime, until: datetime) -> None:
    assert allowed_from(moment, PARIS, time(20), time(8)) == until


def test_quiet_hours_of_another_ocean() -> None:
    moment = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)  # noon in Paris, four in the morning in Guadeloupe
    assert not is_quiet(moment, PARIS, time(20), time(8))
    assert is_quiet(moment, timezone_of_postcode("97110"), time(20), time(8))
    assert timezone_of_postcode("45000") == PARIS


def test_quiet_in_the_middle_of_the_day() -> None:
    moment = datetime(2027, 5, 3, 11, 0, tzinfo=UTC)
    assert allowed_from(moment, PARIS, time(12), time(14)) == datetime(2027, 5, 3, 12, 0, tzinfo=UTC)
    assert not is_quiet(moment, PARIS, time(8), time(8))
