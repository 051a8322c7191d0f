"""What a person sees of their own request, and everybody of the programme."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_priority_group,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
)
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.readmodels import asking_form, programme_state, request_page
from vaccination.readmodels.appointment_card import UnknownRequest


@pytest.fixture
def programme(session: Session) -> Programme:
    return make_programme(session)


def _planned(session: Session, programme: Programme) -> Request:
    schedule: Schedule = make_schedule(session, programme, make_product(session))
    centre = make_centre(session)
    slots = tuple(make_slots(session, centre, TODAY + timedelta(days))[0] for days in (3, 31))
    request = make_request(session, programme)
    book_pair(session, request, schedule, slots)
    return request


def _run(session: Session, programme: Programme, status: RunStatus) -> PlanRun:
    run = PlanRun(
        programme_id=programme.id, status=status, asked_at=NOW, finished_at=NOW, starts_on=TODAY, days=84,
        lottery_seed=1, time_limit_s=10,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def test_place_counts_those_before_and_those_alike(session: Session, programme: Programme) -> None:
    for priority in (1, 1, 2, 5, 5, 9):
        make_request(session, programme, priority=priority)
    mine = make_request(session, programme, priority=5)
    make_request(session, programme, priority=1, status=RequestStatus.CANCELLED)
    queue = request_page.load(session, mine.id, today=TODAY).queue
    assert queue is not None
    assert (queue.ahead, queue.alike, queue.why_not) == (3, 3, "")


@pytest.mark.parametrize(
    ("starts", "ends", "opens_on"),
    [
        (TODAY, None, None),
        (TODAY + timedelta(9), None, TODAY + timedelta(9)),
        (TODAY - timedelta(9), TODAY, None),
        (TODAY - timedelta(9), TODAY - timedelta(1), None),
    ],
)
def test_the_turn_of_the_group(
    session: Session, programme: Programme, starts: date, ends: date | None, opens_on: date | None
) -> None:
    group = PriorityGroup(programme_id=programme.id, code="g", name_fr="Groupe", name_en="Group", rank=5)
    session.add(group)
    session.flush()
    session.add(EligibilityPhase(priority_group_id=group.id, starts_on=starts, ends_on=ends))
    mine = make_request(session, programme, priority_group_id=group.id)
    queue = request_page.load(session, mine.id, today=TODAY).queue
    assert queue is not None
    assert queue.opens_on == opens_on
    assert (queue.group("fr"), queue.group("en")) == ("Groupe", "Group")


def test_only_the_last_applied_plan_says_why_not(session: Session, programme: Programme) -> None:
    mine = make_request(session, programme)
    for status, reason in (
        (RunStatus.APPLIED, "out_of_seats"),
        (RunStatus.APPLIED, "out_of_doses"),
        (RunStatus.DISCARDED, "no_centre_in_reach"),
    ):
        run = _run(session, programme, status)
        session.add(Unplanned(plan_run_id=run.id, request_id=mine.id, reason=reason))
    session.flush()
    queue = request_page.load(session, mine.id, today=TODAY).queue
    assert queue is not None and queue.why_not == "out_of_doses"


def test_a_planned_request_shows_both_doses_and_may_be_cancelled(
    session: Session, programme: Programme
) -> None:
    page = request_page.load(session, _planned(session, programme).id, today=TODAY)
    assert page.queue is None
    assert [dose.dose_number for dose in page.card.doses] == [1, 2]
    assert page.can_cancel


@pytest.mark.parametrize(
    ("status", "can_cancel"),
    [
        (AppointmentStatus.DID_NOT_ATTEND, True),
        (AppointmentStatus.CHECKED_IN, False),
        (AppointmentStatus.VACCINATED, False),
    ],
)
def test_who_was_at_the_centre_no_longer_cancels(
    session: Session, programme: Programme, status: AppointmentStatus, can_cancel: bool
) -> None:
    schedule = make_schedule(session, programme, make_product(session))
    centre = make_centre(session)
    slots = tuple(make_slots(session, centre, TODAY + timedelta(days))[0] for days in (3, 31))
    request = make_request(session, programme)
    book_pair(session, request, schedule, slots)[0].status = status
    session.flush()
    assert request_page.load(session, request.id, today=TODAY).can_cancel is can_cancel


def test_an_unknown_request_is_refused(session: Session) -> None:
    with pytest.raises(UnknownRequest):
        request_page.load(session, 999_999, today=TODAY)


def test_the_programmes_figures(session: Session, programme: Programme) -> None:
    for status in (RequestStatus.WAITING, RequestStatus.WAITING, RequestStatus.CANCELLED):
        make_request(session, programme, status=status)
    _planned(session, programme)
    _run(session, programme, RunStatus.APPLIED)
    state = programme_state.load(session)
    assert state is not None
    assert (state.waiting, state.planned, state.completed, state.centres) == (2, 1, 0, 1)
    assert (state.last_plan_at, state.is_planning) == (NOW, False)
    _run(session, programme, RunStatus.RUNNING)
    running = programme_state.load(session)
    assert running is not None and running.is_planning


def test_without_an_active_programme_there_is_nothing_to_ask_for(session: Session) -> None:
    make_programme(session, is_active=False)
    assert programme_state.load(session) is None
    assert asking_form.load(session) is None


def test_the_form_offers_products_that_start_a_pair_for_a_second_dose(
    session: Session, programme: Programme
) -> None:
    pair, single, follower = (make_product(session, name=name) for name in ("A", "B", "C"))
    make_schedule(session, programme, pair, second_product_id=follower.id)
    make_schedule(session, programme, single, doses=1)
    make_priority_group(session, programme, code="late", rank=7)
    make_priority_group(session, programme, code="first", rank=1)
    form = asking_form.load(session)
    assert form is not None
    assert [(p.name, p.starts_pair) for p in form.products] == [("A", True), ("B", False), ("C", False)]
    assert [named.group.code for named in form.groups] == ["first", "late"]
