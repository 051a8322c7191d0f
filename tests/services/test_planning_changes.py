"""Problems with a few more or fewer seats or doses."""

import pytest

from tests.solver.instances import NINE, lot, problem, slot
from vaccination.services.planning.changes import (
    DoseChange,
    NothingToChange,
    SeatChange,
    with_doses,
    with_seats,
)


def test_seats_are_added_at_every_start_of_the_day_and_bands() -> None:
    asked = problem(slots=[slot(1), slot(1, NINE + 5), slot(1, 14 * 60), slot(2), slot(1, centre=1)])
    changed, seats = with_seats(asked, SeatChange(0, 1, bands=1, amount=3))
    assert seats == 6 and changed.slots.seats.tolist() == [4, 4, 1, 1, 1]
    assert asked.slots.seats.tolist() == [1] * 5


def test_there_are_never_fewer_seats_than_none() -> None:
    asked = problem(slots=[slot(1, seats=2), slot(1, NINE + 5, seats=5)])
    changed, seats = with_seats(asked, SeatChange(0, 1, bands=7, amount=-3))
    assert seats == -5 and changed.slots.seats.tolist() == [0, 2]


@pytest.mark.parametrize("change", [SeatChange(0, 3, 7, 1), SeatChange(0, 1, 2, 1)])
def test_seats_where_nobody_works_change_nothing(change: SeatChange) -> None:
    with pytest.raises(NothingToChange):
        with_seats(problem(slots=[slot(1)]), change)


@pytest.mark.parametrize(("asked_for", "come"), [(1, 6), (6, 6), (7, 12), (100, 102)])
def test_doses_come_in_whole_vials(asked_for: int, come: int) -> None:
    asked = problem(lots=[lot(12, 0, 30), lot(12, 5, 40)], vials=(6,))
    changed, doses = with_doses(asked, DoseChange(0, 0, day=10, amount=asked_for))
    assert doses == come
    new = changed.lots
    assert (new.doses[-1], new.first_day[-1], new.last_day[-1]) == (come, 10, 40)
    assert len(new) == 3 and len(asked.lots) == 2


def test_fewer_doses_are_taken_from_what_comes_last() -> None:
    asked = problem(lots=[lot(12, 0, 30), lot(12, 5, 40), lot(12, 0, 3)], vials=(6,))
    changed, doses = with_doses(asked, DoseChange(0, 0, day=10, amount=-13))
    assert doses == -18 and changed.lots.doses.tolist() == [6, 0, 12]


def test_no_more_doses_are_taken_than_there_are() -> None:
    asked = problem(lots=[lot(12, 0, 30)], vials=(6,))
    assert with_doses(asked, DoseChange(0, 0, 10, -100))[1] == -12
    with pytest.raises(NothingToChange):
        with_doses(asked, DoseChange(0, 0, 31, -100))
