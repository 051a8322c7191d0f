"""Whoever changes their wishes while a plan is made: the proposal is not booked against the newer wish."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_product, make_schedule, make_slots
from tests.builders_journey import make_hold
from tests.services.plans import plan_in_order
from tests.services.regions import TOMORROW, Region, make_region
from tests.services.test_planning_runs import queue_run
from vaccination.domain.planning import LeftOut
from vaccination.domain.requests import ANY_TIME, RequestStatus
from vaccination.domain.serving import ChangedDoses, ChangeStatus
from vaccination.models.appointments import Appointment
from vaccination.models.people import Household
from vaccination.models.planning import CentreShare, Unplanned
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.appointments.change_wishes import WishToChange, wish_to_change, withdraw_wish
from vaccination.services.appointments.elsewhere import (
    GivenElsewhere,
    first_given_elsewhere,
    one_dose_is_enough,
)
from vaccination.services.asking.command import Place
from vaccination.services.asking.wishes import NoLongerWaiting, Wishes, change_wishes
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.keep import Solved
from vaccination.services.planning.runs import (
    apply_share,
    claim_run,
    finish_apply,
    keep_proposals,
    load_problem,
)

_OF_THE_BUILDER = ("planned_were_told", "bookings_recorded")  # it books without a word
ORLEANS = Place("Orléans", "45000", 47.9029, 1.9093)
OLIVET = Place("Olivet", "45160", 47.86, 1.90)
AS_ASKED = Wishes(ORLEANS, 50.0, None, None, ANY_TIME, (), (), False)
NO_TUESDAY_MORNING = ANY_TIME[:3] + "0" + ANY_TIME[4:]


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=2)


def proposed(session: Session, region: Region) -> int:
    """A run that is about to be booked: each request has its proposal for tomorrow and four weeks later."""
    run_id = queue_run(session, region.programme.id, at_once=True)
    claim = claim_run(session, run_id, now=NOW)
    assert claim is not None
    problem, keys = load_problem(session, run_id, now=NOW)
    keep_proposals(session, run_id, claim.attempt, Solved(problem, keys, plan_in_order(problem)), now=NOW)
    return run_id


def book(session: Session, region: Region, run_id: int) -> set[int]:
    """Apply the run; returns who stands booked."""
    apply_share(session, run_id, region.centre.id, now=NOW)
    finish_apply(session, run_id, now=NOW)
    session.expire_all()
    assert not [breach for breach in broken_invariants(session) if not breach.startswith(_OF_THE_BUILDER)]
    return set(session.scalars(select(Appointment.request_id).where(Appointment.stands == 1)))


def reasons(session: Session, run_id: int) -> dict[int, str]:
    rows = session.execute(
        select(Unplanned.request_id, Unplanned.reason).where(Unplanned.plan_run_id == run_id)
    )
    return {row.request_id: row.reason for row in rows}


def change(session: Session, request: Request, **wishes: object) -> None:
    change_wishes(session, request.id, replace(AS_ASKED, **wishes), now=NOW)  # type: ignore[arg-type]


def another_product(session: Session, region: Region) -> int:
    product = make_product(session)
    make_schedule(session, region.programme, product)
    return product.id


def with_steps(session: Session, region: Region) -> None:
    region.centre.wheelchair = False
    change(session, region.requests[0], wheelchair=True)


CHANGES: dict[str, Callable[[Session, Region], object]] = {
    "a shorter way": lambda s, r: change(s, r.requests[0], place=OLIVET, max_km=3.0),
    "another town": lambda s, r: change(s, r.requests[0], place=Place("Tours", "37000", 47.39, 0.69)),
    "a second dose elsewhere": lambda s, r: change(
        s, r.requests[0], second_place=Place("Tours", "37000", 47.39, 0.69)
    ),
    "a later first day": lambda s, r: change(s, r.requests[0], earliest=TOMORROW + timedelta(1)),
    "not on that day": lambda s, r: change(s, r.requests[0], unavailable=(TOMORROW,)),
    "not on the second day": lambda s, r: change(s, r.requests[0], unavailable=(r.second_day,)),
    "not at that hour": lambda s, r: change(s, r.requests[0], availability=NO_TUESDAY_MORNING),
    "another vaccine": lambda s, r: change(s, r.requests[0], products=(another_product(s, r),)),
    "no steps": with_steps,
    "a first dose elsewhere": lambda s, r: first_given_elsewhere(
        s, r.requests[0].id, GivenElsewhere(r.product.id, TODAY - timedelta(7), "Tours"), now=NOW
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_newer_wish_stands_against_an_older_plan(session: Session, region: Region, what: str) -> None:
    run_id = proposed(session, region)
    CHANGES[what](session, region)
    changed, other = region.requests
    assert book(session, region, run_id) == {other.id}
    assert changed.status is RequestStatus.WAITING
    assert reasons(session, run_id) == {changed.id: LeftOut.WISHES_CHANGED}
    share = session.scalars(select(CentreShare)).one()
    assert (share.booked, share.skipped) == (1, 1)


def test_a_newer_wish_that_the_proposal_meets_is_served(session: Session, region: Region) -> None:
    run_id = proposed(session, region)
    change(session, region.requests[0], max_km=40.0, earliest=TOMORROW, products=(region.product.id,))
    assert book(session, region, run_id) == {request.id for request in region.requests}
    assert reasons(session, run_id) == {}


def test_the_next_plan_goes_by_the_newer_wish(session: Session, region: Region) -> None:
    run_id = proposed(session, region)
    change(session, region.requests[0], unavailable=(TOMORROW,))
    book(session, region, run_id)
    change(session, region.requests[0])
    assert book(session, region, proposed(session, region)) == {one.id for one in region.requests}


def test_who_is_booked_may_no_longer_change_wishes(session: Session, region: Region) -> None:
    """The other way round: the plan came first."""
    book(session, region, proposed(session, region))
    with pytest.raises(NoLongerWaiting):
        change(session, region.requests[0], unavailable=(TOMORROW,))


def test_who_cancels_is_not_booked(session: Session, region: Region) -> None:
    run_id = proposed(session, region)
    cancel_request(session, region.requests[0].id, now=NOW)
    assert book(session, region, run_id) == {region.requests[1].id}
    assert reasons(session, run_id) == {}


def test_who_owes_one_dose_by_now_is_not_booked_for_two(session: Session, region: Region) -> None:
    make_schedule(session, region.programme, region.product, doses=1)
    run_id = proposed(session, region)
    one_dose_is_enough(session, region.requests[0].id, now=NOW)
    assert book(session, region, run_id) == {region.requests[1].id}


def test_who_holds_places_meanwhile_keeps_those(session: Session, region: Region) -> None:
    run_id = proposed(session, region)
    slots = region.first_slots[5], region.second_slots[5]
    make_hold(session, region.requests[0], region.schedule, slots)
    assert book(session, region, run_id) == {region.requests[1].id}


@pytest.mark.parametrize(
    "rule", [{"min_days": 29, "ideal_days": 30}, {"valid_to": TODAY}, {"valid_from": TOMORROW + timedelta(1)}]
)
def test_a_rule_that_changed_meanwhile_is_kept(
    session: Session, region: Region, rule: dict[str, object]
) -> None:
    run_id = proposed(session, region)
    for name, value in rule.items():
        setattr(region.schedule, name, value)
    session.flush()
    assert book(session, region, run_id) == set()


def test_a_household_waits_together(session: Session) -> None:
    region = make_region(session, requests=3)
    home = Household(created_at=NOW)
    session.add(home)
    session.flush()
    one, two, alone = region.requests
    one.household_id = two.household_id = home.id
    session.flush()
    run_id = proposed(session, region)
    change(session, one, unavailable=(TOMORROW,))
    assert book(session, region, run_id) == {alone.id}
    assert set(reasons(session, run_id)) == {one.id, two.id}


def moving(session: Session) -> tuple[Region, Request]:
    """Somebody who stands booked on other days and would come at any time."""
    region = make_region(session, requests=1)
    request = region.requests[0]
    days = TODAY + timedelta(2), TODAY + timedelta(28)
    slots = tuple(make_slots(session, region.centre, day)[0] for day in days)
    book_pair(session, request, region.schedule, slots)
    wish_to_change(session, request.id, WishToChange(ChangedDoses.BOTH), now=NOW)
    return region, request


def first_day(session: Session, request: Request) -> object:
    query = select(Appointment.day).where(Appointment.request_id == request.id, Appointment.dose_number == 1)
    return session.scalars(query).one()


def test_a_wish_to_change_is_met(session: Session) -> None:
    region, request = moving(session)
    book(session, region, proposed(session, region))
    assert first_day(session, request) == TOMORROW


@pytest.mark.parametrize(
    "newer",
    [
        WishToChange(ChangedDoses.BOTH, earliest=TODAY + timedelta(3)),
        WishToChange(ChangedDoses.BOTH, unavailable=(TOMORROW,)),
        WishToChange(ChangedDoses.BOTH, availability=NO_TUESDAY_MORNING),
        WishToChange(ChangedDoses.SECOND),
        None,
    ],
)
def test_a_newer_wish_to_change_stands_against_an_older_plan(
    session: Session, newer: WishToChange | None
) -> None:
    region, request = moving(session)
    run_id = proposed(session, region)
    if newer is None:
        withdraw_wish(session, request.id, now=NOW)
    else:
        wish_to_change(session, request.id, newer, now=NOW)
    book(session, region, run_id)
    assert first_day(session, request) == TODAY + timedelta(2)
    still = ChangeStatus.WITHDRAWN if newer is None else ChangeStatus.OPEN
    last = session.scalars(select(ChangeWish.status).order_by(ChangeWish.id.desc())).first()
    assert last is still
    assert reasons(session, run_id) == {}, "their appointments stand: nothing is to be explained"
