"""The store as a planning problem: seats, doses, people; and what is left out, with its reason."""

from datetime import date, timedelta

import numpy as np
from sqlalchemy.orm import Session

from solver.checks import check_problem
from solver.contract import NONE, Problem
from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_lot,
    make_person,
    make_priority_group,
    make_request,
    make_stock,
)
from tests.services.regions import Region, make_region
from vaccination.domain.planning import LeftOut
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.models.people import Household
from vaccination.models.programmes import EligibilityPhase
from vaccination.models.requests import request_product
from vaccination.models.stock import Lot, StockMovement
from vaccination.services.planning.problem import Keys, Scope, load_scope


def load(session: Session, region: Region, *, days: int = 60, starts_in: int = 1) -> tuple[Problem, Keys]:
    scope = Scope(region.programme.id, TODAY + timedelta(starts_in), days, lottery_seed=7)
    problem, keys = load_scope(session, scope, now=NOW)
    assert check_problem(problem) == []
    return problem, keys


def hold(session: Session, region: Region, slot: int = 0) -> None:
    """Somebody outside the problem holds a pair."""
    other = make_request(session, region.programme)
    book_pair(session, other, region.schedule, (region.first_slots[slot], region.second_slots[slot]))


def test_a_region_becomes_arrays(session: Session) -> None:
    region = make_region(session, requests=3)
    problem, keys = load(session, region)
    assert keys.request_ids.tolist() == [r.id for r in region.requests]
    assert keys.slot_ids.tolist() == [s.id for s in region.first_slots + region.second_slots]
    assert problem.slots.day.tolist() == [0] * 6 + [28] * 6
    assert (problem.slots.minute.min(), problem.slots.seats.sum()) == (540, 24)
    assert problem.lots.doses.tolist() == [60]
    assert (problem.policy.days, problem.policy.first_weekday, problem.policy.lottery) == (60, 1, 7)
    assert keys.left_out == {}


def test_a_request_becomes_a_row(session: Session) -> None:
    region = make_region(session, requests=0)
    start = TODAY + timedelta(1)
    request = make_request(
        session, region.programme, make_person(session, birth_date=date(1950, 5, 4)), priority=2,
        lat=47.5, lon=2.5, max_km=12.0, second_lat=48.0, second_lon=3.0, earliest=start + timedelta(3),
        availability="1" + "0" * 19 + "1", wheelchair=True, kind=RequestKind.SECOND_DOSE,
        unavailable=[(start + timedelta(5)).isoformat(), (start - timedelta(5)).isoformat()],
        first_product_id=region.product.id, first_given_on=start - timedelta(10),
    )  # fmt: skip
    session.execute(request_product.insert().values(request_id=request.id, product_id=region.product.id))
    problem, keys = load(session, region)
    q, product = problem.requests, list(keys.product_ids).index(region.product.id)
    assert (q.age[0], q.priority[0], q.earliest[0], q.first_day[0]) == (77, 2, 3, -10)
    assert (q.lat[0], q.lon[0], q.max_km[0]) == (47.5, 2.5, 12.0)
    assert (q.second_lat[0], q.second_lon[0]) == (48.0, 3.0)
    assert (q.products[0], q.first_product[0]) == (1 << product, product)
    assert q.availability[0] == 1 | 1 << 20
    assert q.unavailable_days.tolist() == [5]
    assert (q.wheelchair[0], q.household[0]) == (True, NONE)


def test_only_who_waits_is_planned(session: Session) -> None:
    region = make_region(session, requests=3)
    region.requests[0].status = RequestStatus.CANCELLED
    session.flush()
    hold(session, region)
    _, keys = load(session, region)
    assert keys.request_ids.tolist() == [r.id for r in region.requests[1:]]


def test_a_group_waits_for_its_phase(session: Session) -> None:
    region = make_region(session, requests=1)
    later = make_priority_group(session, region.programme, rank=8)
    session.query(EligibilityPhase).filter_by(priority_group_id=later.id).update(
        {"starts_on": TODAY + timedelta(2)}
    )
    early = make_request(session, region.programme, priority_group_id=later.id)
    _, keys = load(session, region)
    assert keys.left_out == {early.id: LeftOut.PHASE_NOT_OPEN}
    _, keys = load(session, region, starts_in=2)
    assert keys.left_out == {}


def test_a_household_takes_part_whole(session: Session) -> None:
    region = make_region(session, requests=4)
    homes = [Household(created_at=NOW) for _ in range(2)]
    session.add_all(homes)
    session.flush()
    for request, home in zip(region.requests, (homes[0], homes[0], homes[1], homes[1]), strict=True):
        request.household_id = home.id
    region.requests[3].max_km = 5.0
    session.flush()
    problem, keys = load(session, region)
    assert keys.left_out == {r.id: LeftOut.HOUSEHOLD_DIFFERS for r in region.requests[2:]}
    assert problem.requests.household.tolist() == [homes[0].id] * 2


def test_what_is_promised_keeps_its_seat_and_its_dose(session: Session) -> None:
    region = make_region(session)
    hold(session, region)
    problem, _ = load(session, region)
    p = problem.promised
    assert (p.request.tolist(), p.dose.tolist(), p.pinned.all()) == ([NONE, NONE], [1, 2], np.True_)
    assert (p.day.tolist(), p.minute.tolist()) == ([0, 28], [540, 540])
    assert problem.slots.seats.tolist() == [2] * 12


def test_doses_of_days_outside_the_horizon_are_put_aside(session: Session) -> None:
    region = make_region(session, doses=24)
    hold(session, region)
    problem, _ = load(session, region, days=5)  # the second dose comes later
    assert problem.lots.doses.tolist() == [18]
    assert len(problem.promised) == 1
    problem, _ = load(session, region, starts_in=10)  # the first dose comes before
    assert problem.lots.doses.tolist() == [18]
    assert problem.promised.dose.tolist() == [2]


def test_a_lot_that_no_longer_covers_its_promises_stops_new_doses_only(session: Session) -> None:
    region = make_region(session, doses=12)
    hold(session, region)
    session.get_one(Lot, region.delivery.lot_id).is_quarantined = True
    session.flush()
    problem, keys = load(session, region)
    assert keys.short == ((region.centre.id, region.product.id),)
    assert (len(problem.lots), len(problem.promised)) == (0, 0)
    assert problem.slots.seats.sum() == 22


def test_a_closed_centre_offers_nothing_new(session: Session) -> None:
    region = make_region(session)
    hold(session, region)
    region.centre.is_open = False
    session.flush()
    problem, _ = load(session, region)
    assert problem.slots.seats.tolist() == [1, 1]
    assert len(problem.promised) == 2


def test_stock_is_what_is_on_hand_and_what_is_announced(session: Session) -> None:
    region = make_region(session, doses=30)
    used = StockMovement(
        centre_id=region.centre.id, lot_id=region.delivery.lot_id, kind=MovementKind.USED, doses=-7,
        day=TODAY, at=NOW,
    )  # fmt: skip
    session.add(used)
    coming = make_lot(session, region.product, expires_on=TODAY + timedelta(40))
    make_stock(
        session, region.centre, coming, 12, status=DeliveryStatus.ANNOUNCED,
        available_from=TODAY + timedelta(11),
    )  # fmt: skip
    problem, keys = load(session, region)
    lots = dict(zip(keys.lot_ids, problem.lots.doses.tolist(), strict=True))
    assert lots == {region.delivery.lot_id: 18, coming.id: 12}
    at = list(keys.lot_ids).index(coming.id)
    assert (problem.lots.first_day[at], problem.lots.last_day[at]) == (10, 39)


def test_an_empty_region_is_a_problem_too(session: Session) -> None:
    problem, keys = load(session, make_region(session, requests=0, seats=0, doses=6))
    assert (len(problem.requests), len(problem.slots), len(keys.request_ids)) == (0, 0, 0)
