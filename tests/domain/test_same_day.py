"""The rule by which people are asked for doses of the day."""

from datetime import timedelta

import pytest

from tests.builders import NOW
from vaccination.domain.same_day import answer_by, distance_band, to_ask, turn


@pytest.mark.parametrize(("km", "band"), [(0, 0), (5, 0), (5.1, 1), (10, 1), (20, 2), (20.1, 3), (900, 3)])
def test_distance_counts_in_bands(km: float, band: int) -> None:
    assert distance_band(km) == band


def test_rank_comes_before_distance_and_distance_before_the_draw() -> None:
    order = sorted([(2, 0, 3), (1, 3, 1), (1, 0, 2)], key=lambda one: turn(one[0], one[1], 7, one[2]))
    assert order == [(1, 0, 2), (1, 3, 1), (2, 0, 3)]


def test_among_equals_the_seed_decides_and_not_who_asked_first() -> None:
    def drawn(seed: int) -> list[int]:
        return sorted(range(1, 31), key=lambda request_id: turn(5, 0, seed, request_id))

    assert drawn(7) == drawn(7) != drawn(8)
    assert drawn(7) != sorted(drawn(7))


def test_two_people_a_dose_may_think_at_a_time() -> None:
    assert [to_ask(12, thinking) for thinking in (0, 20, 24, 30)] == [24, 4, 0, 0]
    assert to_ask(0, 0) == 0


def test_an_invitation_is_no_longer_good_than_the_dose() -> None:
    assert answer_by(NOW, 20, NOW + timedelta(hours=2)) == NOW + timedelta(minutes=20)
    assert answer_by(NOW, 20, NOW + timedelta(minutes=15)) == NOW + timedelta(minutes=15)
