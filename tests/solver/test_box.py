"""How far a price may go in one step: further when it keeps going, less far when it goes to and fro."""

import numpy as np

from solver.large.box import Box


def test_a_row_begins_with_the_points_or_a_share_of_its_price() -> None:
    np.testing.assert_allclose(Box(2, 8.0).widths(np.array([10.0, 1000.0])), [8.0, 80.0])


def test_a_price_that_runs_into_the_same_edge_again_may_go_further() -> None:
    box, centre = Box(2), np.array([50.0, 50.0])
    for _ in range(3):
        box.stepped(centre + [box.widths(centre)[0], 1.0], centre)
    wide, plain = box.widths(centre)
    assert wide == 4 * 8.0
    assert plain == 8.0


def test_a_price_that_goes_to_and_fro_may_go_less_far() -> None:
    box, centre = Box(1), np.array([50.0])
    box.stepped(centre + box.widths(centre), centre)
    box.stepped(centre - box.widths(centre), centre)
    assert box.widths(centre)[0] == 4.0


def test_it_calms_down_once_the_price_stays_inside() -> None:
    box, centre = Box(1), np.array([50.0])
    for _ in range(4):
        box.stepped(centre + box.widths(centre), centre)
    before = box.widths(centre)[0]
    for _ in range(20):
        box.stepped(centre + 0.5, centre)
    assert before == 64.0
    assert 8.0 <= box.widths(centre)[0] < 8.1


def test_nothing_is_the_least_price_and_no_edge() -> None:
    box, centre = Box(1), np.array([3.0])
    for _ in range(3):
        box.stepped(np.array([0.0]), centre)
    assert box.widths(centre)[0] == 8.0


def test_all_are_narrower_after_a_step_that_proved_nothing_but_never_nothing() -> None:
    box, centre = Box(2), np.array([50.0, 0.0])
    box.narrow()
    np.testing.assert_allclose(box.widths(centre), [5.6, 5.6])
    for _ in range(30):
        box.narrow()
    np.testing.assert_allclose(box.widths(centre), [4.0, 4.0])


def test_rows_that_come_later_begin_like_the_others_did() -> None:
    box = Box(1)
    box.narrow()
    box.extend(1)
    np.testing.assert_allclose(box.widths(np.array([0.0, 0.0])), [5.6, 8.0])
