"""Rolling plans: one when something has changed, none when nothing has."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.contract import Params
from solver.solve import greedy
from tests.builders import NOW, TODAY, make_lot, make_request, make_slots, make_stock
from tests.services.regions import TOMORROW, Region, make_region
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import Serving
from vaccination.models.appointments import Appointment
from vaccination.models.planning import PlanRun
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.planning.rolling import roll
from vaccination.services.planning.runs import (
    Solved,
    apply_share,
    claim_run,
    finish_apply,
    keep_proposals,
    load_problem,
)


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=2, slots=2, seats=1, serving=Serving.ROLLING, rolling_s=20)


def later(minutes: int):  # type: ignore[no-untyped-def]
    return NOW + timedelta(minutes=minutes)


def carry_out(session: Session, region: Region, run_id: int, minutes: int) -> None:
    """What the planner does with a queued run."""
    claim = claim_run(session, run_id, now=later(minutes))
    assert claim is not None
    problem, keys = load_problem(session, run_id, now=later(minutes))
    solved = Solved(problem, keys, greedy(problem, Params(time_limit_s=5, seed=1)))
    keep_proposals(session, run_id, claim.attempt, solved, now=later(minutes))
    apply_share(session, run_id, region.centre.id, now=later(minutes))
    finish_apply(session, run_id, now=later(minutes))
    session.flush()
    session.expire_all()


def until_quiet(session: Session, region: Region) -> int:
    """Roll until nothing is to do; returns how many runs that took."""
    runs = 0
    while (run_id := roll(session, TODAY, 5, now=later(runs))) is not None:
        carry_out(session, region, run_id, runs)
        runs += 1
        assert runs < 5, "it never becomes quiet"
    return runs


def test_it_serves_who_waits_and_becomes_quiet(session: Session, region: Region) -> None:
    assert until_quiet(session, region) <= 2
    assert [request.status for request in region.requests] == [RequestStatus.PLANNED] * 2
    assert len(session.scalars(select(Appointment.id)).all()) == 4
    assert roll(session, TODAY, 5, now=later(30)) is None


CHANGES: dict[str, Callable[[Session, Region], object]] = {
    "somebody cancels": lambda session, region: cancel_request(session, region.requests[0].id, now=later(5)),
    "a session opens": lambda session, region: make_slots(session, region.centre, TOMORROW + timedelta(3)),
    "vaccine arrives": lambda session, region: make_stock(
        session, region.centre, make_lot(session, region.product)
    ),
    "somebody asks": lambda session, region: make_request(session, region.programme),
    "a rule changes": lambda session, region: setattr(region.schedule, "min_days", 20),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_wakes_when_something_changes(session: Session, region: Region, change: str) -> None:
    make_request(session, region.programme)  # one more than there are places
    until_quiet(session, region)
    assert roll(session, TODAY, 5, now=later(10)) is None
    CHANGES[change](session, region)
    session.flush()
    assert roll(session, TODAY, 5, now=later(11)) is not None


def test_it_pauses_between_two_plans(session: Session, region: Region) -> None:
    run_id = roll(session, TODAY, 5, now=NOW)
    assert run_id is not None
    assert roll(session, TODAY, 5, now=later(1)) is None, "one is under way"
    carry_out(session, region, run_id, 0)
    make_request(session, region.programme)
    assert roll(session, TODAY, 5, now=NOW + timedelta(seconds=19)) is None
    assert roll(session, TODAY, 5, now=NOW + timedelta(seconds=20)) is not None


@pytest.mark.parametrize("serving", [Serving.PLANNED, Serving.DIRECT])
def test_others_do_not_roll(session: Session, serving: Serving) -> None:
    make_region(session, serving=serving)
    assert roll(session, TODAY, 5, now=NOW) is None
    assert session.scalars(select(PlanRun.id)).all() == []
