"""Who is left out is told the true reason and the nearest change that helps; other code tries both here.

The brute search of `tests.solver.brute` says what a unit could have beside the rest of a plan.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings

from solver.contract import (
    ALWAYS,
    NONE,
    Lots,
    NearestChange,
    Plan,
    Problem,
    ProblemRefused,
    Slots,
    WhyUnplanned,
)
from solver.explaining.explain import Explained, explain
from solver.market import market_of
from solver.pins import slot_rows
from solver.solve import baseline, solve
from tests.solver.brute import together
from tests.solver.drawing import problems
from tests.solver.instances import (
    KM_A_DEGREE,
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
from tests.solver.judge import Judge

Change = NearestChange
Why = WhyUnplanned
ONE_DOSE: dict[str, Any] = {"schedules": [SINGLE_DOSE]}
TWO_CENTRES = [(0.0, 0.0, True), (0.5, 0.0, True)]
MORNINGS = sum(1 << 3 * day for day in range(7))


def explained(of: Problem, made: Plan) -> Explained:
    market, units = market_of(of)
    return explain(market, units, made.schedule, made.first_slot, made.second_slot)


def changed(of: Problem, request: int, code: NearestChange, amount: float) -> Problem:
    """The problem in which the change is made: by the request's household, or by the region."""
    q, mine = of.requests, np.zeros(len(of.requests), dtype=np.bool_)
    mine[request] = True
    if q.household[request] != NONE and code is not Change.WITHOUT_HOUSEHOLD:
        mine |= q.household == q.household[request]
    if code is Change.ACCEPT_ABSENCE_DATES:
        return replace(of, requests=_never_away(of, mine))
    if code in (Change.MORE_SEATS, Change.MORE_SEATS_AND_DOSES):
        of = replace(of, slots=_more_slots(of))
    if code in (Change.MORE_DOSES, Change.MORE_SEATS_AND_DOSES):
        of = replace(of, lots=_more_lots(of))
    at_home = mine & np.isnan(q.second_lat) & (q.first_product == NONE)
    columns: dict[NearestChange, dict[str, Any]] = {
        Change.EARLIER: {"earliest": np.where(mine, np.maximum(q.earliest, 0) - int(amount), q.earliest)},
        Change.MORE_TIMES: {"availability": np.where(mine, ALWAYS, q.availability)},
        Change.SECOND_ELSEWHERE: {
            "second_lat": np.where(at_home, q.lat, q.second_lat),
            "second_lon": np.where(at_home, q.lon, q.second_lon),
        },
        Change.FARTHER: {"max_km": np.where(mine, amount, q.max_km)},
        Change.OTHER_PRODUCT: {"products": np.where(mine, (1 << len(of.products)) - 1, q.products)},
        Change.WITHOUT_HOUSEHOLD: {"household": np.where(mine, NONE, q.household)},
    }
    return replace(of, requests=replace(q, **columns.get(code, {})))


def _never_away(of: Problem, mine: np.ndarray) -> Any:
    q = of.requests
    many = np.diff(q.unavailable_at)
    keep = ~np.repeat(mine, many)
    at = np.concatenate([[0], np.cumsum(np.where(mine, 0, many))])
    return replace(q, unavailable_at=at, unavailable_days=q.unavailable_days[keep])


def _more_slots(of: Problem) -> Slots:
    z = of.slots
    had = dict(zip(zip(z.centre, z.day, z.minute, strict=True), z.seats, strict=True))
    for centre in range(len(of.centres)):
        for day in range(of.policy.days):
            for minute in (NINE, 13 * 60, 18 * 60):
                had[centre, day, minute] = had.get((centre, day, minute), 0) + 50
    rows = sorted((*place, seats) for place, seats in had.items())
    return Slots(*(np.array(column) for column in zip(*rows, strict=True)))


def _more_lots(of: Problem) -> Lots:
    x = of.lots
    rows = list(zip(x.centre, x.product, x.doses, x.first_day, x.last_day, strict=True))
    for centre in range(len(of.centres)):
        for product, vial in enumerate(of.products.doses_per_vial):
            rows += [(centre, product, 50 * vial, day, day) for day in range(of.policy.days)]
    return Lots(*(np.array(column) for column in zip(*rows, strict=True)))


def fits(of: Problem, chosen: list[Chosen], request: int) -> bool:
    """Whether the request's unit finds any place beside all others, by a search through all it could have."""
    judge, home = Judge(of), of.requests.household[request]
    members = [request] if home == NONE else np.flatnonzero(of.requests.household == home).tolist()
    for mine in together(judge, members):
        tried = [mine.get(row, had) for row, had in enumerate(chosen)]
        if not judge.broken(tried):
            return True
    return False


def moved_to(of: Problem, other: Problem, chosen: list[Chosen]) -> list[Chosen]:
    """The same plan in the rows of another problem's slots."""
    z = of.slots
    row = [*slot_rows(other, z.centre, z.day, z.minute).tolist(), NONE]
    return [(schedule, row[first], row[second]) for schedule, first, second in chosen]


def helps(of: Problem, chosen: list[Chosen], request: int, code: NearestChange, amount: float) -> bool:
    other = changed(of, request, code, amount)
    return fits(other, moved_to(of, other, chosen), request)


ALONE: list[tuple[str, Problem, WhyUnplanned, NearestChange, float]] = [
    (
        "the only centre is half a degree away",
        problem(requests=[{"lat": 0.5}], slots=[slot(3)], lots=[lot(1)], **ONE_DOSE),
        Why.NO_CENTRE_IN_REACH, Change.FARTHER, KM_A_DEGREE / 2,
    ),
    (
        "nothing is allowed at this age, whatever one accepts",
        problem(requests=[{}], slots=[slot(3)], lots=[lot(1)], schedules=[SINGLE_DOSE | {"min_age": 51}]),
        Why.NO_SCHEDULE_ALLOWED, Change.NO_CHANGE_HELPS, 0,
    ),
    (
        "the other product is there",
        problem(
            requests=[{"products": (1,)}], slots=[slot(0), slot(28)], lots=[lot(2)], vials=(1, 1)
        ),
        Why.NO_SCHEDULE_ALLOWED, Change.OTHER_PRODUCT, 2,
    ),
    (
        "the session is on a date that was ruled out",
        problem(requests=[{"unavailable": (3,)}], slots=[slot(3)], lots=[lot(1)], **ONE_DOSE),
        Why.NO_SESSION_WHEN_AVAILABLE, Change.ACCEPT_ABSENCE_DATES, 1,
    ),
    (
        "the session is two days before the earliest date",
        problem(requests=[{"earliest": 5}], slots=[slot(1), slot(3)], lots=[lot(2)], **ONE_DOSE),
        Why.NO_SESSION_WHEN_AVAILABLE, Change.EARLIER, 2,
    ),
    (
        "the session is in the morning",
        problem(requests=[{"availability": ALWAYS ^ MORNINGS}], slots=[slot(3)], lots=[lot(1)], **ONE_DOSE),
        Why.NO_SESSION_WHEN_AVAILABLE, Change.MORE_TIMES, 1,
    ),
    (
        "the second dose is to be had at the other centre",
        problem(
            requests=[{"max_km": 60.0}], slots=[slot(0), slot(28, centre=1)], centres=TWO_CENTRES,
            lots=[lot(1), lot(1, centre=1)],
        ),
        Why.NO_SECOND_DOSE_IN_INTERVAL, Change.SECOND_ELSEWHERE, KM_A_DEGREE / 2,
    ),
    (
        "no session lies inside the interval",
        problem(requests=[{}], slots=[slot(0, seats=9), slot(20, seats=9)], lots=[lot(9)]),
        Why.NO_SECOND_DOSE_IN_INTERVAL, Change.MORE_SEATS, 2,
    ),
    (
        "the lot comes a day late",
        problem(requests=[{}], slots=[slot(3)], lots=[lot(1, 4)], **ONE_DOSE),
        Why.OUT_OF_DOSES, Change.MORE_DOSES, 1,
    ),
    (
        "one dose is left and one seat on each day, but not the other dose",
        problem(requests=[{}], slots=[slot(0), slot(28)], lots=[lot(1)]),
        Why.OUT_OF_DOSES, Change.MORE_DOSES, 2,
    ),
    (
        "somebody outside has the dose",
        problem(
            requests=[{}], slots=[slot(0, seats=2)], lots=[lot(1)],
            promised=[promise(NONE, 1, 0, pinned=True)], **ONE_DOSE,
        ),
        Why.OUT_OF_DOSES, Change.MORE_DOSES, 1,
    ),
    (
        "somebody outside has the seat, and there is no dose either",
        problem(
            requests=[{}],
            slots=[slot(0)],
            lots=[lot(1)],
            promised=[promise(NONE, 1, 0, pinned=True)],
            **ONE_DOSE,
        ),
        Why.OUT_OF_SEATS, Change.MORE_SEATS_AND_DOSES, 1,
    ),
    (
        "a later dose is there, too far and too late at once",
        problem(requests=[{"lat": 0.5, "availability": 1}], slots=[slot(3)], lots=[lot(1)], **ONE_DOSE),
        Why.NO_CENTRE_IN_REACH, Change.NO_CHANGE_HELPS, 0,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "why", "change", "amount"), [case[1:] for case in ALONE], ids=[case[0] for case in ALONE]
)
def test_a_lonely_request_is_told_what_helps_and_it_does(
    of: Problem, why: WhyUnplanned, change: NearestChange, amount: float
) -> None:
    told = explained(of, by_hand(of, [NOTHING]))
    assert (Why(told.why[0]), Change(told.change[0])) == (why, change)
    assert told.amount[0] == pytest.approx(amount, abs=0.01)
    makes_place(of, 0, change, told.amount[0])


def makes_place(of: Problem, request: int, change: NearestChange, amount: float) -> None:
    """Solve again after the change: the request is planned where a change is advised, and else is not."""
    again = solve(changed(of, request, change, amount), params())
    assert (again.schedule[request] != NONE) == (change is not Change.NO_CHANGE_HELPS)


def test_the_last_seat_is_taken_and_another_helps() -> None:
    of = problem(requests=[{}, {}], slots=[slot(0)], lots=[lot(2)], **ONE_DOSE)
    told = explained(of, by_hand(of, [(0, 0, NONE), NOTHING]))
    assert told.why.tolist() == [Why.PLANNED, Why.OUT_OF_SEATS]
    assert told.change.tolist() == [Change.NONE, Change.MORE_SEATS]
    makes_place(of, 1, Change.MORE_SEATS, 1)


def test_the_urgent_got_the_last_dose_and_another_helps() -> None:
    of = problem(
        requests=[{"priority": 5}, {"priority": 1}], slots=[slot(0, seats=2)], lots=[lot(1)], **ONE_DOSE
    )
    told = explained(of, by_hand(of, [NOTHING, (0, 0, NONE)]))
    assert told.why.tolist() == [Why.LOWER_PRIORITY, Why.PLANNED]
    assert told.change.tolist() == [Change.MORE_DOSES, Change.NONE]
    makes_place(of, 0, Change.MORE_DOSES, 1)


def test_a_place_that_is_left_needs_no_change() -> None:
    of = problem(requests=[{}], slots=[slot(0)], lots=[lot(1)], **ONE_DOSE)
    told = explained(of, by_hand(of, [NOTHING]))
    assert (told.why.tolist(), told.change.tolist()) == ([Why.PLACE_NOT_USED], [Change.NONE])


def test_a_vial_is_opened_only_where_the_lot_has_one_more() -> None:
    """Two doses of the only vial are given on day 0: the third is there that day, and on no other."""
    asked = [{}, {}, {"availability": ALWAYS ^ 0b111}]
    of = problem(
        requests=asked, slots=[slot(0, seats=3), slot(1, seats=3)], lots=[lot(3)], vials=(3,), **ONE_DOSE
    )
    told = explained(of, by_hand(of, [(0, 0, NONE), (0, 0, NONE), NOTHING]))
    assert (told.why[2], told.change[2], told.amount[2]) == (Why.OUT_OF_DOSES, Change.MORE_TIMES, 1)
    makes_place(of, 2, Change.MORE_TIMES, 1)


@pytest.mark.parametrize("minutes", [30, 31])
def test_a_household_needs_seats_within_half_an_hour(minutes: int) -> None:
    of = problem(
        requests=[{"household": 4}] * 2, slots=[slot(0), slot(0, NINE + minutes)], lots=[lot(2)], **ONE_DOSE
    )
    told = explained(of, by_hand(of, [NOTHING, NOTHING]))
    apart = minutes > 30
    assert set(told.why) == {Why.HOUSEHOLD_TOGETHER if apart else Why.PLACE_NOT_USED}
    assert set(told.change) == {Change.WITHOUT_HOUSEHOLD if apart else Change.NONE}
    if apart:
        makes_place(of, 0, Change.WITHOUT_HOUSEHOLD, 0)


def test_of_a_household_only_who_could_come_alone_is_told_to() -> None:
    of = problem(
        requests=[{"household": 4, "age": 30}, {"household": 4, "age": 70}], slots=[slot(0, seats=2)],
        lots=[lot(2)], schedules=[SINGLE_DOSE | {"max_age": 50}],
    )  # fmt: skip
    told = explained(of, by_hand(of, [NOTHING, NOTHING]))
    assert told.why.tolist() == [Why.HOUSEHOLD_TOGETHER, Why.NO_SCHEDULE_ALLOWED]
    assert told.change.tolist() == [Change.WITHOUT_HOUSEHOLD, Change.NO_CHANGE_HELPS]
    makes_place(of, 0, Change.WITHOUT_HOUSEHOLD, 0)


def test_a_plan_that_takes_what_is_not_there_is_refused() -> None:
    of = problem(requests=[{}, {}], slots=[slot(0)], lots=[lot(2)], **ONE_DOSE)
    with pytest.raises(ValueError, match="more seats"):
        explained(of, by_hand(of, [(0, 0, NONE)] * 2))


@settings(max_examples=150)
@given(drawn=problems(requests=5))
@pytest.mark.timeout(900)
def test_what_is_advised_helps_and_what_comes_before_it_does_not(drawn: Problem) -> None:
    # What people outside take of the lots after the horizon, no stand knows.
    assume((drawn.promised.day < drawn.policy.days).all())
    try:
        made = baseline(drawn, params())
    except ProblemRefused:
        reject()
    told, chosen = explained(drawn, made), choices(made)
    assert ((told.why == Why.PLANNED) == (made.schedule != NONE)).all()
    for request in np.flatnonzero(made.schedule == NONE).tolist():
        change, amount = Change(told.change[request]), float(told.amount[request])
        assert (change is Change.NONE) == (told.why[request] == Why.PLACE_NOT_USED)
        assert fits(drawn, chosen, request) == (change is Change.NONE)
        if change not in (Change.NONE, Change.NO_CHANGE_HELPS):
            assert helps(drawn, chosen, request, change, amount)
        for other in Change:
            if other is not Change.NO_CHANGE_HELPS and other < change:
                most = {Change.EARLIER: drawn.requests.earliest[request], Change.FARTHER: 1e5}
                assert not helps(drawn, chosen, request, other, float(most.get(other, 0)))
