"""Prices of a run as its pages show them."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_centre
from tests.services.regions import Region, make_region
from tests.services.test_planning_apply import propose
from vaccination.domain.planning import WhatIfKind, WhatIfStatus
from vaccination.models.planning import PlanPrice, PlanWhatIf
from vaccination.readmodels import plan_prices, plan_summary
from vaccination.readmodels.plan_summary import RunView

FIRST = TODAY + timedelta(1)


def proposed(session: Session) -> tuple[Region, RunView]:
    region = make_region(session, requests=14)
    run_id = propose(session, region)
    return region, plan_summary.load(session, run_id)


def seat(run: RunView, centre_id: int, day: date, price: float, *, places: int = 4) -> PlanPrice:
    return PlanPrice(
        plan_run_id=run.run_id, centre_id=centre_id, first_day=day, last_day=day, bands=1, places=places,
        price=price, near_priority=1, near_people=3,
    )  # fmt: skip


def dose(run: RunView, region: Region, first: date, last: date, price: float) -> PlanPrice:
    return PlanPrice(
        plan_run_id=run.run_id, centre_id=region.centre.id, product_id=region.product.id, first_day=first,
        last_day=last, price=price, near_priority=1, near_people=3,
    )  # fmt: skip


def test_a_run_without_prices_shows_none(session: Session) -> None:
    _, run = proposed(session)
    scarcity = plan_prices.load(session, run)
    assert (scarcity.prices, scarcity.what_ifs, scarcity.live) == ((), (), None)
    assert set(scarcity.person_points) == set(run.summary["person_points"])


def test_the_dearest_of_each_place_comes_first(session: Session) -> None:
    region, run = proposed(session)
    other = make_centre(session, name="Tours")
    session.add_all(
        [
            dose(run, region, FIRST, FIRST + timedelta(6), 40.0),
            dose(run, region, FIRST + timedelta(7), FIRST + timedelta(20), 25.0),
            seat(run, region.centre.id, FIRST, 20.0, places=2),
            seat(run, region.centre.id, FIRST + timedelta(7), 15.0, places=9),
            seat(run, other.id, FIRST, 30.0, places=1),
        ]
    )
    session.flush()
    found = plan_prices.load(session, run)
    assert [p.price for p in found.best_doses(5)] == [40.0]
    # a line of nine seats at 15 is worth more than one of two at 20
    assert [p.price for p in found.best_seats(5)] == [15.0, 30.0]
    assert found.products() == [region.product.name]


def test_people_are_points_by_their_priority_and_never_more_than_wait(session: Session) -> None:
    region, run = proposed(session)
    worth = run.summary["person_points"]["1"]
    session.add_all([dose(run, region, FIRST, FIRST, worth / 100), seat(run, region.centre.id, FIRST, worth)])
    session.flush()
    found = plan_prices.load(session, run)
    doses, seats = found.best_doses(1)[0], found.best_seats(1)[0]
    few, many = found.gain(doses, 100), found.gain(seats, 1)
    assert (round(few.people, 6), few.priority, few.is_all) == (1.0, 1, False)
    assert (many.points, many.people, many.is_all) == (4 * worth, 3, True)


def test_who_has_nobody_left_out_near_gains_no_people(session: Session) -> None:
    region, run = proposed(session)
    row = dose(run, region, FIRST, FIRST, 5.0)
    row.near_priority, row.near_people = None, 0
    session.add(row)
    session.flush()
    found = plan_prices.load(session, run)
    assert found.gain(found.prices[0], 100) == plan_prices.Gain(500.0, 0.0, None)


def test_the_grid_has_a_row_a_centre_and_a_column_a_week(session: Session) -> None:
    region, run = proposed(session)
    session.add_all(
        [
            dose(run, region, FIRST, FIRST + timedelta(9), 40.0),
            dose(run, region, FIRST + timedelta(10), FIRST + timedelta(20), 25.0),
        ]
    )
    session.flush()
    prices = plan_prices.load(session, run).prices
    grid = plan_prices.grid(prices, run, 4)
    assert grid.mondays[0] <= FIRST < grid.mondays[1]
    values = grid.rows[0][1]
    assert grid.rows[0][0] == region.centre.name
    assert values[0] == 40.0 and 25.0 in values and len(values) == 4
    assert plan_prices.grid((), run, 4).rows == ()


def test_a_seat_of_the_last_days_is_in_its_week(session: Session) -> None:
    region, run = proposed(session)
    session.add(seat(run, region.centre.id, FIRST + timedelta(8), 7.0))
    session.flush()
    values = plan_prices.grid(plan_prices.load(session, run).prices, run, 4).rows[0][1]
    assert sorted(values) == [0.0, 0.0, 0.0, 7.0]


def test_a_what_if_sets_price_and_proof_side_by_side(session: Session) -> None:
    region, run = proposed(session)
    asked = PlanWhatIf(
        plan_run_id=run.run_id, kind=WhatIfKind.DOSES, centre_id=region.centre.id,
        product_id=region.product.id, day=FIRST, amount=10, price=5.0, asked_at=NOW,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    live = plan_prices.load(session, run).live
    assert live is not None and (live.seconds, live.phase, live.gap_after) == (0.0, "", None)
    asked.status, asked.changed, asked.planned_before, asked.planned_after = WhatIfStatus.DONE, 12, 10, 11
    asked.score_before, asked.score_after, asked.bound_before, asked.bound_after = 100.0, 150.0, 110.0, 165.0
    session.flush()
    done = plan_prices.load(session, run)
    answer = done.what_ifs[0]
    assert done.live is None
    assert (answer.promised, answer.points, answer.bound_points, answer.people) == (60.0, 50.0, 55.0, 1)
    assert answer.gap_after == 15.0 / 165.0
