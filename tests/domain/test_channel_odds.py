"""Channels are compared with the web inside each priority."""

import pytest

from vaccination.domain.channel_odds import Tally, odds
from vaccination.domain.requests import Channel

WEB = [Tally(Channel.WEB, 1, 100, 80), Tally(Channel.WEB, 5, 100, 20)]


def test_the_old_who_call_are_compared_with_the_old_who_click() -> None:
    _web, phone = odds([*WEB, Tally(Channel.PHONE, 1, 50, 40)], {})
    assert (phone.share, phone.expected, phone.gap) == (0.8, 0.8, 0.0)


def test_a_channel_that_is_served_less_shows() -> None:
    _web, phone = odds([*WEB, Tally(Channel.PHONE, 1, 20, 8), Tally(Channel.PHONE, 5, 20, 4)], {})
    assert (phone.share, phone.expected) == (0.3, 0.5)
    assert phone.gap == pytest.approx(-0.2)


def test_the_web_is_its_own_measure() -> None:
    (web,) = odds(WEB, {})
    assert (web.share, web.expected) == (0.5, 0.5)


@pytest.mark.parametrize("tally", [Tally(Channel.PHONE, 1, 10, 5), Tally(Channel.PHONE, 9, 50, 5)])
def test_too_few_people_or_nobody_to_compare_with_say_nothing(tally: Tally) -> None:
    assert odds([*WEB, tally], {})[1].gap is None


def test_the_middle_person_s_wait_is_told() -> None:
    (web,) = odds(WEB, {Channel.WEB: {3: 2, 10: 1, 40: 2}})
    assert web.days_waited == 10
