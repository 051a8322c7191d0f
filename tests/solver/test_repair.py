"""A published plan mended: what can stay stays, what cannot moves as little as possible."""

from typing import Any

import pytest

from solver.contract import NONE, Plan, Problem, ProblemRefused
from solver.replanning.changes import (
    Change,
    ChangeInterval,
    CloseCentre,
    CutDelivery,
    CutHours,
    DelayLots,
    RecallLots,
    Which,
    WithdrawProduct,
    changed,
    published,
)
from solver.replanning.disturbance import Disturbance, Fate, disturbance_of
from solver.replanning.least_moves import least_disturbed
from solver.replanning.repairing import repaired
from solver.replanning.replan import Alternative, released, replan, under_one_bound
from solver.supply import supply_of
from tests.solver.instances import (
    NINE,
    NOTHING,
    SINGLE_DOSE,
    Chosen,
    by_hand,
    choices,
    lot,
    params,
    problem,
    promise,
    slot,
)
from tests.solver.verdict import verdict

NOON = 12 * 60
SINGLE = [SINGLE_DOSE]


def mended(of: Problem, told: list[Chosen], *changes: Change) -> tuple[Plan, Disturbance]:
    """The repair after the changes, judged; never better than the least that is possible."""
    now, _ = released(changed(published(of, by_hand(of, told)), changes))
    found = repaired(now, params())
    assert verdict(now, found) == set()
    assert ((found.why_unplanned == 0) == (found.schedule != NONE)).all()
    made = disturbance_of(now, found)
    assert least_disturbed(now, supply_of(now)) <= made.people
    assert made.people <= made.moved + made.otherwise + made.dropped
    return found, made


def fates(made: Disturbance) -> list[str]:
    return [Fate(fate).name for fate in made.fate.tolist()]


def test_nothing_moves_when_nothing_changed() -> None:
    """Although the plan is a bad one: somebody comes late, and the less urgent comes early."""
    of = problem(requests=[{}, {"priority": 5}], slots=[slot(0), slot(7), slot(28), slot(35)], lots=[lot(4)])
    told = [(0, 1, 3), (0, 0, 2)]
    found, made = mended(of, told)
    assert choices(found) == told
    assert made.people == 0


def test_a_lost_delivery_moves_one_dose_and_keeps_the_other() -> None:
    """The first dose of day 7 is lost; day 5 has one, and day 35 is still in its interval."""
    of = problem(
        requests=[{}],
        slots=[slot(5), slot(7), slot(35), slot(56)],
        lots=[lot(1, 5, 6), lot(1, 7, 9), lot(2, 35)],
    )
    found, made = mended(of, [(0, 1, 2)], CutDelivery(Which(lots=(1,))))
    assert choices(found) == [(0, 0, 2)]
    assert fates(made) == ["SAME_CENTRE", "STANDS"]


def test_a_late_delivery_moves_what_was_before_it() -> None:
    of = problem(requests=[{}], slots=[slot(3), slot(9)], lots=[lot(1, 0, 20)], schedules=SINGLE)
    found, _ = mended(of, [(0, 0, NONE)], DelayLots(Which(product=0), 5))
    assert choices(found) == [(0, 1, NONE)]


def test_a_recalled_lot_moves_only_those_for_whom_no_other_is_left() -> None:
    of = problem(
        requests=[{"priority": 1}, {"priority": 2}, {"priority": 5}],
        slots=[slot(3, seats=3)],
        lots=[lot(2), lot(1)],
        schedules=SINGLE,
    )
    found, made = mended(of, [(0, 0, NONE)] * 3, RecallLots(Which(lots=(1,))))
    assert choices(found) == [(0, 0, NONE), (0, 0, NONE), NOTHING]
    assert made.dropped == 1


def test_a_closed_centre_sends_people_to_another_day_before_another_centre() -> None:
    of = problem(
        requests=[{}],
        centres=[(0.0, 0.0, True), (0.01, 0.0, True)],
        slots=[slot(3), slot(4), slot(3, centre=1)],
        lots=[lot(1), lot(1, centre=1)],
        schedules=SINGLE,
    )
    found, made = mended(of, [(0, 0, NONE)], CloseCentre(0, 3, 3))
    assert choices(found) == [(0, 1, NONE)]
    assert fates(made) == ["SAME_CENTRE"]


def test_a_closed_centre_sends_people_elsewhere_where_nothing_is_left() -> None:
    of = problem(
        requests=[{}],
        centres=[(0.0, 0.0, True), (0.01, 0.0, True)],
        slots=[slot(3), slot(3, centre=1)],
        lots=[lot(1), lot(1, centre=1)],
        schedules=SINGLE,
    )
    assert fates(mended(of, [(0, 0, NONE)], CloseCentre(0, 0, 9))[1]) == ["OTHER_CENTRE"]


@pytest.mark.parametrize(
    ("slots", "cut", "fate", "to"),
    [
        ([slot(3), slot(3, NINE + 10, 2), slot(3, NOON)], 0.5, "SAME_HALF_DAY", 1),
        ([slot(3), slot(3, NOON), slot(4)], 1.0, "SAME_CENTRE", 1),
        ([slot(3), slot(4, NOON), slot(4, NINE)], 1.0, "SAME_CENTRE", 1),
    ],
)
def test_cut_hours_move_people_to_the_nearest_time(slots: list[Any], cut: float, fate: str, to: int) -> None:
    """Another start of the half-day, else another part of the day, else the same part of another day."""
    of = problem(requests=[{}], slots=slots, lots=[lot(1)], schedules=SINGLE)
    change = CutHours(last_day=3, share=cut, bands=1)
    found, made = mended(of, [(0, 0, NONE)], change)
    assert fates(made) == [fate]
    assert found.first_slot.tolist() == [to]


def test_a_withdrawn_product_between_the_doses_is_followed_by_the_other() -> None:
    of = problem(
        requests=[{"first_product": 0, "first_day": -20}],
        slots=[slot(8), slot(9)],
        lots=[lot(1), lot(1, product=1)],
        vials=(1, 1),
    )
    found, made = mended(of, [(0, NONE, 0)], WithdrawProduct(0, then=1))
    assert choices(found) == [(1, NONE, 0)]
    assert fates(made) == ["OTHER_PRODUCT"]
    found, made = mended(of, [(0, NONE, 0)], WithdrawProduct(0))
    assert choices(found) == [NOTHING]
    assert made.dropped == 1


def test_a_changed_interval_moves_the_second_dose_only() -> None:
    of = problem(requests=[{}], slots=[slot(0), slot(14), slot(21), slot(42)], lots=[lot(2)])
    found, made = mended(of, [(0, 0, 2)], ChangeInterval(0, min_days=28, ideal_days=42))
    assert choices(found) == [(0, 0, 3)]
    assert fates(made) == ["STANDS", "SAME_CENTRE"]


def test_a_second_dose_stands_where_a_first_could_be_dropped() -> None:
    """One dose is left on the day; who has begun is the least urgent of all."""
    of = problem(
        requests=[{"priority": 1}, {"priority": 5, "first_product": 0, "first_day": -28}],
        slots=[slot(0, seats=2), slot(28)],
        lots=[lot(2, 0, 9), lot(1, 28)],
    )
    found, _ = mended(of, [(0, 0, 1), (0, NONE, 0)], CutDelivery(Which(lots=(0,)), doses=1))
    assert choices(found) == [NOTHING, (0, NONE, 0)]


def test_a_second_dose_that_loses_its_centre_takes_the_place_of_a_first() -> None:
    of = problem(
        requests=[{"priority": 1}, {"priority": 5, "first_product": 0, "first_day": -28}],
        centres=[(0.0, 0.0, True), (0.01, 0.0, True)],
        slots=[slot(0), slot(28), slot(0, centre=1)],
        lots=[lot(2), lot(1, centre=1)],
    )
    found, _ = mended(of, [(0, 0, 1), (0, NONE, 2)], CloseCentre(1, 0, 83))
    assert choices(found)[1][0] == 0


def test_second_doses_of_early_first_doses_stand_before_first_doses() -> None:
    """Day 28: the second of who came on day 0, and the first of somebody more urgent."""
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}],
        slots=[slot(0), slot(28, seats=2), slot(56)],
        lots=[lot(1, 0, 9), lot(2, 28, 30), lot(1, 56)],
    )
    found, _ = mended(of, [(0, 0, 1), (0, 1, 2)], CutDelivery(Which(lots=(1,)), doses=1))
    assert choices(found) == [(0, 0, 1), NOTHING]


def test_who_asked_in_vain_gets_what_the_change_sets_free() -> None:
    """Half a pair is lost, so the other half is free; the one without promise can use it."""
    of = problem(
        requests=[{}, {"first_product": 0, "first_day": 0, "priority": 5}],
        slots=[slot(0), slot(28)],
        lots=[lot(1, 0, 9), lot(1, 28)],
    )
    found, made = mended(of, [(0, 0, 1), NOTHING], CutDelivery(Which(lots=(0,))))
    assert choices(found) == [NOTHING, (0, NONE, 1)]
    assert (made.dropped, made.fresh) == (1, 1)


def test_a_household_stays_or_goes_as_one() -> None:
    """Two doses for three: the household of two stays where it is more urgent, and else the single."""
    for priority, left in ((1, [True, True, False]), (5, [False, False, True])):
        of = problem(
            requests=[{"household": 7, "priority": priority}] * 2 + [{"priority": 3}],
            slots=[slot(3, seats=3)],
            lots=[lot(3)],
            schedules=SINGLE,
        )
        doses = 1 if priority == 1 else 2
        found, _ = mended(of, [(0, 0, NONE)] * 3, CutDelivery(Which(), doses=doses))
        assert (found.schedule != NONE).tolist() == left


def test_a_pinned_appointment_stands_before_all_others() -> None:
    of = problem(
        requests=[{"priority": 1}, {"priority": 5}],
        slots=[slot(3, seats=2)],
        lots=[lot(2)],
        schedules=SINGLE,
        promised=[promise(1, 1, 3, pinned=True)],
    )
    found, _ = mended(of, [(0, 0, NONE)] * 2, CutDelivery(Which(), doses=1))
    assert choices(found) == [NOTHING, (0, 0, NONE)]


def test_a_pinned_appointment_that_cannot_stand_is_let_go() -> None:
    of = problem(
        requests=[{}],
        slots=[slot(3), slot(5)],
        lots=[lot(2)],
        schedules=SINGLE,
        promised=[promise(0, 1, 3, pinned=True)],
    )
    now, many = released(changed(published(of, by_hand(of, [(0, 0, NONE)])), [CloseCentre(0, 3, 3)]))
    assert many == 1
    assert choices(repaired(now, params())) == [(0, 1, NONE)]


def test_a_change_that_leaves_people_outside_without_a_dose_is_refused() -> None:
    of = problem(slots=[slot(3)], lots=[lot(1)], promised=[promise(NONE, 1, 3, pinned=True)])
    with pytest.raises(ProblemRefused):
        released(changed(published(of, by_hand(of, [])), [CutDelivery(Which())]))


def test_the_alternatives_weigh_moves_and_drops_differently() -> None:
    """The urgent one's delivery is lost. To move is worth more than to drop her, by the policy's prices."""
    of = problem(
        requests=[{"priority": 1}, {"priority": 5}],
        slots=[slot(3), slot(9)],
        lots=[lot(1, 3, 3), lot(1, 9, 9)],
        schedules=SINGLE,
    )
    told = [(0, 0, NONE), (0, 1, NONE)]
    now, _ = released(changed(published(of, by_hand(of, told)), [CutDelivery(Which(lots=(0,)))]))
    found = replan(now, params=params())
    plans = {answer.alternative: choices(answer.plan) for answer in found.answers}
    assert found.least == 1
    assert plans[Alternative.REPAIR] == [NOTHING, (0, 1, NONE)]
    assert plans[Alternative.BALANCED] == plans[Alternative.AFRESH] == [(0, 1, NONE), NOTHING]
    assert len({answer.plan.bound for answer in found.answers}) == 1


def test_where_time_was_too_short_the_repair_is_the_balanced_answer() -> None:
    of = problem(requests=[{}], slots=[slot(3)], lots=[lot(1)], schedules=SINGLE)
    repair, nothing = by_hand(of, [(0, 0, NONE)], bound=2000.0), by_hand(of, [NOTHING], bound=1700.0)
    found = under_one_bound({Alternative.REPAIR: repair, Alternative.BALANCED: nothing})
    assert choices(found[Alternative.BALANCED]) == [(0, 0, NONE)]
    assert found[Alternative.BALANCED].notes
    assert {plan.bound for plan in found.values()} == {1700.0}
